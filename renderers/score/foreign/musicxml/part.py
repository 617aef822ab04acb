"""`<part>`: what stands in each measure, at the moments the file gives. Voices come later (voices.py)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from lxml import etree

from renderers import limits
from renderers.errors import InputRefused
from renderers.score.abc.clefs import Clef
from renderers.score.abc.keys import Key
from renderers.score.abc.metres import FREE, Metre
from renderers.score.abc.model import BarSign, DynamicMark, Event, Grace, Head, Mark
from renderers.score.foreign.musicxml import attributes, notes
from renderers.score.foreign.musicxml.barlines import read_barline
from renderers.score.foreign.musicxml.chords import mend_chords
from renderers.score.foreign.musicxml.directions import DirectionReader, read_harmony, read_sound_tempo
from renderers.score.foreign.musicxml.left_out import LeftOut
from renderers.score.foreign.musicxml.lengths import NO_RATIO, Placed
from renderers.score.foreign.musicxml.numbers import number, text_of, whole
from renderers.score.foreign.musicxml.slurs import Slurs

LONGEST_BAR = Fraction(limits.LONGEST)


@dataclass(slots=True)
class PlacedMark:
    """A mark, where it stands. voice: empty where the file does not say."""

    at: Fraction
    staff: int
    voice: str
    mark: Mark


@dataclass(slots=True)
class Change:
    """A key, metre, clef, transposition or number of lines from here on. staff: None for all."""

    at: Fraction
    staff: int | None
    value: Key | Metre | Clef | int
    is_lines: bool = False


@dataclass(slots=True)
class RawMeasure:
    """One measure. late: grace notes behind the last note of a voice."""

    divisions: int
    placed: list[Placed] = field(default_factory=list)
    marks: list[PlacedMark] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    late: list[tuple[str, int, Grace]] = field(default_factory=list)
    left: BarSign = field(default_factory=BarSign)
    right: BarSign = field(default_factory=BarSign)
    stops_ending: bool = False


@dataclass(slots=True)
class RawPart:
    """All measures, how many staves there are, and what plays: how often each voice names which instrument."""

    measures: list[RawMeasure] = field(default_factory=list)
    num_staves: int = 1
    instruments: dict[tuple[str, int], Counter[str]] = field(default_factory=dict)
    drums: dict[tuple[str, str, int], str] = field(default_factory=dict)  # (voice, step, octave) → instrument
    has_beams: bool = False
    is_unpitched: bool = False  # drums alone, whatever its instruments are called


class PartReader:
    """Reads one part. Raises InputRefused for more than anybody can draw."""

    def __init__(self, left_out: LeftOut) -> None:
        self._left_out = left_out
        self._signs = notes.SignReader(left_out)
        self._directions = DirectionReader(left_out)
        self._slurs = Slurs()
        self._part = RawPart()
        self._measure = RawMeasure(1)
        self._bar = 0
        self._divisions = 1
        self._now = Fraction(0)  # in whole notes, since the measure began
        self._last: Placed | None = None
        self._last_grace: Event | None = None
        self._graces: dict[str, tuple[int, Grace]] = {}  # by voice: they wait for their note
        self._handlers: dict[str, Callable[[etree._Element], None]] = {
            "note": self._read_note,
            "backup": self._read_backup,
            "forward": self._read_forward,
            "attributes": self._read_attributes,
            "direction": self._read_direction,
            "harmony": self._read_harmony,
            "barline": self._read_barline,
            "sound": self._read_sound,
        }

    def read(self, part: etree._Element) -> RawPart:
        """All of it."""
        mend_chords(part)
        self._part.has_beams = part.find("measure/note/beam") is not None
        kinds = [part.find(f"measure/note/{kind}") is not None for kind in ("unpitched", "pitch")]
        self._part.is_unpitched = kinds == [True, False]
        for measure in part.iterfind("measure"):
            self._begin(measure)
            for element in measure:
                handler = self._handlers.get(str(element.tag))
                if handler is not None:
                    handler(element)
                else:
                    self._left_out.add(str(element.tag), self._bar)
            self._end()
        num_lost = self._slurs.finish()
        for _ in range(num_lost):
            self._left_out.add("slur between voices", 1)
        return self._part

    def _begin(self, _measure: etree._Element) -> None:
        self._bar += 1
        if self._bar > limits.MAX_BARS:
            raise InputRefused(reason="bars", limit=limits.MAX_BARS)
        self._measure = RawMeasure(self._divisions)
        self._now, self._last, self._last_grace, self._graces = Fraction(0), None, None, {}

    def _end(self) -> None:
        self._measure.late = [(voice, staff, grace) for voice, (staff, grace) in self._graces.items()]
        self._part.measures.append(self._measure)

    # Time

    def _length_of(self, element: etree._Element) -> Fraction:
        length = attributes.quarters(number(element.findtext("duration")), self._divisions)
        if length > LONGEST_BAR:
            raise InputRefused(reason="file_duration", bar=self._bar)
        return max(length, Fraction(0))

    def _read_backup(self, element: etree._Element) -> None:
        self._now = max(self._now - self._length_of(element), Fraction(0))

    def _read_forward(self, element: etree._Element) -> None:
        self._advance(self._length_of(element))

    def _advance(self, length: Fraction) -> None:
        self._now += length
        if self._now > LONGEST_BAR:
            raise InputRefused(reason="file_duration", bar=self._bar)

    # Notes

    def _read_note(self, note: etree._Element) -> None:
        voice = (note.findtext("voice") or "1").strip()[:20]
        staff = self._staff(note)
        head = notes.read_head(note)
        is_hidden = note.get("print-object") == "no"
        if head is not None and (is_hidden or note.find("cue") is not None):
            self._left_out.add("cue note" if note.find("cue") is not None else "hidden note", self._bar)
            head, is_hidden = None, True
        if note.find("chord") is not None and self._add_to_chord(note, head):
            return
        if note.find("grace") is not None:
            self._read_grace(note, head, voice, staff)
            return
        self._read_event(note, head, voice, staff, is_visible=not is_hidden)

    def _staff(self, element: etree._Element) -> int:
        staff = whole(element.findtext("staff"), 1, low=1, high=attributes.MAX_STAVES)
        self._part.num_staves = max(self._part.num_staves, staff)
        return staff

    def _add_to_chord(self, note: etree._Element, head: Head | None) -> bool:
        """Whether there is a chord that the note belongs to."""
        event = self._last_grace if note.find("grace") is not None else self._last.event if self._last else None
        if event is None:
            return False
        if head is not None and event.heads:
            if not any(_is_same(head, other) for other in event.heads):
                event.heads.append(head)
                self._name_drum(note, event, head)
                notes.check_notes(event.heads)
            signs = Event(heads=[], nominal=Fraction(0), line=self._bar)
            self._signs.read(note, signs, self._bar)
            event.signs += [sign for sign in signs.signs if sign not in event.signs]
            self._read_slurs(note, event)
        return True

    def _read_grace(self, note: etree._Element, head: Head | None, voice: str, staff: int) -> None:
        if head is None:
            return
        event = Event(heads=[head], nominal=notes.read_grace_length(note), line=self._bar)
        self._signs.read(note, event, self._bar)
        self._read_slurs(note, event)
        grace = note.find("grace")
        is_slashed = grace is not None and grace.get("slash") == "yes"
        _, waiting = self._graces.setdefault(voice, (staff, Grace([], is_slashed)))
        if waiting.events:
            waiting.events[-1].is_joined = True
        waiting.events.append(event)
        limits.check_crowd(len(waiting.events), limits.MAX_GRACE_NOTES)
        self._last_grace = event

    def _read_event(self, note: etree._Element, head: Head | None, voice: str, staff: int, *, is_visible: bool) -> None:
        shown = notes.read_shown(note)
        has_duration = note.find("duration") is not None
        raw = self._length_of(note) if has_duration else shown.sounding if shown is not None else Fraction(0)
        rest = note.find("rest")
        event = Event(heads=[head] if head else [], nominal=raw, line=self._bar, is_visible=is_visible)
        placed = Placed(
            event=event,
            voice=voice,
            staff=staff,
            at=self._now,
            raw=raw,
            shown=shown,
            ratio=notes.read_ratio(note),
            is_bar_rest=rest is not None and rest.get("measure") == "yes",
        )
        self._signs.read(note, event, self._bar)
        self._read_slurs(note, event)
        for name in self._signs.dynamics:
            self._measure.marks.append(PlacedMark(self._now, staff, voice, DynamicMark(name)))
        _read_tremolo(note, placed)
        _read_brackets(note, placed)
        event.is_joined = any((beam.text or "").strip() in ("begin", "continue") for beam in note.findall("beam")[:1])
        if voice in self._graces:
            placed.graces = [self._graces.pop(voice)[1]]
        if raw > 0 or shown is not None:
            self._measure.placed.append(placed)
            self._last = placed
        self._name_instrument(note, placed)
        if head is not None:
            self._name_drum(note, event, head)
        self._advance(raw)

    def _read_slurs(self, note: etree._Element, event: Event) -> None:
        voice = (note.findtext("voice") or "1").strip()
        for slur in note.iterfind("notations/slur"):
            self._slurs.read(slur.get("type", ""), slur.get("number", "1"), voice, event)

    def _name_instrument(self, note: etree._Element, placed: Placed) -> None:
        instrument = note.find("instrument")
        if instrument is not None and placed.event.heads:
            counts = self._part.instruments.setdefault((placed.voice, placed.staff), Counter())
            counts[instrument.get("id", "")] += 1

    def _name_drum(self, note: etree._Element, event: Event, head: Head) -> None:
        instrument = note.find("instrument")
        if instrument is not None and note.find("unpitched") is not None and event.heads:
            self._part.drums[self._last.voice if self._last else "1", head.step, head.octave] = instrument.get("id", "")

    # Everything else

    def _read_attributes(self, element: etree._Element) -> None:
        self._divisions = attributes.divisions_of(element, self._divisions)
        if not self._measure.placed:
            self._measure.divisions = self._divisions
        staves = whole(element.findtext("staves"), 1, low=1, high=attributes.MAX_STAVES)
        self._part.num_staves = max(self._part.num_staves, staves)
        changes = self._measure.changes
        for key in element.findall("key"):
            changes.append(Change(self._now, _number_of(key), attributes.read_key(key)))
        for time in element.findall("time")[:1]:
            metre = attributes.read_metre(time)
            changes.append(Change(self._now, None, metre))
            if metre is FREE and (said := attributes.metre_text(time)):
                self._left_out.add(said, self._bar)
        for clef in element.findall("clef"):
            changes.append(Change(self._now, _number_of(clef) or 1, attributes.read_clef(clef)))
        for transpose in element.findall("transpose")[:1]:
            changes.append(Change(self._now, None, attributes.read_transposition(transpose)))
        for details in element.findall("staff-details"):
            lines = whole(details.findtext("staff-lines"), 0, low=1, high=6)
            if lines:
                changes.append(Change(self._now, _number_of(details) or 1, lines, is_lines=True))

    def _read_direction(self, element: etree._Element) -> None:
        at = max(self._now + attributes.quarters(number(element.findtext("offset")), self._divisions), Fraction(0))
        voice = (element.findtext("voice") or "").strip()
        for mark in self._directions.read(element, self._bar):
            self._measure.marks.append(PlacedMark(at, self._staff(element), voice, mark))

    def _read_harmony(self, element: etree._Element) -> None:
        at = max(self._now + attributes.quarters(number(element.findtext("offset")), self._divisions), Fraction(0))
        if element.find("frame") is not None:
            self._left_out.add("frame", self._bar)
        for mark in read_harmony(element):
            self._measure.marks.append(PlacedMark(at, self._staff(element), "", mark))

    def _read_sound(self, element: etree._Element) -> None:
        tempo = read_sound_tempo(element)
        if tempo is not None:
            self._measure.marks.append(PlacedMark(self._now, 1, "", tempo))

    def _read_barline(self, element: etree._Element) -> None:
        location = element.get("location", "right")
        if location == "middle":
            self._left_out.add("barline inside a measure", self._bar)
            return
        sign, stops_ending = read_barline(element, line=self._bar)
        (self._measure.left if location == "left" else self._measure.right).merge(sign)
        self._measure.stops_ending = self._measure.stops_ending or stops_ending
        if text_of(element.find("coda")) or element.find("segno") is not None:
            self._left_out.add("segno at a barline", self._bar)


def _number_of(element: etree._Element) -> int | None:
    value = whole(element.get("number"), 0, low=1, high=attributes.MAX_STAVES)
    return value or None


def _is_same(one: object, other: object) -> bool:
    return (one.step, one.octave, one.alter) == (other.step, other.octave, other.alter)  # type: ignore[attr-defined]


def _read_tremolo(note: etree._Element, placed: Placed) -> None:
    """Both notes of a tremolo between two are drawn as long as they sound together."""
    if any(one.get("type") in ("start", "stop") for one in note.iterfind("notations/ornaments/tremolo")):
        placed.shown, placed.ratio = None, NO_RATIO


def _read_brackets(note: etree._Element, placed: Placed) -> None:
    types = {tuplet.get("type") for tuplet in note.iterfind("notations/tuplet")}
    placed.begins, placed.ends = "start" in types, "stop" in types
