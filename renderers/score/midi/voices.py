"""The voices of one staff: which notes go together, so that few rests and no needless ties are left.

Notes that begin and end together are a chord. Where nothing overlaps there is one voice. Elsewhere the chords of each
moment are given to voices from the top down, by a search that keeps the best few ways: a voice likes small steps and no
gaps, and dislikes to cross another one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from renderers.score.midi.clock import QUARTER
from renderers.score.midi.rhythm import VoiceNote

MAX_VOICES = 4
BEAM_WIDTH = 12
STEP_PRICE = 0.25  # of a semitone
GAP_PRICE, GAP_PRICE_OF_QUARTER, MOST_GAP_PRICE = 1.5, 0.5, 4.0
CROSSING_PRICE = 5.0
OVERLAP_PRICE = 18.0
NEW_VOICE_PRICE = (0.0, 1.0, 9.0, 13.0)


@dataclass(frozen=True, slots=True)
class Chord:
    """Notes of one staff with the same beginning and end, from the lowest up."""

    start: int
    end: int
    notes: tuple[VoiceNote, ...]

    @property
    def pitch(self) -> float:
        """Its middle."""
        return (self.notes[0].pitch + self.notes[-1].pitch) / 2


@dataclass(frozen=True, slots=True)
class _VoiceState:
    end: int = -1  # -1: has not begun
    pitch: float = 0.0


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to give the chords so far to voices. `before`: the way it goes on from."""

    cost: float
    voices: tuple[_VoiceState, ...]
    given: tuple[int, ...] = ()
    before: "_Way | None" = None


def separate(notes: Sequence[VoiceNote]) -> list[list[VoiceNote]]:
    """The voices of a staff, the uppermost first; at least one, none of the others empty."""
    voices: list[list[VoiceNote]] = [[] for _ in range(MAX_VOICES)]
    for region in _regions(_chords(notes)):
        if _is_single(region):
            for chord in region:
                voices[0] += chord.notes
            continue
        for chord, voice in _separate_region(region):
            voices[voice] += chord.notes
    return [voice for place, voice in enumerate(voices) if voice or place == 0]


def _chords(notes: Sequence[VoiceNote]) -> list[Chord]:
    together: dict[tuple[int, int], list[VoiceNote]] = {}
    for note in notes:
        together.setdefault((note.start, note.end), []).append(note)
    chords = [Chord(s, e, tuple(sorted(own, key=lambda n: n.pitch))) for (s, e), own in together.items()]
    return sorted(chords, key=lambda chord: (chord.start, -chord.pitch))


def _regions(chords: Sequence[Chord]) -> Iterator[list[Chord]]:
    """Stretches between moments across which nothing sounds."""
    region: list[Chord] = []
    end = 0
    for chord in chords:
        if region and chord.start >= end:
            yield region
            region = []
        region.append(chord)
        end = max(end, chord.end)
    if region:
        yield region


def _is_single(region: Sequence[Chord]) -> bool:
    return all(after.start >= before.end for before, after in pairwise(region))


def _separate_region(region: Sequence[Chord]) -> list[tuple[Chord, int]]:
    ways = [_Way(0.0, (_VoiceState(),) * MAX_VOICES)]
    moments: list[list[Chord]] = []
    for chord in region:
        if moments and moments[-1][0].start == chord.start:
            moments[-1].append(chord)
        else:
            moments.append([chord])
    for moment in moments:
        found = [after for way in ways for after in _continued(way, moment)]
        ways = sorted(found, key=lambda way: way.cost)[:BEAM_WIDTH]
    given: list[tuple[int, ...]] = []
    way: _Way | None = ways[0]
    while way is not None and way.before is not None:
        given.append(way.given)
        way = way.before
    return [
        (chord, voice)
        for moment, voices in zip(moments, reversed(given), strict=True)
        for chord, voice in zip(moment, voices, strict=True)
    ]


def _continued(way: _Way, moment: Sequence[Chord]) -> Iterator[_Way]:
    """All ways to give the chords of one moment to voices in their order, from the top down."""
    num_own = min(len(moment), MAX_VOICES)
    for chosen in combinations(range(MAX_VOICES), num_own):
        given = (*chosen, *[MAX_VOICES - 1] * (len(moment) - num_own))
        voices = list(way.voices)
        cost = way.cost
        for chord, voice in zip(moment, given, strict=True):
            cost += _cost(chord, voice, voices)
            voices[voice] = _VoiceState(max(chord.end, voices[voice].end), chord.pitch)
        yield _Way(cost, tuple(voices), given, way)


def _cost(chord: Chord, voice: int, voices: Sequence[_VoiceState]) -> float:
    state = voices[voice]
    if state.end < 0:
        cost = NEW_VOICE_PRICE[voice]
    else:
        cost = STEP_PRICE * abs(chord.pitch - state.pitch)
        gap = chord.start - state.end
        if gap > 0:
            cost += min(GAP_PRICE + GAP_PRICE_OF_QUARTER * gap / QUARTER, MOST_GAP_PRICE)
        elif gap < 0:
            cost += OVERLAP_PRICE
    for number, other in enumerate(voices):
        if other.end > chord.start and number != voice:
            is_crossed = other.pitch < chord.pitch if number < voice else other.pitch > chord.pitch
            cost += CROSSING_PRICE if is_crossed else 0.0
    return cost
