"""The leave that one piece gives its next characters: the engine's guard, asked before a character stays.

Promises: what it says depends on this piece's own text only, so the same piece comes whoever else is in the batch.
A character is held back if no continuation of it can make the bar right (`line.py`); a note that clashes with another
voice is held back in a share of the cases, decided by its place (`clashes.py`); what the piece would go on with if it
said again what it has said before is expected (`recall.py`).
Not covered: what becomes of a voice that turns out wrong all the same (`generator.writing.draft`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from zlib import crc32

from generator.errors import NotationError
from generator.guard.clashes import NOTE_LETTERS, clashes, signature_in
from generator.guard.line import Line, Target, allows
from generator.guard.reach import Reach
from generator.guard.recall import Recall, Trust
from generator.model.patches import EOS
from generator.model.sampling import Hint
from generator.notation import Bar, BarChecker, Header
from generator.notation.checks import PLAIN_BARLINE
from generator.notation.tune import read_bar

# A voice in which the guard held back what the model wanted, and left it this little choice (in bits), is sampled
# again instead of being led to an end that makes no music; with every try a little more is tolerated.
STRAIN_BITS, STRAINED_TRIES = 4.0, 5
# Of bars shorter than the metre. Half a triplet would be none a player could count.
PLAIN_DENOMINATORS = (1, 2, 4, 8, 16)
LEAST_SHARE = 1e-9  # of the probability: what is left is never called less


@dataclass
class Strain:
    """How much of a voice is the guard's will. bits: of choice taken so far; impossible: by what cannot be right."""

    bits: float = 0.0
    impossible: bool = False


class Leave:
    """The guard of one piece; `begin_bar`, `begin_voice` and `begin_patch` tell it where the piece is.

    fixed_fields: letters of the fields that may not change. clash_share: so many of the notes that clash with another
    voice are let through. trust: how far the piece's own earlier bars are believed; None: not at all.
    reach: what the players can play; None: anything.
    held_back_chars: how often the model was kept from what it wanted.
    """

    def __init__(
        self,
        header: Header,
        checker: BarChecker,
        *,
        fixed_fields: frozenset[str] = frozenset(),
        clash_share: float = 1.0,
        trust: Trust | None = None,
        reach: Reach | None = None,
    ) -> None:
        self.header, self.fixed_fields, self.clash_share, self.trust = header, fixed_fields, clash_share, trust
        self.reach = reach
        self.voices = tuple(voice.id for voice in header.voices)
        self.recall = Recall()
        self.held_back_chars = 0
        self.strain = Strain()
        self.begin_bar([], checker, is_last=False)

    # --- where the piece is ----------------------------------------------------------------------------------------

    def begin_bar(self, bars: Sequence[Bar], checker: BarChecker, *, is_last: bool) -> None:
        """A bar begins (again) behind these; checker: has accepted them; is_last: no bar follows it."""
        self.checker, self.is_last = checker, is_last
        self.signature = signature_in(self.header, bars)
        if self.trust is not None:
            self.recall.learn([str(bar) for bar in bars])
        self.targets: dict[str, Target] = {}
        self.begin_patch("", ended=False, tries=0)

    def begin_voice(self) -> None:
        """A voice's bar begins (again)."""
        self.strain = Strain()

    def begin_patch(self, line: str, *, ended: bool, tries: int) -> None:
        """A patch begins behind this part of the line; ended: its last voice is finished; tries: of this voice."""
        self.line, self.ended, self.tries = line, ended, tries

    @property
    def is_strained(self) -> bool:
        """Whether too much of this voice is the guard's will instead of the model's."""
        return self.tries < STRAINED_TRIES and self.strain.bits > STRAIN_BITS * (1 + self.tries)

    # --- what the engine asks --------------------------------------------------------------------------------------

    def allows(self, written: bytes, char: int) -> bool:
        """Whether the patch that begins with `written` may go on with `char`."""
        text = written.decode("ascii")
        if not allows(Line(self.line, self.ended, self.voices, self._target_behind), text, char):
            self.strain.impossible = True
            return False
        letter = "" if char == EOS else chr(char)
        return self._reaches(self.line + text, letter) and not self._shuns(self.line + text, chr(char))

    def hint(self, written: bytes) -> Hint | None:
        """The character with which the piece would say again what it has said before, unless it clashes here."""
        if self.trust is None:
            return None
        text = written.decode("ascii")
        hint = self.trust.hint(self.recall.expect(self.line, text))
        if hint is None or not self._reaches(self.line + text, chr(hint.char)):
            return None
        return None if self._clashes(self.line + text, chr(hint.char)) else hint

    def _reaches(self, line: str, letter: str) -> bool:
        return self.reach is None or self.reach.allows(line, letter, self.signature)

    def held_back(self, share: float) -> None:
        """The model was kept from what it wanted; see STRAIN_BITS. What is only shunned is no strain."""
        self.held_back_chars += 1
        if self.strain.impossible:
            self.strain.bits -= math.log2(max(share, LEAST_SHARE))
        self.strain.impossible = False

    # --- notes that clash ------------------------------------------------------------------------------------------

    def _shuns(self, line: str, letter: str) -> bool:
        """Whether a note clashes and is not one of those that may: chosen by its place, so a piece stays the same."""
        chance = crc32(f"{self.tries}{line}{letter}".encode()) / 2**32
        return chance >= self.clash_share and self._clashes(line, letter)

    def _clashes(self, line: str, letter: str) -> bool:
        """Whether a note clashes with another voice; never where the network is believed to hear them all."""
        if letter not in NOTE_LETTERS or self.signature is None or self.clash_share >= 1:
            return False
        unit, metre = self.header.unit, self.checker.metre
        return clashes(line, letter, signature=self.signature, unit=unit, metre=metre)

    # --- how long a voice's bar may be -----------------------------------------------------------------------------

    def _target_behind(self, text: str) -> Target:
        """How long the bar of a voice has to be that begins behind `text`, a part of the current line."""
        if text not in self.targets:
            self.targets[text] = self._target(self._first_length(text))
        return self.targets[text]

    def _first_length(self, text: str) -> Fraction | None:
        """How long the first voice in a part of the line is; None without one, or if it ends within a tuplet."""
        bar = read_bar(text + PLAIN_BARLINE)
        try:
            return self.checker.timing(bar.voices[0]).length if bar and bar.voices else None
        except NotationError:
            return None

    def _target(self, first: Fraction | None) -> Target:
        """first: the length of the line's first voice if there is one, which the others must have too."""
        whole = self.checker.bar_length
        return Target(
            longest=whole if first is None else first,
            complete=lambda length: self._may_end_after(length, whole) if first is None else length == first,
            unit=self.header.unit,
            metre=self.checker.metre,
            fixed=self.fixed_fields,
        )

    def _may_end_after(self, length: Fraction, whole: Fraction | None) -> bool:
        """Whether the first voice of a bar may be so long."""
        if whole is None or length == whole:
            return length > 0
        missing = self.checker.missing
        short = self.is_last or (self.checker.section_starts if missing is None else length <= missing)
        return short and 0 < length < whole and length.denominator in PLAIN_DENOMINATORS
