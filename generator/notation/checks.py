"""Whether bars are right: all voices equally long, and as long as the metre says.

Excepted from the metre's length are the last bar, music without metre, a pickup at the start or after a repeat or
double barline, and a bar that such a barline splits, if its parts are not longer than a bar together.
Stricter than abctoolkit's check, which compares voices with the first one only and never with the metre; where the two
differ stands in `tests/measure/notation.py`.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from generator.errors import NotationError
from generator.notation.durations import TIMED, Timing, time_text
from generator.notation.keys import read_key_field
from generator.notation.limits import Metre, read_metre_field
from generator.notation.tokens import Token, TokenKind
from generator.notation.tune import Bar, Header, Tune, VoiceBar

PLAIN_BARLINE = "|"


class DefectKind(Enum):
    """What is wrong with a bar, in words."""

    UNKNOWN_VOICE = "unknown voice"
    VOICE_TWICE = "voice twice"
    NO_BARLINE = "no barline"
    BARLINES_DISAGREE = "barlines disagree"
    UNEQUAL_LENGTH = "unequal length"
    TOO_LONG = "too long"
    TOO_SHORT = "too short"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Defect:
    """One thing wrong. bar counts from 0; voice is None where the whole bar is wrong."""

    bar: int
    voice: str | None
    kind: DefectKind
    message: str


@dataclass(frozen=True)
class Closing:
    """The barlines of one voice's bar; empty where there is none."""

    opening: str
    closing: str


def barlines(tokens: Sequence[Token]) -> Closing:
    """The barline that a voice's bar begins with, if it does, and the one that ends it."""
    words = [token for token in tokens if token.kind is not TokenKind.SPACE]
    opening = words[0].text if words and words[0].kind is TokenKind.BAR and len(words) > 1 else ""
    closing = words[-1].text if words and words[-1].kind is TokenKind.BAR else ""
    return Closing(opening, closing)


def _is_plain(barline: str) -> bool:
    """Whether a barline cannot split a bar: a single line, or none at all."""
    return barline in ("", PLAIN_BARLINE)


class BarChecker:
    """Checks the bars of a tune one after another.

    `check` looks at a bar without changing anything, so that several tries of the same bar can be looked at;
    `accept` moves on behind it.
    """

    def __init__(self, header: Header) -> None:
        self.known = frozenset(voice.id for voice in header.voices)
        self.metre: Metre | None = header.metre
        # Each voice has its own unit: an inline [L:] holds for the voice it stands in.
        self.units = {voice.id: header.unit for voice in header.voices}
        self.default_unit = header.unit
        self.bars_seen = 0
        self.section_starts = True  # the music begins as after a double barline: a pickup may follow
        self.pickup: Fraction | None = None  # of the section that is going on
        self.missing: Fraction | None = None  # what the bar before lacks that a barline split
        self.last_length: Fraction | None = None

    @property
    def bar_length(self) -> Fraction | None:
        """Length of a whole bar in whole notes, None without metre."""
        return self.metre.length if self.metre else None

    def unit_of(self, voice: str) -> Fraction:
        """The length unit of a voice at the start of the next bar."""
        return self.units.get(voice, self.default_unit)

    def metre_in(self, bar: Bar) -> Metre | None:
        """The metre of this bar: a change may stand in any voice before its first note, and holds for all."""
        for voice in bar.voices:
            if field := opening_metre(voice.tokens):
                with suppress(NotationError):
                    return read_metre_field(field[3:-1])
        return self.metre

    def timing(self, voice: VoiceBar, metre: Metre | None = None) -> Timing:
        """What a voice's bar amounts to. Raises NotationError for music without a length."""
        return time_text(voice.music, self.unit_of(voice.voice), metre or self.metre)

    def check(self, bar: Bar, *, last: bool = False) -> list[Defect]:
        """All that is wrong with the bar that comes next. last: no bar follows, so it may be short."""
        return list(self._defects(bar, last=last))

    def _defects(self, bar: Bar, *, last: bool) -> Iterator[Defect]:
        metre = self.metre_in(bar)
        lengths: dict[str, Fraction] = {}
        seen: set[str] = set()
        for voice in bar.voices:
            if voice.voice not in self.known:
                yield self._defect(voice.voice, DefectKind.UNKNOWN_VOICE, "the tune header has no such voice")
            if voice.voice in seen:
                yield self._defect(voice.voice, DefectKind.VOICE_TWICE, "the voice is there already")
            seen.add(voice.voice)
            yield from self._voice_defects(voice, metre, lengths)
        if bar.lead.strip():
            yield self._defect(None, DefectKind.UNREADABLE, f'"{bar.lead[:20]}" belongs to no voice')
        if len({barlines(voice.tokens) for voice in bar.voices}) > 1:
            yield self._defect(None, DefectKind.BARLINES_DISAGREE, "the voices have different barlines")
        yield from self._length_defects(bar, lengths, metre.length if metre else None, last=last)

    def _voice_defects(self, voice: VoiceBar, metre: Metre | None, lengths: dict[str, Fraction]) -> Iterator[Defect]:
        """What is wrong with one voice alone; its length goes into `lengths`."""
        tokens = voice.tokens
        if not barlines(tokens).closing:
            yield self._defect(voice.voice, DefectKind.NO_BARLINE, "the voice's bar does not end with a barline")
        if any(token.kind is TokenKind.BAR for token in inner_tokens(tokens)):
            yield self._defect(voice.voice, DefectKind.UNREADABLE, "a barline inside the bar")
        if (odd := next((token for token in tokens if token.kind is TokenKind.OTHER), None)) is not None:
            yield self._defect(voice.voice, DefectKind.UNREADABLE, f'"{odd.text}" means nothing here')
        if (field := _unreadable_key(tokens)) is not None:
            yield self._defect(voice.voice, DefectKind.UNREADABLE, f'"{field}" is no key')
        try:
            timing = self.timing(voice, metre)
        except NotationError as error:
            yield self._defect(voice.voice, DefectKind.UNREADABLE, str(error))
            return
        if len(set(timing.layers)) > 1:
            yield self._defect(voice.voice, DefectKind.UNEQUAL_LENGTH, "the overlays (&) have different lengths")
        lengths[voice.voice] = timing.length

    def _length_defects(
        self, bar: Bar, lengths: dict[str, Fraction], whole: Fraction | None, *, last: bool
    ) -> Iterator[Defect]:
        """Voices against each other and against the metre."""
        if not lengths:
            return
        first_voice, first = next((item for item in lengths.items() if item[1] == whole), next(iter(lengths.items())))
        for voice, length in lengths.items():
            if length != first:
                message = f"{length} of a whole note, voice {first_voice} has {first}"
                yield self._defect(voice, DefectKind.UNEQUAL_LENGTH, message)
        if whole is None:
            return
        if first > whole:
            yield self._defect(first_voice, DefectKind.TOO_LONG, f"{first} of a whole note where {whole} fit")
        elif first < whole and not last and not self._may_be_short(bar, first):
            yield self._defect(first_voice, DefectKind.TOO_SHORT, f"{first} of a whole note where {whole} are needed")

    def _may_be_short(self, bar: Bar, length: Fraction) -> bool:
        """Whether this bar may be shorter than the metre: a pickup, or part of a bar that a barline splits."""
        lines = barlines(bar.voices[0].tokens)
        if self.missing is not None:
            return length <= self.missing
        return self.section_starts or not _is_plain(lines.opening) or not _is_plain(lines.closing)

    def accept(self, bar: Bar) -> None:
        """The bar stays: what it changes (metre, length unit, an open repeat) holds for the next."""
        self.metre = self.metre_in(bar)
        timings = {}
        for voice in bar.voices:
            with suppress(NotationError):
                timings[voice.voice] = self.timing(voice)
        lines = barlines(bar.voices[0].tokens) if bar.voices else Closing("", "")
        length = next((timing.length for timing in timings.values()), self.missing or self.bar_length)
        self._follow_split(lines, length)
        self.units.update({voice: timing.unit for voice, timing in timings.items()})
        self.metre = next((timing.metre for timing in timings.values() if timing.metre != self.metre), self.metre)
        self.bars_seen += 1

    def _follow_split(self, lines: Closing, length: Fraction | None) -> None:
        """Note what the next bar may or must make up for."""
        whole, before = self.bar_length, self.missing
        starts = self.section_starts or not _is_plain(lines.opening)
        ends = not _is_plain(lines.closing)
        self.last_length, self.missing, self.section_starts = length, None, ends
        if starts:
            self.pickup = None
        if whole is None or length is None or length >= whole:
            return
        if before is not None:
            self.missing = before - length if ends and length < before else None
        elif starts and not ends:
            self.pickup = length
        elif ends and length + (self.pickup or 0) != whole:
            self.missing = whole - length

    def _defect(self, voice: str | None, kind: DefectKind, message: str) -> Defect:
        return Defect(self.bars_seen, voice, kind, message)


def opening_metre(tokens: Sequence[Token]) -> str:
    """The change of metre, `[M:3/4]`, that stands before the first note; "" if there is none."""
    for token in tokens:
        if token.kind in TIMED:
            return ""
        if token.kind is TokenKind.FIELD and token.text[1] == "M":
            return token.text
    return ""


def _unreadable_key(tokens: Sequence[Token]) -> str | None:
    """The first change of key that names no key, None if all are right."""
    for token in tokens:
        if token.kind is TokenKind.FIELD and token.text[1] == "K":
            try:
                read_key_field(token.text[3:-1])
            except NotationError:
                return token.text
    return None


def inner_tokens(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens without opening and closing barlines and the space around them."""
    start, end = 0, len(tokens)
    outer = (TokenKind.BAR, TokenKind.SPACE)
    while start < end and tokens[start].kind in outer:
        start += 1
    while end > start and tokens[end - 1].kind in outer:
        end -= 1
    return tokens[start:end]


def check_bars(tune: Tune) -> list[Defect]:
    """All that is wrong with the bars of a tune.

    Two short bars in a row that make a whole one together are right: so chorales are barred at the ends of phrases.
    """
    checker = BarChecker(tune.header)
    defects: list[Defect] = []
    short: Fraction | None = None  # what the bar before lacks, if it lacks anything
    for index, bar in enumerate(tune.bars):
        found = checker.check(bar, last=index == len(tune.bars) - 1)
        lacking = _lacks(bar, checker) if any(defect.kind is DefectKind.TOO_SHORT for defect in found) else None
        whole = checker.bar_length
        if lacking is not None and short is not None and whole is not None and short + lacking == whole:
            found = _without_short(found)
            defects = [*(one for one in defects if one.bar < index - 1), *_without_short(_bar_before(defects, index))]
            lacking = None
        defects += found
        short = lacking
        checker.accept(bar)
    return defects


def _lacks(bar: Bar, checker: BarChecker) -> Fraction | None:
    """How much shorter than the metre the bar's first voice is."""
    if checker.bar_length is None:
        return None
    return checker.bar_length - checker.timing(bar.voices[0]).length


def _bar_before(defects: list[Defect], index: int) -> list[Defect]:
    """The defects of bar `index` - 1."""
    return [defect for defect in defects if defect.bar == index - 1]


def _without_short(defects: list[Defect]) -> list[Defect]:
    """All defects but those of bars that are too short."""
    return [defect for defect in defects if defect.kind is not DefectKind.TOO_SHORT]
