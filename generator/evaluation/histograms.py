"""What a classifier hears of a piece: histograms of its notes.

Promises: only sounding notes count. Key, tempo, metre, instrument names and dynamics are not seen: Notabot takes them
from real pieces of the style, so they would give the style away without a note of music. Pitch classes and roots are
counted from the written tonic, so a transposed piece has the same numbers, its register apart.
Not covered: how many staves play is heard, and tells songs from piano music; figures for one instrumentation say what
remains without that.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np

from generator.critic.sounding import SoundingNote, sounding_notes
from generator.errors import BadRequest
from generator.notation import Tune, parse_key
from generator.training.intervals import Numbers

LEAP = 12
MOST_PITCHES = 8
LENGTHS = tuple(
    map(Fraction, ("1/32", "1/24", "1/16", "1/12", "3/32", "1/8", "1/6", "3/16", "1/4", "3/8", "1/2", "3/4"))
)
PLACES = tuple(map(Fraction, ("0", "1/16", "1/8", "3/16")))  # within a quarter note
RATIOS = tuple(map(Fraction, ("1/4", "1/3", "1/2", "2/3", "1", "3/2", "2", "3", "4")))
CHORDS = {
    "major": frozenset({0, 4, 7}),
    "minor": frozenset({0, 3, 7}),
    "dominant seventh": frozenset({0, 4, 7, 10}),
    "minor seventh": frozenset({0, 3, 7, 10}),
    "major seventh": frozenset({0, 4, 7, 11}),
    "diminished": frozenset({0, 3, 6}),
    "half-diminished": frozenset({0, 3, 6, 10}),
    "diminished seventh": frozenset({0, 3, 6, 9}),
    "augmented": frozenset({0, 4, 8}),
}
SHAPES = {
    frozenset((pitch + root) % 12 for pitch in shape): (name, root)
    for name, shape in reversed(CHORDS.items())
    for root in range(12)
}

Line = Sequence[SoundingNote]


class _Piece:
    """The struck notes of a tune, sorted in the ways that the histograms ask for."""

    def __init__(self, tune: Tune) -> None:
        notes = [note for note in sounding_notes(tune) if note.length > 0]
        self.all = notes
        self.struck = [note for note in notes if not note.held]
        self.tonic = _tonic(tune)
        self.chords = _by_onset(self.struck)
        self.lines = [_top_line(line) for line in _by_voice(self.struck)]
        self.sounding = _sounding_sets(notes)


def _tonic(tune: Tune) -> int:
    try:
        return parse_key(tune.header.key).pitch_class if tune.header.key != "none" else 0
    except BadRequest:
        return 0


def _by_voice(notes: Iterable[SoundingNote]) -> list[list[SoundingNote]]:
    voices: defaultdict[str, list[SoundingNote]] = defaultdict(list)
    for note in notes:
        voices[note.voice].append(note)
    return list(voices.values())


def _by_onset(notes: Iterable[SoundingNote]) -> dict[tuple[str, Fraction], list[SoundingNote]]:
    chords: defaultdict[tuple[str, Fraction], list[SoundingNote]] = defaultdict(list)
    for note in notes:
        chords[note.voice, note.start].append(note)
    return chords


def _top_line(notes: Iterable[SoundingNote]) -> list[SoundingNote]:
    """The highest note at each onset of a voice, in time."""
    highest: dict[Fraction, SoundingNote] = {}
    for note in notes:
        if note.start not in highest or note.pitch > highest[note.start].pitch:
            highest[note.start] = note
    return [highest[start] for start in sorted(highest)]


def _sounding_sets(notes: Sequence[SoundingNote]) -> list[frozenset[int]]:
    """The pitches that sound together at every onset."""
    starting = sorted(notes, key=lambda note: note.start)
    sets: list[frozenset[int]] = []
    live: list[SoundingNote] = []
    place = 0
    for now in sorted({note.start for note in notes}):
        live = [note for note in live if note.start + note.length > now]
        while place < len(starting) and starting[place].start <= now:
            live.append(starting[place])
            place += 1
        sets.append(frozenset(note.pitch for note in live))
    return sets


def _shares(values: Iterable[int], bins: int) -> list[float]:
    """The share of each number below `bins`; all 0 if there are no values."""
    counts = np.bincount(np.fromiter(values, int), minlength=bins)[:bins]
    return [float(count) for count in counts / max(1, counts.sum())]


def _place_in(values: Sequence[Fraction], value: Fraction) -> int:
    """The place of a value in a list, one past its end if it is not there."""
    return values.index(value) if value in values else len(values)


def pitch_classes(piece: _Piece) -> list[float]:
    """Time spent on each step above the tonic: 12."""
    times = np.zeros(12)
    for note in piece.all:
        times[(note.pitch - piece.tonic) % 12] += float(note.length)
    return [float(time) for time in times / max(1e-9, times.sum())]


def melodic_intervals(piece: _Piece) -> list[float]:
    """From note to note of each voice, an octave at most: 25."""
    steps = (
        max(-LEAP, min(LEAP, after.pitch - before.pitch)) + LEAP
        for line in piece.lines
        for before, after in pairwise(line)
    )
    return _shares(steps, 2 * LEAP + 1)


def bass_motion(piece: _Piece) -> list[float]:
    """From the lowest note of one onset to the next, upwards within the octave: 12."""
    basses = [min(pitches) for pitches in piece.sounding]
    return _shares(((after - before) % 12 for before, after in pairwise(basses)), 12)


def note_lengths(piece: _Piece) -> list[float]:
    """Length of the notes, and whatever is none of them: shorter or longer than a quarter note: 14."""

    def place(length: Fraction) -> int:
        found = _place_in(LENGTHS, length)
        return found if found < len(LENGTHS) else len(LENGTHS) + (length > Fraction(1, 4))

    return _shares((place(note.length) for note in piece.struck), len(LENGTHS) + 2)


def places_in_beat(piece: _Piece) -> list[float]:
    """Where within a quarter note the notes begin: 5."""
    starts = (_place_in(PLACES, note.start % Fraction(1, 4)) for note in piece.struck)
    return _shares(starts, len(PLACES) + 1)


def length_ratios(piece: _Piece) -> list[float]:
    """How much longer a note of a voice is than the one before it: 10."""
    ratios = (
        _place_in(RATIOS, after.length / before.length) for line in piece.lines for before, after in pairwise(line)
    )
    return _shares(ratios, len(RATIOS) + 1)


def harmonic_intervals(piece: _Piece) -> list[float]:
    """Above the bass, within the octave, at every onset: 12."""
    above = ((pitch - min(pitches)) % 12 for pitches in piece.sounding for pitch in pitches if pitch != min(pitches))
    return _shares(above, 12)


def sounding_pitches(piece: _Piece) -> list[float]:
    """How many pitches sound at an onset: 1 to 8 and more: 8."""
    return _shares((min(len(pitches), MOST_PITCHES) - 1 for pitches in piece.sounding if pitches), MOST_PITCHES)


def chord_sizes(piece: _Piece) -> list[float]:
    """How many notes a voice strikes at once, 1 to 4 and more: 4."""
    return _shares((min(len(chord), 4) - 1 for chord in piece.chords.values()), 4)


def chord_kinds(piece: _Piece) -> list[float]:
    """Major, minor, ... at an onset; single notes and other chords last: 11."""
    kinds = list(CHORDS)

    def kind(pitches: frozenset[int]) -> int:
        shape = frozenset(pitch % 12 for pitch in pitches)
        if shape in SHAPES:
            return kinds.index(SHAPES[shape][0])
        return len(kinds) + (len(shape) > 2)

    return _shares(map(kind, piece.sounding), len(kinds) + 2)


def chord_roots(piece: _Piece) -> list[float]:
    """The root above the tonic, of chords with a major and with a minor third: 24."""
    found = []
    for pitches in piece.sounding:
        name, root = SHAPES.get(frozenset(pitch % 12 for pitch in pitches), ("", 0))
        if name in ("major", "dominant seventh", "major seventh"):
            found.append((root - piece.tonic) % 12)
        elif name in ("minor", "minor seventh"):
            found.append((root - piece.tonic) % 12 + 12)
    return _shares(found, 24)


def register(piece: _Piece) -> list[float]:
    """Middle, spread, top and bottom of the pitches; of voices: how wide each moves: 6."""
    pitches = np.array([note.pitch for note in piece.struck] or [60], float)
    spreads = [float(np.std([note.pitch for note in line])) for line in piece.lines if line] or [0.0]
    low, high = np.quantile(pitches, (0.05, 0.95))
    return [float(pitches.mean()), float(pitches.std()), float(low), float(high), max(spreads), float(np.mean(spreads))]


def density(piece: _Piece) -> list[float]:
    """Onsets and notes in a whole note of time, and the share of time that voices sing: 3."""
    if not piece.all:
        return [0.0, 0.0, 0.0]
    begin = min(note.start for note in piece.all)
    whole_notes = float(max(note.start + note.length for note in piece.all) - begin)
    voices = len(piece.lines) or 1
    sung = sum(float(note.length) for line in piece.lines for note in line)
    onsets = len({note.start for note in piece.struck})
    return [onsets / whole_notes, len(piece.struck) / whole_notes, sung / whole_notes / voices]


HISTOGRAMS: tuple[Callable[[_Piece], list[float]], ...] = (
    pitch_classes,
    melodic_intervals,
    bass_motion,
    note_lengths,
    places_in_beat,
    length_ratios,
    harmonic_intervals,
    sounding_pitches,
    chord_sizes,
    chord_kinds,
    chord_roots,
    register,
    density,
)


def describe(tune: Tune) -> Numbers:
    """All histograms one after the other: (numbers,). Square roots, so that rare things count too (Hellinger)."""
    piece = _Piece(tune)
    shares = [share for histogram in HISTOGRAMS[:-2] for share in histogram(piece)]
    return np.array([*np.sqrt(shares), *register(piece), *density(piece)])


def melody_grams(tune: Tune, *, intervals: int) -> frozenset[tuple[int, ...]]:
    """The runs of so many melodic intervals that the voices of a tune have, each once; a transposition has the same."""
    grams: set[tuple[int, ...]] = set()
    for line in _Piece(tune).lines:
        steps = tuple(after.pitch - before.pitch for before, after in pairwise(line))
        grams.update(steps[first : first + intervals] for first in range(len(steps) - intervals + 1))
    return frozenset(grams)
