"""A line of music, sign by sign, into the voices it is for."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Protocol

from renderers import limits
from renderers.sanitise import clean_text
from renderers.score.abc import decorations
from renderers.score.abc.barlines import parse_barline, read_ending
from renderers.score.abc.chord_symbols import parse_chord_symbol
from renderers.score.abc.durations import in_units, parse_length
from renderers.score.abc.keys import HIGHLAND, HIGHLAND_PRINTED
from renderers.score.abc.letters import read_letters
from renderers.score.abc.model import DynamicMark, Event, Grace, Head, Jump, LineEnd, StaffChange, Words
from renderers.score.abc.remarks import Remarks
from renderers.score.abc.tokens import find_tokens
from renderers.score.abc.voices import VoiceReader

PLACES = "^_<>@"  # of an annotation: above, below, left, right, anywhere
SHOWN_STRAY_CHARS = 12
GRACE_UNITS_LONGEST = Fraction(1, 4)
PIPES_KEYS = (HIGHLAND, HIGHLAND_PRINTED)
PIPES_GRACE = Fraction(1, 32)
_NO_STRAY_PLACES = str.maketrans("^_", "  ")
_POINT = re.compile(r"@\s*-?\d+(?:\.\d+)?\s*,\s*-?\d+(?:\.\d+)?\s*", re.ASCII)  # where other programs put it
_STAFF = re.compile(r"staff\s*=?\s*([+-]?\d)", re.ASCII)
_OLD_CHORD = re.compile(r"(?:[\^_=]{0,2}[A-Ga-g][',]*\d*/*\d*)+")


class TuneState(Protocol):
    """What a line of music needs of the tune around it."""

    symbols: dict[str, str]
    remarks: Remarks

    def current(self) -> VoiceReader:
        """The voice that is being written."""

    def read_inline_field(self, letter: str, value: str, line: int) -> None:
        """A field in square brackets."""


class MusicReader:
    """Reads lines of music. A chord and grace notes end with their line."""

    def __init__(self, tune: TuneState) -> None:
        self._tune = tune
        self._line = 0
        self._last_kind = ""
        self._voice: VoiceReader = None  # type: ignore[assignment]  # set by every line
        self._chord: list[Head] | None = None
        self._chord_lengths: list[str] = []
        self._grace: list[Event] | None = None
        self._is_slashed = False
        self._handlers: dict[str, Callable[[re.Match[str]], None]] = {
            name[len("_read_") :]: getattr(self, name) for name in dir(self) if name.startswith("_read_")
        }

    def read(self, text: str, line: int) -> None:
        """One line. Raises InputRefused for what cannot be drawn."""
        self._line, self._voice = line, self._tune.current()
        stray = ""
        if self._last_kind == "bar" and text.lstrip()[:1].isdigit():
            text = f"|{text.lstrip()}"  # an ending whose barline stands at the end of the line before
        for kind, match in find_tokens(text):
            self._last_kind = kind if kind != "space" else self._last_kind
            if kind == "stray":
                stray += match[0]
                continue
            if kind == "space":
                self._voice.break_beam()
            else:
                self._handlers[kind](match)
        if stray:
            self._tune.remarks.add("stray", line, text=stray[:SHOWN_STRAY_CHARS])
        self._leave_groups()

    def _leave_groups(self) -> None:
        if self._chord is not None:
            self._tune.remarks.add("chord_open", self._line)
            self._finish_chord("")
        if self._grace is not None:
            self._tune.remarks.add("grace_open", self._line)
            self._finish_grace()

    # Notes

    def _read_note(self, match: re.Match[str]) -> None:
        limits.check_octave(match["octave"], match["letter"] + match["octave"])
        self._check_length(match["length"])
        head = self._voice.spelling.read(match["accidental"], match["letter"], match["octave"])
        if self._chord is not None:
            self._chord.append(head)
            self._chord_lengths.append(match["length"])
            limits.check_crowd(len(self._chord), limits.MAX_CHORD_NOTES)
        else:
            self._add([head], match["length"])

    def _check_length(self, text: str, *, longest: int = limits.MAX_LENGTH_NUMBER) -> None:
        limits.check_length(text, longest=longest)
        if "0" in text and any(not number.strip("0") for number in text.split("/") if number):
            self._tune.remarks.add("zero_length", self._line, text=text)

    def _add(self, heads: list[Head], length: str, *, chord_length: str = "", is_visible: bool = True) -> None:
        if self._grace is not None:
            if heads:
                self._add_grace_note(heads, parse_length(length) * parse_length(chord_length))
            return
        unit = self._voice.unit_length
        nominal = in_units(length, chord_length, *unit.as_integer_ratio())
        self._voice.add_event(Event(heads=heads, nominal=nominal, line=self._line, is_visible=is_visible))

    def _add_grace_note(self, heads: list[Head], length: Fraction) -> None:
        assert self._grace is not None
        unit = PIPES_GRACE if self._voice.key in PIPES_KEYS else self._voice.unit_length
        event = Event(heads=heads, nominal=min(length * unit, GRACE_UNITS_LONGEST), line=self._line)
        limits.check_value(event.nominal, self._line)
        self._voice.slurs.begin(event)
        self._grace.append(event)
        limits.check_crowd(len(self._grace), limits.MAX_GRACE_NOTES)

    def _read_rest(self, match: re.Match[str]) -> None:
        letter, text = match[0][0], match["rest_length"]
        is_bars = letter in "ZX"
        self._check_length(text, longest=limits.MAX_BARS if is_bars else limits.MAX_LENGTH_NUMBER)
        if self._chord is not None:
            return  # a rest in a chord is silent
        if is_bars:
            self._add_bar_rests(int(text) if text.strip("0").isdigit() else 1, is_visible=letter == "Z")
        else:
            self._add([], text, is_visible=letter == "z")

    def _add_bar_rests(self, num_bars: int, *, is_visible: bool) -> None:
        for number in range(num_bars):
            if number:
                self._voice.end_bar(parse_barline("|", self._line))
            rest = Event(heads=[], nominal=Fraction(0), line=self._line, is_visible=is_visible, is_bar_rest=True)
            self._voice.add_event(rest)

    def _read_chord(self, _match: re.Match[str]) -> None:
        if self._chord is not None:
            self._tune.remarks.add("chord_open", self._line)
            self._finish_chord("")
        self._chord, self._chord_lengths = [], []

    def _read_end_chord(self, match: re.Match[str]) -> None:
        if self._chord is not None:
            self._check_length(match["chord_length"])
            self._finish_chord(match["chord_length"])

    def _finish_chord(self, length: str) -> None:
        heads, lengths = self._chord or [], self._chord_lengths
        self._chord = None
        if not heads:
            return
        if len({parse_length(text) for text in lengths}) > 1:
            self._tune.remarks.add("chord_lengths", self._line)
        unique = {(head.step, head.octave, head.alter): head for head in reversed(heads)}
        heads = [head for head in heads if unique[head.step, head.octave, head.alter] is head]
        self._add(heads, lengths[0], chord_length=length)
        if self._grace is None:
            self._voice.hold_heads(self._voice.last_event)

    def _read_grace(self, match: re.Match[str]) -> None:
        self._grace, self._is_slashed = [], match[0].endswith("/")

    def _read_end_grace(self, _match: re.Match[str]) -> None:
        self._finish_grace()

    def _finish_grace(self) -> None:
        graces, self._grace = self._grace or [], None
        for event in graces[:-1]:
            event.is_joined = True
        if graces:
            self._voice.add_grace(Grace(graces, self._is_slashed))

    def _read_spacer(self, _match: re.Match[str]) -> None:
        self._voice.break_beam()
        self._voice.bar(self._line)

    # What joins notes

    def _read_tie(self, _match: re.Match[str]) -> None:
        if self._chord:
            self._chord[-1].is_tied_on = True
        elif self._grace is None:
            self._voice.tie_on()

    def _read_slur(self, _match: re.Match[str]) -> None:
        self._voice.slurs.open()

    def _read_end_slur(self, _match: re.Match[str]) -> None:
        self._voice.slurs.close()

    def _read_tuplet(self, match: re.Match[str]) -> None:
        written = re.sub(r"[(\s]", "", match[0]).split(":")
        numbers = [int(number[:4]) if number else None for number in written]
        if numbers[0] in (0, 1):
            self._tune.remarks.add("stray", self._line, text=match[0].strip())
            return
        limits.check_tuplet(match[0], [number for number in numbers if number is not None])
        actual, normal, num_notes = [*numbers, None, None][:3]
        if self._grace is None and actual is not None:
            self._voice.open_tuplet(actual, normal, num_notes)

    def _read_broken(self, match: re.Match[str]) -> None:
        if self._grace is None and self._chord is None:
            self._voice.break_rhythm(match[0], self._line)

    # Barlines

    def _read_bar(self, match: re.Match[str]) -> None:
        self._leave_groups()
        sign = parse_barline(match[0], self._line)
        sign.has_fermata = self._voice.has_fermata_waiting()
        self._voice.end_bar(sign)

    def _read_ending(self, match: re.Match[str]) -> None:
        self._leave_groups()
        self._voice.end_bar(read_ending(match[0], self._line))

    def _read_overlay(self, _match: re.Match[str]) -> None:
        self._voice.begin_layer(self._line)

    def _read_region(self, match: re.Match[str]) -> None:
        """`(& ... &)`, overlays over several bars, of another program: its `&` holds for its own bar here."""
        self._tune.remarks.add("stray", self._line, text=match[0])

    # Signs and words

    def _read_decoration(self, match: re.Match[str]) -> None:
        name = match[0][1:-1]
        if match[0][0] == "+" and not decorations.is_known(name) and _OLD_CHORD.fullmatch(name):
            self.read_old_chord(name)
        elif name:
            self._decorate(name)

    def read_old_chord(self, notes: str) -> None:
        """`+CEG+`, as chords were written before 1996."""
        for _, match in find_tokens(f"[{notes}]"):
            kind = match.lastgroup
            if kind in ("chord", "note", "end_chord"):
                self._handlers[kind](match)

    def _read_symbol(self, match: re.Match[str]) -> None:
        name = self._tune.symbols.get(match[0], "")
        if name.startswith('"'):
            self._annotate(name.strip('"'))
        elif name:
            self._decorate(name)
        else:
            self._tune.remarks.add("sign", self._line, text=match[0])

    def _decorate(self, name: str) -> None:
        if name in decorations.DYNAMICS:
            self._voice.add(DynamicMark(name), self._line)
        elif name in decorations.LINES:
            self._voice.add(LineEnd(*decorations.LINES[name]), self._line)
        elif name in decorations.JUMPS:
            self._voice.add(Jump(name), self._line)
        elif name in decorations.SILENT:
            pass
        elif decorations.is_known(name):
            if self._grace is None:
                self._voice.decorate(name, self._line)
        else:
            self._tune.remarks.add("sign", self._line, text=f"!{name}!")

    def _read_quoted(self, match: re.Match[str]) -> None:
        self._annotate(match[0][1:-1])

    def _annotate(self, written: str) -> None:
        text = clean_text(read_letters(written))
        symbol = None if text.startswith(tuple(PLACES)) else parse_chord_symbol(text)
        if symbol is not None:
            self._voice.add(symbol, self._line)
            return
        place = text[:1] if text.startswith(tuple(PLACES)) else "^"
        free = _POINT.sub("", text) if text[:1] == "@" else text
        said = " ".join(free.lstrip(PLACES).translate(_NO_STRAY_PLACES).split()) if text[:1] in PLACES else text
        if said:
            self._voice.add(Words(said, is_above=place == "^"), self._line)

    def _read_field(self, match: re.Match[str]) -> None:
        letter, _, value = match[0].strip("[]").partition(":")
        letter, value = letter.strip(), value.strip()
        if letter == "I" and (staff := _STAFF.fullmatch(value)):
            self._voice.add(StaffChange(int(staff[1])), self._line)
            return
        self._tune.read_inline_field(letter, value, self._line)
        self._voice = self._tune.current()

    def _read_nothing(self, _match: re.Match[str]) -> None:
        """Back-ticks, `$`, and `!` as an old sign for the end of a line."""
