"""Where the players sit, from left to right: as that kind of ensemble does on a stage.

Promises: a player alone sits in the middle, and two of them beside each other. Not covered: how far back they sit.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from renderers.score.parts import KEYBOARD_PROGRAMS, Part

FAR_LEFT, FAR_RIGHT = -1.0, 1.0
BESIDE = 0.25  # a soloist in the bend of the piano
ORCHESTRA_PARTS = 8
FIRST_VIOLINS, SECOND_VIOLINS = -0.8, -0.4
VIOLIN = 40
# General MIDI program → its seat in an orchestra: strings in front from high to low, woodwind behind them in the
# middle, horns to the left and brass to the right, harp and keyboards at the left.
ORCHESTRA = {
    41: 0.35, 42: 0.65, 43: 0.9, 46: -0.75, 47: 0.1, 56: 0.3, 57: 0.5, 58: 0.65, 59: 0.3, 60: -0.45, 68: 0.12, 69: 0.2,
    70: 0.28, 71: -0.22, 72: -0.25, 73: -0.15, 74: -0.15,
}  # fmt: skip
SECTIONS = frozenset({48, 49, 50, 51, 52, 53, 54})  # strings and choirs: in the order of the score
TOGETHER = 0.15  # players of the same kind are so far apart


def seats(parts: Sequence[Part]) -> list[float]:
    """The seat of each part, from -1 (left) to 1 (right)."""
    if len(parts) < 2:
        return [0.0] * len(parts)
    keyboards = [part.program in KEYBOARD_PROGRAMS for part in parts]
    if len(parts) == 2:
        return [-BESIDE, BESIDE] if any(keyboards) else [-2 * BESIDE, 2 * BESIDE]
    if len(parts) >= ORCHESTRA_PARTS:
        return _orchestra(parts)
    others = iter(_spread(len(parts) - sum(keyboards)))
    accompanies = sum(keyboards) == 1  # in the middle, behind the others
    spread = iter(_spread(len(parts)))
    return [(0.0 if is_keyboard else next(others)) if accompanies else next(spread) for is_keyboard in keyboards]


def _orchestra(parts: Sequence[Part]) -> list[float]:
    violins = [index for index, part in enumerate(parts) if part.program == VIOLIN]
    second = violins[(len(violins) + 1) // 2 :]  # the lower half of them
    spread = _spread(len(parts))
    count, placed = Counter(part.program for part in parts), defaultdict[int, int](int)
    found = []
    for index, part in enumerate(parts):
        if part.program == VIOLIN:
            found.append(SECOND_VIOLINS if index in second else FIRST_VIOLINS)
            continue
        seat = spread[index] if part.program in SECTIONS else ORCHESTRA.get(part.program, 0.0)
        beside = placed[part.program] - (count[part.program] - 1) / 2
        placed[part.program] += 1
        found.append(min(FAR_RIGHT, max(FAR_LEFT, seat + (TOGETHER * beside if part.program in ORCHESTRA else 0.0))))
    return found


def _spread(players: int) -> list[float]:
    """As they stand in the score."""
    step = (FAR_RIGHT - FAR_LEFT) / max(1, players - 1)
    return [FAR_LEFT + place * step if players > 1 else 0.0 for place in range(players)]
