"""The line that a listener follows: the highest note of each moment, over all that is not a drum."""

from heapq import heappop, heappush
from itertools import groupby

from renderers.sound.performance import Note, Performance

SAME_MOMENT_QUARTERS = 1e-3


def find_melody(performance: Performance) -> list[Note]:
    """Notes above which nothing sounds when they begin, in order. Grace notes and turns are left out."""
    sounding: list[tuple[int, float]] = []  # (-pitch, end)
    melody = []
    played = (note for note in performance.notes if not note.is_drum and not note.ornamental)
    ordered = sorted(played, key=lambda note: note.start)
    for _, together in groupby(ordered, key=lambda note: round(note.start / SAME_MOMENT_QUARTERS)):
        notes = list(together)
        highest = max(notes, key=lambda note: note.pitch)
        while sounding and sounding[0][1] <= highest.start + SAME_MOMENT_QUARTERS:
            heappop(sounding)
        if not sounding or -sounding[0][0] < highest.pitch:
            melody.append(highest)
        for note in notes:
            heappush(sounding, (-note.pitch, note.end))
    return melody


def find_bass(performance: Performance) -> list[Note]:
    """The lowest note that begins at each moment, in order. As `find_melody`, without drums and ornaments."""
    lowest: dict[int, Note] = {}
    for note in performance.notes:
        if not note.is_drum and not note.ornamental:
            moment = round(note.start / SAME_MOMENT_QUARTERS)
            if moment not in lowest or lowest[moment].pitch > note.pitch:
                lowest[moment] = note
    return [lowest[moment] for moment in sorted(lowest)]
