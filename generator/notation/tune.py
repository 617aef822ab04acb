"""A tune of interleaved ABC as data: header, bars, voices.

Promises: what was parsed prints as it was, character by character, on anything that `parse_tune` accepts.
Not covered: whether bars are right (`checks.py`) and how long they last (`durations.py`).

Interleaved: a line holds one bar of all voices, `[r:0/15][V:1]…|[V:2]…|`. In reduced form voices that only rest are
left out, and where all of them rest the line is empty.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from generator.errors import NotationError
from generator.notation.limits import Metre, read_metre_field
from generator.notation.tokens import SOUNDING, Token, lex_music

# NotaGen's order of the header lines; fields that are new to a header go where this order says.
FIELD_ORDER = "XTCLQMK"

_COUNTDOWN = re.compile(r"\[r:(\d+)/(\d+)\]")
_VOICE_OR_TEXT = re.compile(r'"[^"\n]*"|\[V:([^\]\s]+)\]')
_UNIT = re.compile(r"1/(\d{1,3})|1")
_HEADER_LINE = re.compile(r"[A-Za-z]:|%|\s*$")


def parse_unit(text: str) -> Fraction:
    """The note length unit of an `L:` field, in whole notes. Raises NotationError."""
    match = _UNIT.fullmatch(text.strip())
    if match is None or match[1] == "0" * len(match[1] or "x"):
        raise NotationError(reason="unit", value=text)
    return Fraction(1, int(match[1] or 1))


@dataclass(frozen=True)
class VoiceDef:
    """A `V:` line of the header: id "1", clef "treble", name "Violin I" (empty if it has none)."""

    id: str
    clef: str
    name: str
    text: str


def parse_voice_def(line: str) -> VoiceDef:
    """Read `V:1 treble nm="Piano" snm="Pno."`."""
    voice, _, properties = line[2:].strip().partition(" ")
    name = re.search(r'\b(?:nm|name)="([^"]*)"', properties)
    clef = re.search(r"(?:clef=)?\b((?:treble|alto|tenor|bass|perc|none)[\w+-]*)", re.sub(r'"[^"]*"', "", properties))
    return VoiceDef(voice, clef[1] if clef else "treble", name[1] if name else "", line)


@dataclass(frozen=True)
class Header:
    """The tune header. lines have no line ends."""

    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    def field(self, letter: str) -> str | None:
        """The value of the first `letter:` line, None if there is none."""
        return next((line[2:].strip() for line in self.lines if line.startswith(f"{letter}:")), None)

    @cached_property
    def voices(self) -> tuple[VoiceDef, ...]:
        """The voices in the order of their `V:` lines."""
        return tuple(parse_voice_def(line) for line in self.lines if line.startswith("V:"))

    @property
    def score(self) -> str | None:
        """What follows `%%score`."""
        return next((line[7:].strip() for line in self.lines if line.startswith("%%score")), None)

    @cached_property
    def metre(self) -> Metre | None:
        """The metre at the start; None if the music has none or an impossible one."""
        try:
            return read_metre_field(self.field("M") or "none")
        except NotationError:
            return None

    @cached_property
    def unit(self) -> Fraction:
        """The length of a note without a number, in whole notes; without `L:` as the ABC standard says."""
        if (text := self.field("L")) is not None:
            return parse_unit(text)
        return Fraction(1, 16) if self.metre and self.metre.length < Fraction(3, 4) else Fraction(1, 8)

    @property
    def key(self) -> str:
        """The key as written, "none" if there is none."""
        return self.field("K") or "none"

    @property
    def tempo(self) -> str | None:
        """The `Q:` field as written."""
        return self.field("Q")

    def with_field(self, letter: str, value: str) -> "Header":
        """The header with `letter:value` in place of such a line, or put where NotaGen's order has it."""
        new = f"{letter}:{value}"
        if self.field(letter) is not None:
            first = next(i for i, line in enumerate(self.lines) if line.startswith(f"{letter}:"))
            return replace(self, lines=(*self.lines[:first], new, *self.lines[first + 1 :]))
        later = tuple(f"{other}:" for other in FIELD_ORDER[FIELD_ORDER.find(letter) + 1 :] + "V")
        place = next((i for i, line in enumerate(self.lines) if line.startswith(later)), len(self.lines))
        return replace(self, lines=(*self.lines[:place], new, *self.lines[place:]))


@dataclass(frozen=True)
class VoiceBar:
    """One voice's bar: its music up to the next voice, barline included."""

    voice: str
    music: str

    def __str__(self) -> str:
        return f"[V:{self.voice}]{self.music}"

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The music, cut into words."""
        return lex_music(self.music)

    @property
    def sounds(self) -> bool:
        """Whether there is a note in it."""
        return any(token.kind in SOUNDING for token in self.tokens)


@dataclass(frozen=True)
class Bar:
    """One line of the tune body. lead is what stands before the first voice, normally nothing."""

    countdown: tuple[int, int] | None = None
    voices: tuple[VoiceBar, ...] = ()
    lead: str = ""

    def __str__(self) -> str:
        remark = "[r:{}/{}]".format(*self.countdown) if self.countdown else ""
        return remark + self.lead + "".join(map(str, self.voices))

    def voice(self, voice: str) -> VoiceBar | None:
        """The bar of one voice, None if it is left out."""
        return next((one for one in self.voices if one.voice == voice), None)


@dataclass(frozen=True)
class Tune:
    """Header and bars. ending is what followed the last bar, normally one line end."""

    header: Header
    bars: tuple[Bar, ...]
    ending: str = "\n"

    def __str__(self) -> str:
        return str(self.header) + "\n".join(map(str, self.bars)) + self.ending


def parse_bar(line: str) -> Bar:
    """One line of the tune body, without line end. Raises NotationError for a line that cannot be split into voices."""
    countdown = _COUNTDOWN.match(line)
    start = countdown.end() if countdown else 0
    marks = [match for match in _VOICE_OR_TEXT.finditer(line, start) if match[1]]
    ends = [mark.start() for mark in marks[1:]] + [len(line)] * bool(marks)
    voices = tuple(VoiceBar(mark[1], line[mark.end() : end]) for mark, end in zip(marks, ends, strict=True))
    lead = line[start : marks[0].start()] if marks else line[start:]
    numbers = (int(countdown[1]), int(countdown[2])) if countdown else None
    bar = Bar(numbers, voices, lead)
    if "\n" in line or str(bar) != line:
        raise NotationError(reason="bar_line")
    return bar


def read_bar(line: str) -> Bar | None:
    """The bar that `line` spells, None if it cannot be read at all."""
    try:
        return parse_bar(line)
    except NotationError:
        return None


def parse_header(lines: Iterable[str]) -> Header:
    """The tune header, from lines without line ends. Raises NotationError for lines that are no header lines."""
    header = Header(tuple(lines))
    for number, line in enumerate(header.lines, start=1):
        if not _HEADER_LINE.match(line):
            raise NotationError(reason="header_line", text=line[:40], line=number)
    _ = header.unit
    return header


def parse_tune(text: str) -> Tune:
    """A whole tune of interleaved ABC. Raises NotationError with the number of the line that cannot be read."""
    body_text = text.rstrip("\n")
    lines = body_text.split("\n")
    first = next((i for i, line in enumerate(lines) if "[V:" in line and not _HEADER_LINE.match(line)), None)
    if first is None:
        raise NotationError(reason="no_bars")
    while first > 0 and (not lines[first - 1].strip() or _COUNTDOWN.match(lines[first - 1])):
        first -= 1  # bars in which everybody rests
    bars = []
    for number, line in enumerate(lines[first:], start=first + 1):
        try:
            bars.append(parse_bar(line))
        except NotationError as error:
            error.line = number
            raise
    tune = Tune(parse_header(lines[:first]), tuple(bars), text[len(body_text) :])
    return _with_resting_end(tune)


def _with_resting_end(tune: Tune) -> Tune:
    """Empty lines at the end are bars too where rests are left out; where none is, they are only a gap."""
    voices = len(tune.header.voices)
    if len(tune.ending) < 2 or all(len(bar.voices) == voices for bar in tune.bars):
        return tune
    return replace(tune, bars=tune.bars + (Bar(),) * (len(tune.ending) - 1), ending="\n")
