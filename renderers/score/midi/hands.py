"""Two hands out of one track: a line between them, moment by moment, by a dynamic programme.

A hand spans little more than an octave; the line lies where there is space between the notes, near where it lay before,
and near middle C.
"""

from collections.abc import Sequence

from renderers.score.midi.rhythm import VoiceNote

LOWEST, HIGHEST = 40, 80  # of the line: the lowest note of the right hand
MIDDLE = 60
SPAN = 13  # semitones
WIDE_PRICE, NEAR_PRICE, MIDDLE_PRICE, MOVE_PRICE = 1.5, 1.2, 0.04, 0.22
ONE_HAND_LOWEST, ONE_HAND_HIGHEST = 53, 67  # a track all above, or all below, is one hand's
TWO_HANDS_SPAN = 27


def needs_two_hands(notes: Sequence[VoiceNote]) -> bool:
    """Whether a keyboard player's notes need two staves."""
    pitches = sorted(note.pitch for note in notes)
    tail = len(pitches) // 50
    low, high = pitches[tail], pitches[-1 - tail]
    is_wide = low < ONE_HAND_HIGHEST - 10 and high - low >= TWO_HANDS_SPAN
    return is_wide or (low < ONE_HAND_LOWEST and high > ONE_HAND_LOWEST + SPAN)


def split_hands(notes: Sequence[VoiceNote]) -> tuple[list[VoiceNote], list[VoiceNote]]:
    """(right hand, left hand)."""
    starts = sorted({note.start for note in notes})
    sounding = _sounding(notes, starts)
    lines = range(LOWEST, HIGHEST + 1)
    costs = [[_cost(pitches, line) for line in lines] for pitches in sounding]
    path = _cheapest(costs)
    line_at = {start: LOWEST + place for start, place in zip(starts, path, strict=True)}
    right = [note for note in notes if note.pitch >= line_at[note.start]]
    left = [note for note in notes if note.pitch < line_at[note.start]]
    return right, left


def _sounding(notes: Sequence[VoiceNote], starts: Sequence[int]) -> list[list[tuple[int, bool]]]:
    """At each moment, (pitch, does it begin now) of all that sounds."""
    found = []
    held: list[VoiceNote] = []
    in_order = sorted(notes, key=lambda note: note.start)
    place = 0
    for start in starts:
        held = [note for note in held if note.end > start]
        while place < len(in_order) and in_order[place].start == start:
            held.append(in_order[place])
            place += 1
        found.append(sorted((note.pitch, note.start == start) for note in held))
    return found


def _cost(pitches: Sequence[tuple[int, bool]], line: int) -> float:
    cost = MIDDLE_PRICE * abs(line - MIDDLE)
    for hand in ([p for p, _ in pitches if p >= line], [p for p, _ in pitches if p < line]):
        if hand:
            cost += WIDE_PRICE * max(0, hand[-1] - hand[0] - SPAN)
    return cost + sum(NEAR_PRICE / (0.5 + abs(pitch - line + 0.5)) for pitch, is_new in pitches if is_new)


def _cheapest(costs: Sequence[Sequence[float]]) -> list[int]:
    """The way through all moments with the least cost; to move the line costs by how far."""
    total = list(costs[0])
    backs: list[list[int]] = []
    for own in costs[1:]:
        best, back = _moved(total)
        backs.append(back)
        total = [cost + before for cost, before in zip(own, best, strict=True)]
    path = [min(range(len(total)), key=total.__getitem__)]
    for back in reversed(backs):
        path.append(back[path[-1]])
    return path[::-1]


def _moved(total: Sequence[float]) -> tuple[list[float], list[int]]:
    """For each line the cheapest one it can come from: a minimum with a slope, found by two sweeps."""
    best, back = list(total), list(range(len(total)))
    for order in (range(1, len(total)), range(len(total) - 2, -1, -1)):
        step = 1 if order.step > 0 else -1
        for place in order:
            cost = best[place - step] + MOVE_PRICE
            if cost < best[place]:
                best[place], back[place] = cost, back[place - step]
    return best, back
