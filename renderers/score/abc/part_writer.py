"""`<part>`: the measures of one part, voice after voice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from renderers.score.abc.attributes_writer import AttributesWriter
from renderers.score.abc.clefs import Clef
from renderers.score.abc.directions_writer import DirectionsWriter
from renderers.score.abc.durations import Total
from renderers.score.abc.keys import Key
from renderers.score.abc.layers import Piece, split_layer
from renderers.score.abc.marks import Marks
from renderers.score.abc.measures import Measure
from renderers.score.abc.metres import FREE, Metre
from renderers.score.abc.model import (
    ClefChange,
    Event,
    Grace,
    Item,
    KeyChange,
    LineEnd,
    Mark,
    StaffChange,
    Voice,
)
from renderers.score.abc.notes_writer import NotesWriter
from renderers.score.abc.score_parts import ScorePart
from renderers.score.abc.tempos import Tempo
from renderers.score.abc.xml_text import XmlText

Splits = dict[int, list[Piece]]
OF_A_STAFF = ("octave-shift", "pedal")  # one holds for all its voices


@dataclass
class _Bracket:
    """An octave bracket or a pedal mark that a voice has begun, as (measure, moment in it)."""

    voice: str
    start: tuple[int, Fraction]
    end: tuple[int, Fraction] | None = None


class PartWriter:
    """Writes one part. tempos: where tempo marks stand already, shared by all parts. follows_jumps: D.C. is played."""

    def __init__(
        self,
        xml: XmlText,
        part: ScorePart,
        *,
        divisions: int,
        tempos: set[tuple[int, Fraction, Tempo]],
        follows_jumps: bool,
    ) -> None:
        self._xml = xml
        self._part = part
        self._tempos = tempos
        self._num_staves = len(part.staves)
        self._attributes = AttributesWriter(xml, divisions=divisions, num_staves=self._num_staves)
        self._directions = DirectionsWriter(xml, follows_jumps=follows_jumps)
        self._notes = NotesWriter(xml, part, divisions=divisions)
        self._staff_of = {voice.id: number for number, staff in enumerate(part.staves, 1) for voice in staff}
        self._numbers = self._number_voices()
        self._keys: dict[str, Key] = {}
        self._clefs: dict[str, Clef] = {}
        self._brackets: dict[tuple[int | None, str], list[_Bracket]] = {}  # by staff and element
        self._said_by_others: dict[tuple[str, str], list[bool]] = {}  # by voice and element: brackets that are open
        self._offsets: dict[str, int] = {}  # of voices that are on another staff

    def _number_voices(self) -> dict[str, int]:
        """The first number of each voice; its overlays have those behind it."""
        numbers, number = {}, 1
        for voice in self._part.voices:
            numbers[voice.id] = number
            number += max((len(bar.layers) for bar in voice.bars), default=1)
        return numbers

    def write(self, measures: Sequence[Measure], splits: Splits) -> None:
        """All measures. splits: the pieces of every event."""
        self._xml.open(f'part id="{self._part.id}"')
        for index, measure in enumerate(measures):
            self._write_measure(index, measure, splits)
        self._xml.close("part")

    def _write_measure(self, index: int, measure: Measure, splits: Splits) -> None:
        xml = self._xml
        implicit = ' implicit="yes"' if measure.is_implicit else ""
        xml.open(f'measure number="{measure.number}"{implicit}')
        if index == 0:
            self._write_first_attributes(measure)
        write_left_barline(xml, measure.marks)
        if index:
            self._write_changes(measure)
        cursor = reached = Fraction(0)
        written: set[tuple[int, Fraction, Clef]] = set()
        for voice, layer, place in self._shown_layers(measure):
            if cursor:
                self._back_up(cursor)
            cursor = self._write_layer(index, measure, voice, layer, place, splits, written)
            reached = max(reached, cursor)
        if reached < measure.length:  # all voices of the part are short: readers would begin its next measure early
            voice, _, place = self._shown_layers(measure)[-1]
            number = self._numbers[voice.id] + place
            self._notes.write_space(measure.length - cursor, number=number, staff=self._staff(voice))
        write_right_barline(xml, measure.marks)
        xml.close("measure")

    def _shown_layers(self, measure: Measure) -> list[tuple[Voice, list[Item], int]]:
        """The layers that are written: (voice, layer, its place in the voice), staff by staff.

        One that is nothing but space is left out where the staff has something else: it would only turn stems.
        """
        shown: list[tuple[Voice, list[Item], int]] = []
        for staff in self._part.staves:
            layers = [
                (voice, layer, place)
                for voice in staff
                if (bar := measure.bars.get(voice.id)) is not None
                for place, layer in enumerate(bar.layers)
                if layer
            ]
            clefs = {item for _, layer, _ in layers if not is_space(layer) for item in layer if is_clef(item)}
            kept = [one for one in layers if not is_space(one[1], clefs)]
            resting = [one for one in kept if is_lone_rest(one[1])]
            kept = [one for one in kept if one not in resting[1:]]  # one rest for all voices that have the same
            shown += kept or layers[:1] or [(staff[0], [], 0)]
        return shown

    def _back_up(self, length: Fraction) -> None:
        self._xml.open("backup")
        self._xml.leaf("duration", self._notes.ticks(length))
        self._xml.close("backup")

    # Attributes

    def _write_first_attributes(self, measure: Measure) -> None:
        voices = self._part.voices
        for voice in voices:
            bar = measure.bars.get(voice.id) or voice.bars[0]
            self._keys[voice.id], self._clefs[voice.id] = bar.key, bar.clef
        first = voices[0]
        self._attributes.write_first(
            self._keys[first.id],
            measure.metres.get(first.id, FREE),
            {number: self._clefs[staff[0].id] for number, staff in enumerate(self._part.staves, 1)},
            staff_lines={
                number: lines
                for number, staff in enumerate(self._part.staves, 1)
                if (lines := next((voice.staff_lines for voice in staff if voice.staff_lines), None))
            },
            transpose=transpose_of(first),
        )

    def _write_changes(self, measure: Measure) -> None:
        """What changes between two measures. A change that one voice states counts; the others need not."""
        key: Key | None = None
        clefs: dict[int, Clef] = {}
        for voice in self._part.voices:
            bar = measure.bars.get(voice.id)
            if bar is None:
                continue
            if bar.key != self._keys[voice.id]:
                key = self._keys[voice.id] = bar.key
            if bar.clef != self._clefs[voice.id]:
                clefs[self._staff_of[voice.id]] = self._clefs[voice.id] = bar.clef
        metre: Metre | None = measure.metres.get(self._part.voices[0].id)
        first = measure.bars.get(self._part.voices[0].id)
        self._attributes.write_changes(key, metre, clefs, None if first is None else first.transpose)

    # Layers

    def _write_layer(
        self,
        index: int,
        measure: Measure,
        voice: Voice,
        layer: list[Item],
        place: int,
        splits: Splits,
        written: set[tuple[int, Fraction, Clef]],
    ) -> Fraction:
        """One layer of one voice. Returns how far it reaches."""
        number = self._numbers[voice.id] + place
        if not layer:
            metre = measure.metres.get(voice.id, FREE)
            self._notes.write_rest(measure.length, metre, number=number, staff=self._staff(voice))
            return measure.length
        now = Total()
        self._notes.program = measure.bars[voice.id].program
        staff = self._staff(voice)
        for item in layer:
            if isinstance(item, Event):
                for piece in splits[id(item)]:
                    self._notes.write(voice, piece, number=number, staff=staff)
                    now.add(piece.length)
            elif isinstance(item, Grace):
                self._notes.write_grace(voice, item, number=number, staff=staff)
            elif isinstance(item, ClefChange):
                self._change_clef(voice, item.clef, now.length, written)
            elif isinstance(item, LineEnd) and item.element in OF_A_STAFF:
                if self._is_first_to_say(voice, item, (index, now.length)):
                    self._write_mark(voice, item)
            elif not isinstance(item, Tempo) or self._is_new(index, now.length, item):
                self._write_mark(voice, item)
                staff = self._staff(voice)
        return now.length

    def _is_new(self, index: int, now: Fraction, tempo: Tempo) -> bool:
        """Whether no other voice has written the same tempo in this place."""
        place = (index, now, tempo)
        is_new = place not in self._tempos
        self._tempos.add(place)
        return is_new

    def _is_first_to_say(self, voice: Voice, line: LineEnd, place: tuple[int, Fraction]) -> bool:
        """Whether no bracket of another voice of the staff reaches over this one's beginning; its end goes with it."""
        brackets = self._brackets.setdefault((self._staff(voice), line.element), [])
        is_said = self._said_by_others.setdefault((voice.id, line.element), [])
        if line.end == "stop":
            if is_said and is_said.pop():
                return False
            mine = next((bracket for bracket in reversed(brackets) if bracket.voice == voice.id), None)
            if mine is not None:
                mine.end = place
            return True
        covered = any(
            one.voice != voice.id and one.start <= place and (one.end is None or place < one.end) for one in brackets
        )
        is_said.append(covered)
        if not covered:
            brackets.append(_Bracket(voice.id, place))
        return not covered

    def _write_mark(self, voice: Voice, item: Mark) -> None:
        if isinstance(item, StaffChange):
            self._move(voice, item.offset)
        elif isinstance(item, KeyChange):
            self._keys[voice.id] = item.key
            self._attributes.write_changes(item.key, None, {})
        else:
            self._directions.write(item, self._staff(voice))

    def _staff(self, voice: Voice) -> int | None:
        """The staff a voice is on; None in a part of one staff."""
        return None if self._num_staves == 1 else self._staff_of[voice.id] + self._offsets.get(voice.id, 0)

    def _move(self, voice: Voice, offset: int) -> None:
        home = self._staff_of[voice.id]
        staff = home + self._offsets.get(voice.id, 0) + offset
        self._offsets[voice.id] = min(max(staff, 1), self._num_staves) - home

    def _change_clef(self, voice: Voice, clef: Clef, now: Fraction, written: set[tuple[int, Fraction, Clef]]) -> None:
        staff = self._staff_of[voice.id]
        self._clefs[voice.id] = clef
        if (staff, now, clef) not in written:
            written.add((staff, now, clef))
            self._attributes.write_changes(None, None, {staff: clef})


def transpose_of(voice: Voice) -> int:
    """Semitones from written to sounding pitch. Files that say it twice, for two programs, mean it once."""
    return 0 if voice.sound.is_drums else voice.sound.transpose or voice.transpose


def is_clef(item: Item) -> bool:
    """Whether something is a change of clef."""
    return isinstance(item, ClefChange)


def is_space(layer: list[Item], clefs: Collection[Item] = ()) -> bool:
    """Whether a layer holds nothing but invisible rests, and clefs that others of its staff have, too."""
    return all(
        item in clefs
        if is_clef(item)
        else isinstance(item, Event) and not (item.heads or item.is_visible or item.signs)
        for item in layer
    )


def is_lone_rest(layer: list[Item]) -> bool:
    """Whether a layer is one rest and nothing else, and no sign on it."""
    return len(layer) == 1 and isinstance(layer[0], Event) and not (layer[0].heads or layer[0].signs)


def write_left_barline(xml: XmlText, marks: Marks) -> None:
    """What stands before the notes of a measure."""
    if not (marks.starts or marks.ending or marks.left_style):
        return
    xml.open('barline location="left"')
    if marks.starts or marks.left_style:
        xml.leaf("bar-style", "heavy-light")
    if marks.ending:
        tag = f'ending number="{numbers_of(marks.ending)}" type="start"'
        if marks.ending_text:
            xml.leaf(tag, marks.ending_text)
        else:
            xml.empty(tag)
    if marks.starts:
        xml.empty('repeat direction="forward"')
    xml.close("barline")


def write_right_barline(xml: XmlText, marks: Marks) -> None:
    """What stands behind the notes of a measure."""
    if not (marks.ends or marks.ending_stop or marks.right_style or marks.right_fermata):
        return
    xml.open('barline location="right"')
    if marks.ends:
        xml.leaf("bar-style", "light-heavy")
    elif marks.right_style:
        xml.leaf("bar-style", marks.right_style)
    if marks.right_fermata:
        xml.empty('fermata type="upright"')
    if marks.ending_stop:
        xml.empty(f'ending number="{numbers_of(marks.ending_stopped)}" type="{marks.ending_stop}"')
    if marks.ends:
        times = f' times="{marks.ends}"' if marks.ends > 2 else ""
        xml.empty(f'repeat direction="backward"{times}')
    xml.close("barline")


def numbers_of(ending: Sequence[int]) -> str:
    """The numbers of an ending as MusicXML has them."""
    return ",".join(str(number) for number in ending)


def splits_of(measures: Sequence[Measure]) -> Splits:
    """The pieces of every event of the tune."""
    splits: Splits = {}
    for measure in measures:
        for voice, bar in measure.bars.items():
            for layer in bar.layers:
                splits |= split_layer(layer, measure.metres.get(voice, FREE), measure.length)
    return splits
