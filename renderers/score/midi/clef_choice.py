"""The clefs of a staff: by its instrument, and by how high it plays; a few changes where they spare ledger lines."""

from collections.abc import Sequence

from renderers.score.abc.clefs import PERCUSSION, TREBLE, Clef

BASS, ALTO, TENOR_VOICE = Clef("F", 4), Clef("C", 3), Clef("G", 2, -1)
LOW_BASS, HIGH_TREBLE = Clef("F", 4, -1), Clef("G", 2, 1)
GUITARS, BASSES = range(24, 32), (*range(32, 40), 43)
VIOLA, PICCOLO, CHOIR = 41, 72, (52, 53)
TREBLE_ONLY = frozenset({40, 56, 64, 65, 68, 71, 73, 74, 75, 76, 77, 78, 79})
MIDDLE_C, LOWEST_OF_TENOR = 60, 47
CHANGE_PRICE = 9.0


def choose_clefs(bars: Sequence[Sequence[int]], *, program: int, is_drums: bool, is_keyboard: bool) -> list[Clef]:
    """The clef of each bar. bars: the pitches in each of them."""
    if is_drums:
        return [PERCUSSION] * len(bars)
    in_order = sorted(pitch for bar in bars for pitch in bar)
    middle = in_order[len(in_order) // 2] if in_order else MIDDLE_C
    low = in_order[len(in_order) // 10] if in_order else MIDDLE_C
    if not is_keyboard and (own := _of_instrument(program, middle, low)) is not None:
        return [own] * len(bars)
    return _cheapest(bars, TREBLE if middle >= MIDDLE_C - 1 else BASS)


def _cheapest(bars: Sequence[Sequence[int]], usual: Clef) -> list[Clef]:
    """Treble or bass, bar by bar: few ledger lines, and few changes."""
    choices = (TREBLE, BASS)
    total = [0.0 if clef == usual else CHANGE_PRICE / 2 for clef in choices]
    backs: list[list[int]] = []
    for bar in bars:
        back = [own if total[own] <= total[1 - own] + CHANGE_PRICE else 1 - own for own in (0, 1)]
        backs.append(back)
        total = [
            total[back[own]] + (CHANGE_PRICE if back[own] != own else 0.0) + _ledger_lines(bar, choices[own])
            for own in (0, 1)
        ]
    now = min((0, 1), key=total.__getitem__)
    chosen = []
    for back in reversed(backs):
        chosen.append(choices[now])
        now = back[now]
    return chosen[::-1]


def _ledger_lines(bar: Sequence[int], clef: Clef) -> float:
    """How many semitones the notes of a bar lie beyond two ledger lines, on the average."""
    lowest, highest = (57, 84) if clef == TREBLE else (36, 64)
    return sum(max(0, lowest - pitch, pitch - highest) for pitch in bar) / max(1, len(bar))


def _of_instrument(program: int, middle: int, low: int) -> Clef | None:
    """What players of an instrument read; None where it depends on how high they play."""
    if program in GUITARS:
        return TENOR_VOICE
    if program in BASSES:
        return LOW_BASS
    if program == VIOLA:
        return ALTO
    if program == PICCOLO:
        return HIGH_TREBLE
    if program in TREBLE_ONLY:
        return TREBLE
    if program in CHOIR and 53 <= middle < MIDDLE_C and low >= LOWEST_OF_TENOR:
        return TENOR_VOICE
    return None
