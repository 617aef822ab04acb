"""The sustaining pedal of a piano, where the score has none: down through a harmony, changed with it.

The foot catches a chord just after it is struck and lets go with the next one, as pianists are taught (syncopated or
legato pedalling). Not where a scale would blur, not under staccato, and never into a silence of both hands. All figures
are our choice.
Not covered: half pedal, una corda; and what is written: a part with a pedal mark is left as it is.
"""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from renderers.score.mei import MEI
from renderers.sound.performance import Note, Performance, Pressed
from renderers.sound.phrasing import read_articulations

PIANOS = frozenset(range(6))  # programs of General MIDI; harpsichords and clavichords have none
CATCH_S = 0.07  # how long after the chord the foot goes down
SHORTEST_QUARTERS = 0.45
SILENCE_QUARTERS = 0.1
SHORT = frozenset({"stacc", "stacciss", "spicc", "marc-stacc"})  # a harmony in which a note is so marked has no pedal
SCALE_SHARE = 0.5  # of the upper notes: so many steps to strange notes are a scale
CHORDS = tuple(
    frozenset((root + step) % 12 for step in steps)
    for root in range(12)
    for steps in ((0, 4, 7), (0, 3, 7), (0, 3, 6, 9), (0, 4, 7, 10), (0, 3, 7, 10), (0, 3, 6, 10), (0, 4, 7, 11))
)


def press_pedals(performance: Performance) -> tuple[Pressed, ...]:
    """The pedal of each piano on two staves that has none written."""
    marked = {int((pedal.get("staff") or "1").split()[0]) for pedal in performance.mei.iter(f"{MEI}pedal")}
    pressed: list[Pressed] = []
    for part in performance.part_list.parts:
        if part.program in PIANOS and len(part.staves) > 1 and not marked & set(part.staves):
            pressed += _press(part.staves, performance)
    return tuple(pressed)


def _press(staves: tuple[int, ...], performance: Performance) -> Iterator[Pressed]:
    own = [note for note in performance.notes if note.staff in staves and not note.is_drum and not note.ornamental]
    own.sort(key=lambda note: note.start)
    upper = [note for note in own if note.staff == staves[0]]
    lower = [note for note in own if note.staff != staves[0]]
    silences = list(_silences(own))
    articulation = read_articulations(performance)
    for start, end, chord in _harmonies(lower, performance):
        end = min([end, *silences[bisect_right(silences, start + 1e-6) :][:1]])
        notes = [note for note in lower if start - 1e-6 <= note.start < end - 1e-6]
        over = [note for note in upper if start - 1e-6 <= note.start < end - 1e-6]
        needs = len({round(note.start, 3) for note in notes}) > 1 or any(note.end < end - 0.1 for note in notes)
        is_short = any(articulation.get(note.id, frozenset()) & SHORT for note in (*notes, *over))
        if end - start >= SHORTEST_QUARTERS and needs and not is_short and not _is_scale(over, chord):
            catch = CATCH_S * performance.tempo.bpm_at(start) / 60
            yield Pressed(staves[0], start + min(catch, (end - start) / 3), end)


def _silences(notes: list[Note]) -> Iterator[float]:
    """When both hands fall silent, each time; at the end too. notes: in the order of their beginnings."""
    until = 0.0
    for note in notes:
        if note.start > until + SILENCE_QUARTERS:
            yield until
        until = max(until, note.end)
    yield until


def _harmonies(lower: list[Note], performance: Performance) -> Iterator[tuple[float, float, frozenset[int]]]:
    """Spans in which what the lower staff strikes is one chord: none over a barline, none over a silence."""
    order = performance.order
    place = 0
    for bar_start, bar_end in zip(order.starts, order.ends, strict=True):
        notes: list[Note] = []
        while place < len(lower) and lower[place].start < bar_end - 1e-6:
            notes.append(lower[place])
            place += 1
        start, chord, last = bar_start, frozenset[int](), bar_start
        for note in notes:
            both = chord | {note.pitch % 12}
            is_new_bass = bool(chord) and note.start > last + 1e-6 and not any(both <= known for known in CHORDS)
            if is_new_bass or note.start - last > (bar_end - bar_start) / 2 + 1e-6:
                if chord:
                    yield start, note.start, chord
                start, both = note.start, frozenset({note.pitch % 12})
            elif not chord:
                start = note.start
            chord, last = both, note.start
        if chord:
            yield start, min(bar_end, max(note.end for note in notes) + 0.5), chord


def _is_scale(upper: list[Note], chord: frozenset[int]) -> bool:
    """Whether the upper staff walks through notes that the chord has not."""
    steps = sum(
        0 < abs(later.pitch - note.pitch) <= 2 and not {note.pitch % 12, later.pitch % 12} <= chord
        for note, later in pairwise(upper)
        if later.start - note.start < 0.6
    )
    return len(upper) > 2 and steps > SCALE_SHARE * (len(upper) - 1)
