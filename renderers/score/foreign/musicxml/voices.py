"""From what stands in a part to voices with bars: who is on which staff, what lies between the notes, what is tied.

What is promised: every note of the part is in one voice, at its moment; the notes of a voice that sound together
without being a chord become layers of its bar; what a voice leaves empty is an invisible rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from renderers import limits
from renderers.score.abc.clefs import TREBLE, Clef
from renderers.score.abc.keys import NO_KEY, Key
from renderers.score.abc.metres import FREE, Metre
from renderers.score.abc.model import ClefChange, Event, Grace, Item, KeyChange, LineEnd, StaffChange, Voice, VoiceBar
from renderers.score.foreign.musicxml.left_out import LeftOut
from renderers.score.foreign.musicxml.lengths import Length, Placed, choose_lengths, group_tuplets, raw_length
from renderers.score.foreign.musicxml.part import Change, PlacedMark, RawMeasure, RawPart
from renderers.score.foreign.musicxml.ties import join_ties
from renderers.score.foreign.page_state import beam_by_beats, show_accidentals

SHORTEST_GAP = Fraction(1, 128)
Key_ = tuple[str, int]  # a voice, and its staff where the staves of the part are apart


class VoiceMaker:
    """Makes the voices of one part."""

    def __init__(self, part: RawPart, left_out: LeftOut) -> None:
        self._part = part
        self._left_out = left_out
        self._is_apart = _staves_are_apart(part)
        self._homes = self._find_homes()
        self._next_tuplet = 1
        self._metre: Metre = FREE
        self._transpose = 0
        self._keys: dict[int, Key] = {}
        self._clefs: dict[int, Clef] = {}
        self._at: dict[Key_, int] = dict(self._homes)  # the staff each voice is on now
        self._line_voices: dict[str, Key_] = {}  # element of an open line → the voice it began in
        self.keys = sorted(self._homes, key=lambda key: self._homes[key])
        self._voices = {key: Voice(str(place)) for place, key in enumerate(self.keys)}

    def staves(self) -> list[list[tuple[Key_, Voice]]]:
        """The voices of every staff, with the bars they have."""
        for index, measure in enumerate(self._part.measures):
            self._add_measure(index, measure)
        join_ties(list(self._voices.values()), self._left_out)
        for staff in range(1, self._part.num_staves + 1):
            show_accidentals([voice for key, voice in self._voices.items() if self._homes[key] == staff])
        return [
            [(key, self._voices[key]) for key in self.keys if self._homes[key] == staff]
            for staff in range(1, self._part.num_staves + 1)
        ]

    # Who there is

    def _key(self, voice: str, staff: int) -> Key_:
        return (voice, staff if self._is_apart else 0)

    def _find_homes(self) -> dict[Key_, int]:
        """The staff on which each voice has most of its notes. A staff without any gets a voice that rests."""
        counts: dict[Key_, Counter[int]] = {}
        for measure in self._part.measures:
            for one in measure.placed:
                weight = 1000 if one.event.heads else 1
                counts.setdefault(self._key(one.voice, one.staff), Counter())[one.staff] += weight
        homes = {key: count.most_common(1)[0][0] for key, count in counts.items()}
        for staff in range(1, self._part.num_staves + 1):
            if staff not in homes.values():
                homes["", -staff] = staff
        return homes

    # Measures

    def _add_measure(self, index: int, measure: RawMeasure) -> None:
        self._take_changes(index, measure.changes)
        placed: dict[Key_, list[Placed]] = {key: [] for key in self.keys}
        for one in measure.placed:
            placed[self._key(one.voice, one.staff)].append(one)
        marks = self._share_marks(measure, placed)
        late: dict[Key_, list[Grace]] = {}
        for voice, staff, grace in measure.late:
            key = self._key(voice, staff)
            late.setdefault(key if key in placed else self.keys[0], []).append(grace)
        for key in self.keys:
            bar = VoiceBar(
                self._metre,
                self._keys.get(self._homes[key], self._keys.get(0, NO_KEY)),
                self._clefs.get(self._homes[key], TREBLE),
                index + 1,
            )
            layers = self._layers(key, placed[key], measure, marks.get(key, []), index)
            layers[0] += late.get(key, [])
            if not any(isinstance(item, Event) for item in layers[0]) and layers[0]:
                layers[0].append(Event(heads=[], nominal=Fraction(0), line=index + 1, is_bar_rest=True))
            bar.layers = layers
            if index and self._transpose != self._voices[key].transpose:
                bar.transpose = self._transpose
            self._voices[key].bars.append(bar)
            self._voices[key].bars[-1].line = index + 1
        self._take_late_changes(measure.changes)

    def _take_changes(self, index: int, changes: Sequence[Change]) -> None:
        """What holds from the beginning of the measure on, and a metre wherever it stands."""
        for change in changes:
            if isinstance(change.value, Metre) and (change.at == 0 or index == 0):
                self._metre = change.value
            elif change.at == 0 or (index == 0 and isinstance(change.value, int)):
                self._take(change, index)

    def _take(self, change: Change, index: int) -> None:
        if isinstance(change.value, Key):
            if change.staff is None:
                self._keys = {}
            self._keys[change.staff or 0] = change.value
        elif isinstance(change.value, Clef):
            self._clefs[change.staff or 1] = change.value
        elif change.is_lines and isinstance(change.value, int):
            for key, voice in self._voices.items():
                if self._homes[key] == change.staff and change.value != 5:
                    voice.staff_lines = change.value
        elif isinstance(change.value, int):
            self._transpose = change.value
            if index == 0:
                for voice in self._voices.values():
                    voice.transpose = change.value

    def _take_late_changes(self, changes: Sequence[Change]) -> None:
        """What stands inside the measure holds for all that follow."""
        for change in changes:
            if change.at > 0:
                if isinstance(change.value, Metre):
                    self._metre = change.value
                else:
                    self._take(change, 1)

    def _share_marks(self, measure: RawMeasure, placed: dict[Key_, list[Placed]]) -> dict[Key_, list[PlacedMark]]:
        """Each mark to one voice of its staff: the one that is named, else the first with notes."""
        shared: dict[Key_, list[PlacedMark]] = {}
        for mark in measure.marks:
            key = self._voice_for(mark, placed)
            if isinstance(mark.mark, LineEnd):
                name = f"{mark.mark.element} {mark.staff}"
                key = self._line_voices.pop(name, key) if mark.mark.end == "stop" else key
                if mark.mark.end == "start":
                    self._line_voices[name] = key
            shared.setdefault(key, []).append(mark)
        for change in measure.changes:
            if change.at > 0 and isinstance(change.value, Clef | Key):
                for key in self._voices_for(change, placed):
                    new = KeyChange(change.value) if isinstance(change.value, Key) else ClefChange(change.value)
                    shared.setdefault(key, []).append(PlacedMark(change.at, 0, "", new))
        for marks in shared.values():
            marks.sort(key=lambda mark: mark.at)
        return shared

    def _voice_for(self, mark: PlacedMark, placed: dict[Key_, list[Placed]]) -> Key_:
        named = self._key(mark.voice, mark.staff)
        if placed.get(named):
            return named
        on_staff = [key for key in self.keys if self._homes[key] == mark.staff]
        return next((key for key in on_staff if placed[key]), on_staff[0])

    def _voices_for(self, change: Change, placed: dict[Key_, list[Placed]]) -> list[Key_]:
        """A key inside a measure is for all voices, a clef for the first one of its staff."""
        keys = [key for key in self.keys if change.staff in (None, self._homes[key])]
        if isinstance(change.value, Key):
            return keys
        return [next((key for key in keys if placed[key]), keys[0])] if keys else []

    # Layers

    def _layers(
        self, key: Key_, placed: list[Placed], measure: RawMeasure, marks: list[PlacedMark], index: int
    ) -> list[list[Item]]:
        if not placed:
            return [[mark.mark for mark in marks]]
        layers = []
        for place, layer in enumerate(_spread(placed, index + 1)):
            lengths, is_contradictory = choose_lengths(layer, self._metre.length, measure.divisions)
            if is_contradictory:
                self._left_out.remarks.add("lengths", index + 1)
            self._set_lengths(layer, lengths)
            layers.append(list(self._items(key, layer, marks if place == 0 else [])))
        return layers

    def _set_lengths(self, layer: list[Placed], lengths: list[Length]) -> None:
        for one, length in zip(layer, lengths, strict=True):
            if one.is_bar_rest and self._metre.length in (None, one.raw) and not one.at:
                one.event.is_bar_rest, one.event.nominal = True, Fraction(0)
            else:
                one.event.nominal = max(length.nominal, limits.SHORTEST)
                if one.event.nominal > limits.LONGEST:
                    limits.check_value(one.event.nominal, one.event.line)
        if len(layer) > 1:  # a bar's rest beside others is as long as it says
            for one, length in zip(layer, lengths, strict=True):
                if one.event.is_bar_rest:
                    one.event.is_bar_rest, one.event.nominal = False, length.nominal
        self._next_tuplet = group_tuplets(layer, lengths, self._next_tuplet)
        if not self._part.has_beams:
            beam_by_beats([one.event for one in layer], self._metre)

    def _items(self, key: Key_, layer: list[Placed], marks: list[PlacedMark]) -> Iterator[Item]:
        waiting = list(marks)
        for one in layer:
            while waiting and waiting[0].at <= one.at:
                yield waiting.pop(0).mark
            if one.event.is_visible and one.staff != self._at[key]:
                yield StaffChange(one.staff - self._at[key])
                self._at[key] = one.staff
            for grace in one.graces:
                if isinstance(grace, Grace):
                    yield grace
            yield one.event
        for mark in waiting:
            yield mark.mark


def _spread(placed: list[Placed], line: int) -> list[list[Placed]]:
    """The notes of a voice in a bar as layers in which one follows the other, gaps filled with rests nobody sees."""
    layers: list[list[Placed]] = []
    ends: list[Fraction] = []
    for one in sorted(placed, key=lambda one: one.at):
        place = next((place for place, end in enumerate(ends) if one.at > end - SHORTEST_GAP), len(layers))
        if place == len(layers):
            limits.check_layers(place)
            layers.append([])
            ends.append(Fraction(0))
        gap = one.at - ends[place]
        if gap >= SHORTEST_GAP:
            layers[place].append(_space(one, ends[place], gap, line))
        layers[place].append(one)
        ends[place] = one.at + one.raw
    return layers


def _space(one: Placed, at: Fraction, gap: Fraction, line: int) -> Placed:
    event = Event(heads=[], nominal=gap, line=line, is_visible=False)
    return Placed(event=event, voice=one.voice, staff=one.staff, at=at, raw=gap, shown=raw_length(gap))


def _staves_are_apart(part: RawPart) -> bool:
    """Whether a number of a voice means another voice on each staff: then it sounds on two of them at once."""
    for measure in part.measures:
        reached: dict[str, list[tuple[Fraction, Fraction, int]]] = {}
        for one in measure.placed:
            spans = reached.setdefault(one.voice, [])
            end = one.at + one.raw
            if any(staff != one.staff and start < end and one.at < stop for start, stop, staff in spans[-64:]):
                return True
            spans.append((one.at, end, one.staff))
    return False
