"""One piece while it is being written: what the model must write next, and what becomes of what it wrote.

Promises: every accepted bar passes `BarChecker`; the number of bars is what was asked; every decision depends on this
piece's own patches only, so a piece does not know who else is in the batch.
Not covered: running the network (`composer.py` steps the engine and hands the patches over).

A voice's bar is checked as soon as its last character is there. If it is wrong, the cache is rolled back to where that
voice began and it is sampled again; when that fails too often the whole bar is, and when that fails too the bar is
completed or cut by rule. When the last bar is there, `finale.py` says whether the end has to be drawn again.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from zlib import crc32

from generator.errors import NotationError
from generator.guard.clashes import NOTE_LETTERS, rubs, signature_in
from generator.guard.line import Line, Target, allows
from generator.guard.recall import Recall, Trust
from generator.model.engine import Engine
from generator.model.patches import EOS, PATCH_CHARS, decode_patch, encode_body_line, encode_text
from generator.model.sampling import Hint
from generator.model.slot import Mark, Slot
from generator.notation import Bar, BarChecker, Defect, DefectKind, Header, parse_bar, repair_bar
from generator.notation.checks import PLAIN_BARLINE, barlines
from generator.request import Counts
from generator.writing.finale import Finale, copy_checker, restore_kept
from generator.writing.rules import BarRules

Patch = tuple[int, ...]
TRIES_PER_VOICE = 10
# Every further try of a voice is drawn a little cooler: what failed at one temperature mostly fails there again.
COOLING, COOLEST = 0.93, 0.6
TRIES_PER_END = 4  # of a voice, that another end counts for
# A voice in which the guard held back what the model wanted, and left it this little choice (in bits), is drawn again
# instead of being led to an end that makes no music; with every try a little more is tolerated.
STRAIN_BITS, STRAINED_TRIES = 4.0, 5
# Of bars shorter than the metre. Half a triplet would be none a player could count.
PLAIN_DENOMINATORS = (1, 2, 4, 8, 16)
# The longest bars of one voice in real pieces stay below 400 characters; a model that rambles on is stopped here.
MAX_VOICE_CHARS = 480


@dataclass(frozen=True)
class VoiceStart:
    """Where a voice's bar began: the state of the cache and the length of the line so far."""

    mark: Mark
    line_chars: int


class Draft:
    """The growing tune body of one piece in one slot of the engine.

    rubbing_share: of the notes that rub against another voice so many are let through; see `consonance.py`.
    trust: how far the piece's own earlier bars are believed, see `recall.py`; None: not at all.
    Until `done`: hand `take_feeds()` to the engine, then a patch sampled with the prefix `next_prefix()` to `take`.
    """

    def __init__(
        self,
        engine: Engine,
        slot: Slot,
        header: Header,
        *,
        bars: int,
        rules: BarRules,
        tries_per_bar: int = 3,
        rubbing_share: float = 1.0,
        trust: Trust | None = None,
    ) -> None:
        self.engine, self.slot, self.header, self.bars_asked, self.rules = engine, slot, header, bars, rules
        self.tries_per_bar, self.rubbing_share = tries_per_bar, rubbing_share
        self.trust, self.recall = trust, Recall()
        self.sampling = slot.sampling
        self.checker = BarChecker(header)
        self.voices = tuple(voice.id for voice in header.voices)
        self.bars: list[Bar] = []
        self.counts = Counts()
        self.accepted_patches = 0
        self.finale = Finale(header, bars=bars, key_asked="K" in rules.fixed_fields)
        self.line = ""
        self.feeds: list[Patch] = []
        self.start_line()

    @property
    def done(self) -> bool:
        """Whether the number of bars asked for is written."""
        return len(self.bars) == self.bars_asked

    @property
    def countdown(self) -> str:
        """The `[r:before/after]` remark that the current bar begins with."""
        return f"[r:{len(self.bars)}/{self.bars_asked - len(self.bars) - 1}]"

    # --- what comes next -------------------------------------------------------------------------------------------

    def start_line(self) -> None:
        """Begin a bar that nothing was tried for yet."""
        self.bar_tries = 0
        self.clean = True
        self.best: Bar | None = None
        self.restart_line()

    def restart_line(self) -> None:
        """Begin the current bar (again) with an empty line."""
        self.line, self.voice_ended = "", False
        self.signature = signature_in(self.header, self.bars)
        if self.trust is not None:
            self.recall.learn([str(bar) for bar in self.bars])
        self.targets: dict[str, Target] = {}
        self.voice_tries = 0
        self.forced = self.countdown
        self.voice_starts: list[VoiceStart] = []

    def take_feeds(self) -> list[Patch]:
        """Complete patches to append before sampling goes on; each is handed out once."""
        feeds, self.feeds = self.feeds, []
        return feeds

    def allows(self, written: bytes, char: int) -> bool:
        """Whether the patch that begins with `written` may go on with `char`: see `guard.py` and `consonance.py`."""
        text = written.decode("ascii")
        line = Line(self.line, self.voice_ended, self.voices, self.target_behind)
        if not allows(line, text, char):
            self.was_impossible = True
            return False
        return not self.shuns(self.line + text, chr(char))

    def hint(self, written: bytes) -> Hint | None:
        """The character with which the piece would say again what it has said before, unless it rubs here."""
        if self.trust is None:
            return None
        text = written.decode("ascii")
        hint = self.trust.hint(self.recall.expect(self.line, text))
        return None if hint is None or self.rubs(self.line + text, chr(hint.char)) else hint

    def shuns(self, line: str, letter: str) -> bool:
        """Whether a note rubs and is not one of the few that may: chosen by its place, so a piece stays the same."""
        chance = crc32(f"{self.voice_tries}{line}{letter}".encode()) / 2**32
        return chance >= self.rubbing_share and self.rubs(line, letter)

    def rubs(self, line: str, letter: str) -> bool:
        """Whether a note rubs against another voice; never where the network is believed to hear them all."""
        if letter not in NOTE_LETTERS or self.signature is None or self.rubbing_share >= 1:
            return False
        unit, metre = self.header.unit, self.checker.metre
        return rubs(line, letter, signature=self.signature, unit=unit, metre=metre)

    def held_back(self, share: float) -> None:
        """The guard kept the model from what it wanted; see STRAIN_BITS. What is only shunned is no strain."""
        self.counts.held_back += 1
        if self.was_impossible:
            self.strain -= math.log2(max(share, 1e-9))
        self.was_impossible = False

    def target_behind(self, text: str) -> Target:
        """How long the bar of a voice has to be that begins behind `text`, a part of the current line."""
        if text not in self.targets:
            self.targets[text] = self.target(self.first_length(text))
        return self.targets[text]

    def first_length(self, text: str) -> Fraction | None:
        """How long the first voice in a part of the line is; None without one, or if it ends within a tuplet."""
        bar = read_bar(text + PLAIN_BARLINE)
        try:
            return self.checker.timing(bar.voices[0]).length if bar and bar.voices else None
        except NotationError:
            return None

    def target(self, first: Fraction | None) -> Target:
        """first: the length of the line's first voice if there is one, which the others must have too."""
        unit, metre, whole = self.header.unit, self.checker.metre, self.checker.bar_length
        fixed = self.rules.fixed_fields
        if first is not None:
            return Target(first, lambda length: length == first, unit, metre, fixed)
        return Target(whole, lambda length: self.may_end_after(length, whole), unit, metre, fixed)

    def may_end_after(self, length: Fraction, whole: Fraction | None) -> bool:
        """Whether the first voice of a bar may be so long."""
        if whole is None or length == whole:
            return length > 0
        missing = self.checker.missing
        short = self.is_last_bar() or (self.checker.section_starts if missing is None else length <= missing)
        return short and 0 < length < whole and length.denominator in PLAIN_DENOMINATORS

    def next_prefix(self) -> str:
        """What the next patch has to begin with. Call it once for each patch, right before it is sampled."""
        self.mark = self.slot.mark()
        tries = self.voice_tries + TRIES_PER_VOICE // 2 * self.bar_tries + TRIES_PER_END * len(self.finale.versions)
        cooling = max(COOLEST, COOLING**tries)
        self.slot.sampling = replace(self.sampling, temperature=self.sampling.temperature * cooling)
        if not self.voice_starts:
            self.finale.note_start(len(self.bars), self.mark, self.checker, self.counts)
        if not self.voice_starts or self.voice_ended:
            self.begin_voice(self.mark)
        return self.forced

    def begin_voice(self, mark: Mark) -> None:
        """Note where the next voice's bar starts, and whether a voice has to come now."""
        self.voice_starts.append(VoiceStart(mark, len(self.line)))
        self.strain, self.was_impossible = 0.0, False
        if self.voice_ended:
            missing = self.rules.missing_voice(self.bars, self.voices_so_far())
            self.forced = f"|[V:{missing}]" if missing else ""
        self.voice_ended = False

    def voices_so_far(self) -> list[str]:
        """Ids of the voices in the current line."""
        return [part.split("]")[0] for part in self.line.split("[V:")[1:]]

    # --- what was written ------------------------------------------------------------------------------------------

    def take(self, patch: Patch) -> None:
        """Take in one sampled patch: go on, finish a voice or the bar, or throw away and roll back."""
        self.counts.patches += 1
        self.forced = ""
        text = decode_patch(patch)
        if self.is_strained():
            self.reject_voice()
            return
        if self.starts_unseen_voice(text) and not self.finish_voice():
            return
        self.line += text
        if "\n" in text:
            self.finish_line()
        elif not text or self.rambles():
            self.reject_voice()
        elif EOS in patch or len(text) < PATCH_CHARS:
            self.voice_ended = True
            if self.voice_defects():
                self.reject_voice()
            else:
                self.voice_tries = 0

    def is_strained(self) -> bool:
        """Whether too much of this voice is the guard's will instead of the model's."""
        return self.voice_tries < STRAINED_TRIES and self.strain > STRAIN_BITS * (1 + self.voice_tries)

    def rambles(self) -> bool:
        """Whether the line grows without getting anywhere: a voice too long, or more ends of voices than voices."""
        too_many = len(self.voice_starts) > len(self.checker.known) + 1
        return too_many or len(self.line) - self.voice_starts[-1].line_chars > MAX_VOICE_CHARS

    def starts_unseen_voice(self, text: str) -> bool:
        """A voice whose last patch was exactly full has no end character: the next voice's start gives it away."""
        begun = self.voice_starts[-1].line_chars
        return len(self.line) > begun and text.lstrip(":|[]").startswith("V:") and text[0] in ":|["

    def finish_voice(self) -> bool:
        """Check the voice that the next one's start shows to be complete; False if it was thrown away."""
        if self.voice_defects():
            self.reject_voice()
            return False
        self.voice_starts.append(VoiceStart(self.mark, len(self.line)))
        self.voice_tries = 0
        return True

    def voice_defects(self) -> bool:
        """Whether the voices of the unfinished line are wrong already."""
        bar = read_bar(self.line + "|")
        if bar is None or self.rules.breaks_rule(bar):
            return True
        self.best = bar
        if any(self.blames(defect) for defect in self.checker.check(bar, last=self.is_last_bar())):
            return True
        return self.has_odd_length(bar)

    @staticmethod
    def blames(defect: Defect) -> bool:
        # The barline of an unfinished line is ours, so it may differ from the others.
        return defect.kind is not DefectKind.BARLINES_DISAGREE

    def has_odd_length(self, bar: Bar) -> bool:
        """Whether a short bar (a pickup, an end) has a length that no rest can fill in the other voices."""
        whole = self.checker.bar_length
        length = self.checker.timing(bar.voices[0]).length
        return whole is not None and length < whole and length.denominator not in PLAIN_DENOMINATORS

    def is_last_bar(self) -> bool:
        return len(self.bars) == self.bars_asked - 1

    def finish_line(self) -> None:
        """The line end is there: accept the bar, go on with a voice that is missing, or throw away."""
        bar = read_bar(self.line.removesuffix("\n")) if self.line.index("\n") == len(self.line) - 1 else None
        # A line without voices says that everybody rests; a bar that breaks a rule is not worth repairing either.
        if bar is None or not bar.voices or self.rules.breaks_rule(bar):
            return self.reject_voice()
        if self.checker.check(bar, last=self.is_last_bar()) or self.has_odd_length(bar):
            self.best = bar
            return self.reject_voice()
        if self.rules.missing_voice(self.bars, self.voices_so_far()):
            return self.go_on_after(bar)
        if self.rules.is_silent(bar):
            return self.reject_bar()
        self.counts.bars_first_try += self.clean
        self.accept(bar)
        return None

    def go_on_after(self, bar: Bar) -> None:
        """The model ended the line though a voice has to follow: take the line end back and let that voice begin."""
        start = self.voice_starts[-1]
        closing = barlines(bar.voices[-1].tokens).closing
        piece = self.line[start.line_chars :].rstrip("\n ").removesuffix(closing)
        self.engine.rollback(self.slot, start.mark)
        self.feeds = encode_text(piece)
        self.line = self.line[: start.line_chars] + piece
        self.voice_ended = True

    # --- throwing away ---------------------------------------------------------------------------------------------

    def reject_voice(self) -> None:
        """Sample the current voice again, from where it began."""
        self.clean = False
        self.voice_tries += 1
        self.counts.voices_rejected += 1
        if self.voice_tries >= TRIES_PER_VOICE:
            return self.reject_bar()
        start = self.voice_starts.pop()
        self.engine.rollback(self.slot, start.mark)
        self.line = self.line[: start.line_chars]
        self.voice_ended = bool(self.line)
        if not self.line:
            self.forced = self.countdown
        return None

    def reject_bar(self) -> None:
        """Sample the current bar again, or complete it by rule if that was done too often."""
        self.clean = False
        self.bar_tries += 1
        self.engine.rollback(self.slot, self.voice_starts[0].mark)
        if self.bar_tries < self.tries_per_bar:
            self.counts.bars_rejected += 1
            return self.restart_line()
        self.counts.bars_repaired += 1
        bar = self.repaired()
        self.feeds = encode_body_line(f"{bar}\n")
        return self.accept(bar)

    def repaired(self) -> Bar:
        """The best try made right by rule; if no note of it is left, the music of the bar before."""
        bar = repair_bar(self.best or parse_bar(self.countdown), self.checker, last=self.is_last_bar())
        if self.rules.is_silent(bar) and self.bars:
            copy = Bar(countdown=bar.countdown, voices=self.bars[-1].voices)
            if not self.checker.check(copy, last=self.is_last_bar()):
                return copy
        return bar

    def accept(self, bar: Bar) -> None:
        """The bar stays, unless it ends the piece and not well."""
        self.checker.accept(bar)
        self.bars.append(bar)
        self.counts.bars += 1
        patches = len(encode_body_line(f"{bar}\n"))
        self.counts.kept_patches += patches
        self.accepted_patches += patches
        if not self.done:
            self.start_line()
        elif (again := self.finale.take(self.bars, self.counts)) is not None:
            self.go_back_to(again)
        else:
            self.bars = list(self.finale.best.bars)
            restore_kept(self.counts, self.finale.best.counts)
            self.counts.ending_patches = self.accepted_patches - self.counts.kept_patches

    def go_back_to(self, bar: int) -> None:
        """Draw the end again, from one of the last bars on."""
        start = self.finale.starts[bar]
        self.engine.rollback(self.slot, start.mark)
        self.checker = copy_checker(start.checker)
        del self.bars[bar:]
        restore_kept(self.counts, start.counts)
        self.counts.endings_rejected += 1
        self.feeds = []
        self.start_line()


def read_bar(line: str) -> Bar | None:
    """The bar that `line` spells, None if it cannot be read at all."""
    try:
        return parse_bar(line)
    except NotationError:
        return None


def header_patches(lines: Sequence[str]) -> list[Patch]:
    """Patches of prompt and tune header lines (without line ends)."""
    return [patch for line in lines for patch in encode_text(f"{line}\n")]
