"""Quantised notes as a tune: parts, staves, voices and their bars, spelled, with keys, metres and tempos."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from renderers.score.abc.clefs import Clef
from renderers.score.abc.keys import Key, usual_key
from renderers.score.abc.metres import Metre
from renderers.score.abc.midi_directives import DRUM_CHANNEL, Sound
from renderers.score.abc.model import BarSign, Event, Head, Item, Tune, Voice, VoiceBar
from renderers.score.abc.remarks import Remark
from renderers.score.abc.staves import Layout, PartLayout
from renderers.score.abc.tempos import Tempo
from renderers.score.midi.bars import Bar
from renderers.score.midi.clef_choice import choose_clefs
from renderers.score.midi.clock import QUARTER
from renderers.score.midi.drums import place_drums, written_pitch
from renderers.score.midi.key_finding import find_mode
from renderers.score.midi.rhythm import BarWriter, MakeHead, VoiceNote
from renderers.score.midi.spelling import Spelling, spell
from renderers.score.midi.voices import separate


@dataclass(slots=True, kw_only=True)
class Staff:
    """The notes of one staff."""

    notes: list[VoiceNote]
    program: int
    is_drums: bool = False
    is_keyboard: bool = False


@dataclass(slots=True, kw_only=True)
class ScorePart:
    """One part with its staves, the uppermost first."""

    name: str
    staves: list[Staff]


@dataclass(frozen=True, kw_only=True)
class KeyAt:
    """A key from a moment on, in grains."""

    start: int
    fifths: int
    mode: str


@dataclass(frozen=True, kw_only=True)
class TempoAt:
    """A tempo from a moment on. per_minute: quarters."""

    start: int
    per_minute: float


@dataclass(kw_only=True)
class Score:
    """All that a tune is made of."""

    title: str
    parts: list[ScorePart]
    bars: list[Bar]
    keys: list[KeyAt]  # in order, the first at 0
    tempos: list[TempoAt]
    remarks: tuple[Remark, ...] = field(default=())


def write_tune(score: Score) -> Tune:
    """The tune."""
    return _TuneWriter(score).write()


class _TuneWriter:
    def __init__(self, score: Score) -> None:
        self._score = score
        self._bar_starts = [bar.start for bar in score.bars]
        self._key_starts = [key.start for key in score.keys]
        self._bar_keys = [self._key_at(bar.start) for bar in score.bars]
        self._spellings = self._spell()
        self._voices: list[Voice] = []

    def write(self) -> Tune:
        layout = Layout()
        for part in self._score.parts:
            staves = []
            for place, staff in enumerate(part.staves):
                staves.append(self._write_staff(staff, part.name if place == 0 else ""))
            layout.parts.append(PartLayout(staves, is_braced=len(staves) > 1))
        self._write_tempos()
        return Tune(
            titles=[self._score.title] if self._score.title else [],
            composers=[],
            origin="",
            words_below=[],
            part_order="",
            voices=self._voices,
            layout=layout,
            remarks=self._score.remarks,
        )

    # Keys and spelling

    def _key_at(self, moment: int) -> KeyAt:
        return self._score.keys[max(0, bisect_right(self._key_starts, moment) - 1)]

    def _spell(self) -> dict[VoiceNote, Spelling]:
        """Every note of every staff that has pitches, spelled in the order in which all of them sound."""
        pitched = {note for part in self._score.parts for s in part.staves if not s.is_drums for note in s.notes}
        in_order = sorted(pitched, key=lambda note: (note.start, note.pitch))
        modes = self._modes(in_order)
        keys = [(key.fifths, modes[key]) for key in (self._key_at(note.start) for note in in_order)]
        aims = self._aims()
        following = [aims.get(note) for note in in_order]
        return dict(zip(in_order, spell([note.pitch for note in in_order], keys, following), strict=True))

    def _modes(self, in_order: Sequence[VoiceNote]) -> dict[KeyAt, str]:
        """Major or minor as it is heard: many programs write every key as major."""
        of_key: dict[KeyAt, list[VoiceNote]] = defaultdict(list)
        for note in in_order:
            of_key[self._key_at(note.start)].append(note)
        return {key: find_mode(notes, key.fifths) for key, notes in of_key.items()}

    def _aims(self) -> dict[VoiceNote, int]:
        """The pitch a semitone away to which a note moves on: among those of its staff that begin next."""
        aims: dict[VoiceNote, int] = {}
        for staff in (s for part in self._score.parts for s in part.staves if not s.is_drums):
            by_start: dict[int, set[int]] = defaultdict(set)
            for note in staff.notes:
                by_start[note.start].add(note.pitch)
            starts = sorted(by_start)
            for note in staff.notes:
                place = bisect_right(starts, note.start)
                moves: list[int] = []
                for start in starts[place : place + 2]:
                    if start <= note.end + QUARTER and not moves:
                        moves = [note.pitch + step for step in (1, -1) if note.pitch + step in by_start[start]]
                if len(moves) == 1:
                    aims[note] = moves[0]
        return aims

    # Staves and voices

    def _write_staff(self, staff: Staff, name: str) -> list[str]:
        """Append the voices of a staff. Returns their ids."""
        separated = [staff.notes] if staff.is_drums else separate(staff.notes)
        sounding = self._by_bar(staff.notes)
        clefs = choose_clefs(
            [[note.pitch for note in sounding.get(index, ())] for index in range(len(self._score.bars))],
            program=staff.program,
            is_drums=staff.is_drums,
            is_keyboard=staff.is_keyboard,
        )
        places = place_drums(note.pitch for note in staff.notes) if staff.is_drums else None
        voices = []
        for number, notes in enumerate(separated):
            voice = Voice(str(len(self._voices) + 1), name=name if number == 0 else "", is_declared=True, clef=clefs[0])
            voice.sound = _sound(staff, places)
            voices.append((voice, notes))
            self._voices.append(voice)
        accidentals = _Accidentals(self._bar_keys)
        by_bar = [self._by_bar(notes) for _, notes in voices]
        writers = [BarWriter(self._make_head_by(places), are_rests_visible=not place) for place in range(len(voices))]
        for index, bar in enumerate(self._score.bars):
            layers = []
            for place, (voice, _) in enumerate(voices):
                events = writers[place].write(bar, by_bar[place].get(index, ()))
                voice.bars.append(self._bar(index, bar, clefs[index], [event for _, event in events]))
                layers.append(events)
            if not staff.is_drums:
                accidentals.write(index, layers)
        for voice, _ in voices:
            voice.metre, voice.key = voice.bars[0].metre, voice.bars[0].key
            voice.signs = [BarSign() for _ in voice.bars] + [BarSign(style="light-heavy")]
        return [voice.id for voice, _ in voices]

    def _bar(self, index: int, bar: Bar, clef: Clef, events: Sequence[Event]) -> VoiceBar:
        layer: list[Item] = list(events)
        return VoiceBar(metre=bar.metre, key=_key(self._bar_keys[index]), clef=clef, line=0, layers=[layer])

    def _by_bar(self, notes: Sequence[VoiceNote]) -> dict[int, list[VoiceNote]]:
        """The notes that sound in each bar."""
        found: dict[int, list[VoiceNote]] = defaultdict(list)
        for note in notes:
            index = max(0, bisect_right(self._bar_starts, note.start) - 1)
            while index < len(self._bar_starts) and self._bar_starts[index] < note.end:
                found[index].append(note)
                index += 1
        return found

    def _make_head_by(self, places: dict[int, Spelling] | None) -> MakeHead:
        def make(note: VoiceNote) -> Head:
            spelling = places[note.pitch] if places is not None else self._spellings[note]
            return Head(step=spelling.step, octave=spelling.octave, alter=spelling.alter, is_accidental_written=False)

        return make

    # Tempos

    def _write_tempos(self) -> None:
        """Each before the event that begins there, in the first voice that has one; else at the next event."""
        for tempo in self._score.tempos:
            index = max(0, bisect_right(self._bar_starts, tempo.start) - 1)
            bar = self._score.bars[index]
            distance, voice, place = min(
                (abs(bar.start + start - tempo.start), number, place)
                for number, voice in enumerate(self._voices)
                for place, start in _starts(voice.bars[index].layers[0])
            )
            del distance
            self._voices[voice].bars[index].layers[0].insert(place, _tempo(tempo, bar.metre))


def _starts(layer: Sequence[Item]) -> list[tuple[int, int]]:
    """(place in the layer, grains since the bar began) of each event."""
    now, found = Fraction(0), []
    for place, item in enumerate(layer):
        if isinstance(item, Event):
            found.append((place, round(now * 4 * QUARTER)))
            now += item.length
    return found


def _tempo(tempo: TempoAt, metre: Metre) -> Tempo:
    """Counted in the beat of the metre."""
    beat = Fraction(1, 4)
    if metre.is_compound:
        beat = metre.beat
    elif metre.unit == 2:
        beat = Fraction(1, 2)
    per_minute = tempo.per_minute / float(beat * 4)
    return Tempo("", beat, round(per_minute, 2) if per_minute < 100 else round(per_minute, 1))


def _key(key: KeyAt) -> Key:
    return usual_key(key.fifths, key.mode)


def _sound(staff: Staff, places: dict[int, Spelling] | None) -> Sound:
    if places is None:
        return Sound(program=staff.program)
    drums = {written_pitch(spelling): drum for drum, spelling in places.items()}
    return Sound(program=0, channel=DRUM_CHANNEL, drums=drums)


class _Accidentals:
    """Which heads show their accidental: those that the key, or the bar so far, does not say.

    A letter that sounds in two ways in one bar of a staff is written out in each voice and octave where it first comes.
    """

    def __init__(self, keys: Sequence[KeyAt]) -> None:
        self._keys = keys

    def write(self, index: int, layers: Sequence[Sequence[tuple[int, Event]]]) -> None:
        """Decide for one bar of all voices of a staff."""
        of_key = dict(_key(self._keys[index]).alterations)
        heads = [head for events in layers for _, event in events for head in event.heads]
        ways: dict[str, set[int]] = defaultdict(set)
        for head in heads:
            ways[head.step].add(int(head.alter))
        for events in layers:
            now: dict[tuple[str, int], int] = {}
            for _, event in events:
                for head in event.heads:
                    self._decide(head, now, of_key, ways)

    def _decide(
        self, head: Head, now: dict[tuple[str, int], int], of_key: dict[str, int], ways: dict[str, set[int]]
    ) -> None:
        place, alter = (head.step, head.octave), int(head.alter)
        is_doubtful = len(ways[head.step]) > 1
        known = now.get(place, None if is_doubtful else of_key.get(head.step, 0))
        if not head.is_tied_back:
            head.is_accidental_written = alter != known
            now[place] = alter
