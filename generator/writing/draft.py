"""One piece while it is being written: what the model must write next, and what becomes of what it wrote.

Promises: every accepted bar passes `BarChecker`; the number of bars is what was asked; every decision depends on this
piece's own patches only, so a piece does not know who else is in the batch.
Not covered: running the network (`composer.py` steps the engine and hands the patches over).

A voice's bar is checked as soon as its last character is there. If it is wrong, the cache is rolled back to where that
voice began and it is sampled again; when that fails too often the whole bar is, and when that fails too the bar is
completed or cut by rule. When the last bar is there, `finale.py` says whether the end has to be sampled again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from generator.critic.repetition import bar_music
from generator.guard.harmony import Harmony, is_heard, keeps, spans_below
from generator.guard.leave import Leave
from generator.guard.reach import Reach
from generator.guard.recall import Trust
from generator.guard.spacing import voices_above
from generator.guard.time_left import PLAIN_DENOMINATORS
from generator.model.engine import Engine
from generator.model.patches import EOS, PATCH_CHARS, decode_patch, encode_body_line, encode_text, split_body_line
from generator.model.slot import Patch, Slot
from generator.notation import Bar, BarChecker, DefectKind, Header, parse_bar, repair_bar, staves_of
from generator.notation.checks import barlines
from generator.notation.tune import read_bar
from generator.planning.spans import Wishes, beat_of
from generator.planning.stay import NOTHING_STAYS, Stay, stay_of
from generator.request import Counts
from generator.writing.attempt import Attempt, BarWork, VoiceStart
from generator.writing.finale import Finale, copy_checker, restore_kept
from generator.writing.rules import BarRules, Where

TRIES_PER_VOICE = 10
# Every further try of a voice is sampled a little cooler: what failed at one temperature mostly fails there again.
COOLING, COOLEST = 0.93, 0.6
# Of a bar in which a chord is not heard, in a strict style, and in the last two bars, where the piece leads home.
TRIES_PER_CHORD, TRIES_IF_STRICT, TRIES_PER_LAST_CHORD = 2, 4, 8
LAST_BARS = 2
TRIES_PER_STALE = 2  # of a bar that is to be new and says in all voices what an earlier one said
TRIES_PER_END = 4  # of a voice, that another end counts for
# The longest bars of one voice in real pieces stay below 400 characters; a model that rambles on is stopped here.
MAX_VOICE_CHARS = 480
NOTHING_GIVEN: Mapping[int, Stay] = {}


class Draft:
    """The growing tune body of one piece in one slot of the engine.

    leave: the guard of this piece, whom the engine asks; it has to be one for `header`.
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
        clash_share: float = 1.0,
        trust: Trust | None = None,
        reach: Reach | None = None,
        wishes: Wishes | None = None,
        strict: bool = False,
        given: Mapping[int, Stay] = NOTHING_GIVEN,
        stop: int | None = None,
    ) -> None:
        """given: what stands already, by the number of the bar, before any plan; stop: write no bar behind so many."""
        self.engine, self.slot, self.header = engine, slot, header
        self.bars_asked, self.rules, self.tries_per_bar = bars, rules, tries_per_bar
        self.given, self.stop = given, bars if stop is None else stop
        self.strict, self.sampling, self.mark = strict, slot.sampling, slot.mark()
        self.checker = BarChecker(header)
        self.asked = self.wishes = wishes
        lowest_staff = staves_of(header)[-1]
        self.basses = frozenset(lowest_staff[-1:] if strict else lowest_staff)
        self.leave = Leave(
            header,
            self.checker,
            fixed_fields=rules.fixed_fields,
            clash_share=clash_share,
            trust=trust,
            plain_barlines=wishes is not None,
            pairs=pairs_of(header, strict=strict),
            above=voices_above(header.voices) if strict else None,
            reach=reach,
        )
        chords_asked = wishes is not None and wishes.progression is not None
        self.finale = Finale(header, bars=bars, key_asked="K" in rules.fixed_fields, anywhere=chords_asked)
        self.bars: list[Bar] = []
        self.counts = Counts()
        self.accepted_patches = 0
        self.feeds: list[Patch] = []
        self._next_bar()

    @property
    def done(self) -> bool:
        """Whether all bars are written that are to be."""
        return len(self.bars) >= self.stop

    @property
    def countdown(self) -> str:
        """The `[r:before/after]` remark that the current bar begins with."""
        return f"[r:{len(self.bars)}/{self.bars_asked - len(self.bars) - 1}]"

    @property
    def _is_last_bar(self) -> bool:
        """Whether no bar follows the current one."""
        return len(self.bars) == self.bars_asked - 1

    @property
    def _where(self) -> Where:
        """Where the current bar stands."""
        if self._is_last_bar:
            return Where.LAST
        theme = self.wishes.plan.phrases[0] if self.wishes else None
        return Where.THEME if theme and theme.first <= len(self.bars) <= theme.last else Where.ELSEWHERE

    @property
    def _may_be_short(self) -> bool:
        """Whether the current bar may be shorter than others: the last one, if the first was a pickup; one that takes
        the room of a shorter one.
        """
        return self.leave.length is not None or (self._is_last_bar and self.checker.pickup is not None)

    # --- what comes next -------------------------------------------------------------------------------------------

    def _begin_bar(self) -> Attempt:
        """Begin the current bar (again) with an empty line."""
        self.leave.begin_bar(
            self.bars,
            self.checker,
            is_last=self._is_last_bar,
            is_new=self._is_to_be_new,
            harmony=self._harmony(),
            stay=self.bar.stay,
        )
        if self._cannot_hear_chords:  # no try is better than another: the first is drawn as cool as the last would be
            self.bar.unheard = self._tries_per_chord
        if self.bar.kept:
            return Attempt(forced="", line=self.bar.kept, voice_ended=True)
        return Attempt(forced=self.countdown)

    @property
    def _is_to_be_new(self) -> bool:
        """Whether the current bar closes a phrase, or varies another one."""
        closes = self.wishes is not None and len(self.bars) in self.wishes.plan.closes
        return closes or not self.bar.stay.is_nothing

    def _harmony(self) -> Harmony | None:
        """What the chords of the current bar shall be: those of the voices that stand already, or those wished for."""
        wishes, metre = self.wishes, self.checker.metre
        if wishes is None or metre is None:
            return None
        there, tonality = self.bar.stay.tail or self.bar.stay.harmony, wishes.tonality_in(len(self.bars))
        return Harmony(
            tonality=tonality,
            spans=spans_below(self.leave.moments_in(there), metre) if there else wishes.in_bar(len(self.bars), metre),
            beat=beat_of(metre),
            basses=self.basses,
            always_bass=next(iter(self.basses)) if len(self.basses) == 1 else "",
            at_home=tonality == wishes.tonality,
        )

    def _next_bar(self) -> None:
        """Go on behind the last bar: feed what the plan has said again, and begin the bar after it."""
        while (stay := NOTHING_STAYS if self.done else self._stay()).whole is not None:
            self.feeds += encode_body_line(f"{stay.whole}\n")
            self.checker.accept(stay.whole)
            self.bars.append(stay.whole)
            if len(self.bars) - 1 in self.given:
                self.counts.bars_given += 1
            else:
                self.counts.bars_said_again += 1
            if len(self.bars) == 1:
                self._look_for_pickup()
        self.bar = BarWork(stay=stay)
        self.feeds += [patch for piece in split_body_line(stay.kept) for patch in encode_text(piece)]
        self.attempt = self._begin_bar()

    def _stay(self) -> Stay:
        """What stands in the next bar already, or what the plan wants to stay of an earlier one."""
        if (stay := self.given.get(len(self.bars))) is not None:
            return stay
        if self.wishes is None:
            return NOTHING_STAYS
        return stay_of(
            self.bars,
            self.header,
            wishes=self.wishes,
            bars_asked=self.bars_asked,
            fits=lambda bar: not self.checker.check(bar) and self.leave.can_play(bar),
        )

    def take_feeds(self) -> list[Patch]:
        """Complete patches to append before sampling goes on; each is handed out once."""
        feeds, self.feeds = self.feeds, []
        return feeds

    def next_prefix(self) -> str:
        """What the next patch has to begin with. Call it once for each patch, right before it is sampled."""
        attempt, self.mark = self.attempt, self.slot.mark()
        tries = (
            attempt.voice_tries
            + TRIES_PER_VOICE // 2 * self.bar.tries
            + self.bar.unheard
            + TRIES_PER_END * len(self.finale.versions)
        )
        cooling = max(COOLEST, COOLING**tries)
        self.slot.sampling = replace(self.sampling, temperature=self.sampling.temperature * cooling)
        if not attempt.voice_starts:
            self.finale.note_start(len(self.bars), self.mark, self.checker, self.counts, stay=self.bar.stay)
        if not attempt.voice_starts or attempt.voice_ended:
            self._begin_voice()
        self.leave.begin_patch(attempt.line, ended=attempt.voice_ended, tries=attempt.voice_tries)
        return attempt.forced

    def _begin_voice(self) -> None:
        """Note where the next voice's bar starts, and whether a voice has to come now."""
        attempt = self.attempt
        attempt.voice_starts.append(VoiceStart(self.mark, len(attempt.line)))
        self.leave.begin_voice()
        if attempt.voice_ended:
            missing = self._missing_voice()
            attempt.forced = f"|[V:{missing}]" if missing else ""
        attempt.voice_ended = False

    def _missing_voice(self) -> str | None:
        """Who has to play in this bar and has not begun: by what stays of it, or by the rules."""
        if self.bar.stay.tail:
            return None
        voices = self.attempt.voices
        missing = next((voice for voice in self.bar.stay.players if voice not in voices), None)
        return missing or self.rules.missing_voice(self.bars, voices, self._where)

    # --- what was written ------------------------------------------------------------------------------------------

    def take(self, patch: Patch) -> None:
        """Take in one sampled patch: go on, finish a voice or the bar, or throw away and roll back."""
        attempt = self.attempt
        self.counts.patches += 1
        self.counts.held_back = self.leave.held_back_chars
        attempt.forced = ""
        text = decode_patch(patch)
        if self.leave.is_strained:
            self._reject_voice()
            return
        if self._starts_unseen_voice(text) and not self._finish_voice():
            return
        attempt.line += text
        if "\n" in text:
            self._finish_line()
        elif not text or self._rambles():
            self._reject_voice()
        elif EOS in patch or len(text) < PATCH_CHARS:
            attempt.voice_ended = True
            if self._voice_defects():
                self._reject_voice()
            else:
                attempt.voice_tries = 0

    def _rambles(self) -> bool:
        """Whether the line grows without getting anywhere: a voice too long, or more ends of voices than voices."""
        attempt = self.attempt
        too_many = len(attempt.voice_starts) > len(self.checker.known) + 1
        return too_many or len(attempt.line) - attempt.voice_starts[-1].line_chars > MAX_VOICE_CHARS

    def _starts_unseen_voice(self, text: str) -> bool:
        """A voice whose last patch was exactly full has no end character: the next voice's start gives it away."""
        begun = self.attempt.voice_starts[-1].line_chars
        return len(self.attempt.line) > begun and text.lstrip(":|[]").startswith("V:") and text[0] in ":|["

    def _finish_voice(self) -> bool:
        """Check the voice that the next one's start shows to be complete; False if it was thrown away."""
        if self._voice_defects():
            self._reject_voice()
            return False
        self.attempt.voice_starts.append(VoiceStart(self.mark, len(self.attempt.line)))
        self.attempt.voice_tries = 0
        return True

    def _voice_defects(self) -> bool:
        """Whether the voices of the unfinished line are wrong already."""
        bar = read_bar(self.attempt.line + "|")
        if bar is None or self.rules.breaks_rule(self.bar.stay.new_in(bar)):
            return True
        self.bar.best = bar
        # The barline of an unfinished line is ours, so it may differ from the others.
        kinds = {defect.kind for defect in self.checker.check(bar, last=self._may_be_short)}
        return bool(kinds - {DefectKind.BARLINES_DISAGREE}) or self._has_odd_length(bar)

    def _has_odd_length(self, bar: Bar) -> bool:
        """Whether a short bar (a pickup, an end) has a length that no rest can fill in the other voices."""
        whole, wanted = self.checker.bar_length, self.leave.length
        length = self.checker.timing(bar.voices[0]).length
        if wanted is not None:
            return length != wanted
        return whole is not None and length < whole and length.denominator not in PLAIN_DENOMINATORS

    def _finish_line(self) -> None:
        """The line end is there: accept the bar, go on with a voice that is missing, or throw away."""
        line = self.attempt.line
        bar = read_bar(line.removesuffix("\n")) if line.index("\n") == len(line) - 1 else None
        # A line without voices says that everybody rests; a bar that breaks a rule is not worth repairing either.
        if bar is None or not bar.voices or self.rules.breaks_rule(self.bar.stay.new_in(bar)):
            self._reject_voice()
            return
        bar, tail = self.bar.stay.completed(bar), self.bar.stay.tail
        if self.checker.check(bar, last=self._may_be_short) or self._has_odd_length(bar):
            self.bar.best = bar
            self._reject_voice()
        elif self._missing_voice() is not None:
            self._go_on_after(bar)
        elif self.rules.is_silent(bar):
            self._reject_bar()
        elif not tail and self.bar.unheard < self._tries_per_chord and not self._hears_chords(bar):
            self.bar.unheard += 1
            self._try_another(bar)
        elif self.bar.stale < TRIES_PER_STALE and self._is_stale(bar):
            self.bar.stale += 1
            self._try_another(bar)
        else:
            self.counts.bars_first_try += self.bar.clean
            if tail:
                self._put_behind(bar)
            self._accept(bar)

    @property
    def _cannot_hear_chords(self) -> bool:
        """Whether chords are wished for here where voices sound at another pitch than they are written."""
        harmony = self.leave.harmony
        return harmony is not None and bool(harmony.spans) and self.leave.signature is None

    @property
    def _tries_per_chord(self) -> int:
        if len(self.bars) >= self.bars_asked - LAST_BARS:
            return TRIES_PER_LAST_CHORD
        return TRIES_IF_STRICT if self.strict else TRIES_PER_CHORD

    def _hears_chords(self, bar: Bar) -> bool:
        """Whether the chords that were wished for are to be heard in a finished bar, without forbidden parallels.

        At the end they have to stay for as long as they were meant to.
        """
        harmony = self.leave.harmony
        if self.strict and self.leave.goes_in_parallel(bar):
            return False
        if harmony is None:
            return True
        leads_home = len(self.bars) >= self.bars_asked - LAST_BARS
        return all(
            is_heard(span, self.leave.sounding_in(bar, span.start))
            and (
                not leads_home or all(keeps(span, self.leave.sounding_in(bar, beat)) for beat in harmony.beats_in(span))
            )
            for span in harmony.spans
        )

    def _is_stale(self, bar: Bar) -> bool:
        """Whether a bar that is to be new says what an earlier one said, or a hand next to nothing."""
        said = self._is_to_be_new and bar_music(bar) in map(bar_music, self.bars)
        return said or self.bar.stay.is_poor(bar) or self.rules.rests_too_long(self.bars, bar, self._where)

    def _try_another(self, bar: Bar) -> None:
        """Sample a bar again that is right, but not the chord that was wished for, or nothing new."""
        self.bar.clean = False
        self.counts.endings_rejected += 1
        self.accepted_patches += self._sampled_patches(bar)
        self.engine.rollback(self.slot, self.attempt.voice_starts[0].mark)
        self.attempt = self._begin_bar()

    def _sampled_patches(self, bar: Bar) -> int:
        """How many patches of a bar the network wrote: those that stayed were fed."""
        staying = {voice.voice for voice in self.bar.stay.tail}
        new = replace(bar, voices=tuple(voice for voice in bar.voices if voice.voice not in staying))
        return len(encode_body_line(f"{new}\n".removeprefix(self.bar.kept)))

    def _put_behind(self, bar: Bar) -> None:
        """Let the voices that stay follow the last one that was sampled, in place of the line's end."""
        self.engine.rollback(self.slot, self.attempt.voice_starts[0].mark)
        self.feeds = encode_body_line(f"{bar}\n")

    def _go_on_after(self, bar: Bar) -> None:
        """The model ended the line though a voice has to follow: take the line end back and let that voice begin."""
        attempt, start = self.attempt, self.attempt.voice_starts[-1]
        closing = barlines(bar.voices[-1].tokens).closing
        piece = attempt.line[start.line_chars :].rstrip("\n ").removesuffix(closing)
        self.engine.rollback(self.slot, start.mark)
        self.feeds = encode_text(piece)
        attempt.line = attempt.line[: start.line_chars] + piece
        attempt.voice_ended = True

    # --- throwing away ---------------------------------------------------------------------------------------------

    def _reject_voice(self) -> None:
        """Sample the current voice again, from where it began."""
        attempt = self.attempt
        self.bar.clean = False
        attempt.voice_tries += 1
        self.counts.voices_rejected += 1
        if attempt.voice_tries >= TRIES_PER_VOICE:
            self._reject_bar()
            return
        start = attempt.voice_starts.pop()
        self.engine.rollback(self.slot, start.mark)
        attempt.line = attempt.line[: start.line_chars]
        attempt.voice_ended = bool(attempt.line)
        if not attempt.line:
            attempt.forced = self.countdown

    def _reject_bar(self) -> None:
        """Sample the current bar again, or complete it by rule if that was done too often."""
        self.bar.clean = False
        self.bar.tries += 1
        self.engine.rollback(self.slot, self.attempt.voice_starts[0].mark)
        if self.bar.tries < self.tries_per_bar:
            self.counts.bars_rejected += 1
            self.attempt = self._begin_bar()
            return
        self.counts.bars_repaired += 1
        bar = self._repaired()
        self.feeds = encode_body_line(f"{bar}\n".removeprefix(self.bar.kept))
        self._accept(bar)

    def _repaired(self) -> Bar:
        """The best try made right by rule; if no note of it is left, the music of the bar before."""
        start = parse_bar(self.bar.kept or self.countdown)
        bar = repair_bar(self.bar.stay.completed(self.bar.best or start), self.checker, last=self._may_be_short)
        old = self.bar.stay.instead_of
        if old is not None and (self.rules.is_silent(bar) or self._has_odd_length(bar)):
            return replace(old, countdown=bar.countdown)
        if self.rules.is_silent(bar) and self.bars:
            copy = Bar(countdown=bar.countdown, voices=self.bars[-1].voices)
            if not self.checker.check(copy, last=self._may_be_short):
                return copy
        return bar

    def _accept(self, bar: Bar) -> None:
        """The bar stays, unless it ends the piece and not well."""
        self.checker.accept(bar)
        self.bars.append(bar)
        self.counts.bars += 1
        patches = self._sampled_patches(bar)
        self.counts.kept_patches += patches
        self.accepted_patches += patches
        if len(self.bars) == 1:
            self._look_for_pickup()
        if not self.done:
            self._next_bar()
        elif self.stop < self.bars_asked:
            return
        elif (again := self.finale.take(self.bars, self.counts)) is not None:
            self._go_back_to(again)
        else:
            self.bars = list(self.finale.best.bars)
            restore_kept(self.counts, self.finale.best.counts)
            self.counts.ending_patches = self.accepted_patches - self.counts.kept_patches

    def _look_for_pickup(self) -> None:
        """Behind the first bar: if it was a pickup, all that is planned comes a bar later."""
        whole, length = self.checker.bar_length, self.checker.last_length
        if self.asked is not None:
            is_pickup = whole is not None and length is not None and length < whole
            plan = self.asked.plan
            self.wishes = replace(self.asked, plan=plan.after_pickup() if is_pickup else plan)

    def _go_back_to(self, bar: int) -> None:
        """Sample the end again, from one of the last bars on."""
        start = self.finale.starts[bar]
        self.engine.rollback(self.slot, start.mark)
        self.checker = copy_checker(start.checker)
        del self.bars[bar:]
        restore_kept(self.counts, start.counts)
        self.counts.endings_rejected += 1
        self.feeds = []
        self.bar = BarWork(stay=start.stay)
        self.attempt = self._begin_bar()


def pairs_of(header: Header, *, strict: bool) -> dict[str, tuple[str, ...]]:
    """For each voice those before it that it may not go in parallel with: all in strict styles, else the outer one."""
    voices = [voice.id for voice in header.voices]
    if strict:
        return {voice: tuple(voices[:place]) for place, voice in enumerate(voices)}
    return {voices[-1]: (voices[0],)} if len(voices) > 1 else {}


def header_patches(lines: Sequence[str]) -> list[Patch]:
    """Patches of prompt and tune header lines (without line ends)."""
    return [patch for line in lines for patch in encode_text(f"{line}\n")]
