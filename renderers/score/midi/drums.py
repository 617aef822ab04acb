"""Drums on a page: which line or space each drum of General MIDI has. After N. Weinberg, Guide to Standardized Drumset
Notation (1998), as far as it goes; a drum whose place is taken goes to the nearest free one.
"""

from collections.abc import Iterable

from renderers.score.midi.spelling import Spelling

STEPS = "CDEFGAB"
# The places as steps above middle C, under a treble clef: 3 is F4, the lowest space.
PLACES = {
    35: 2, 36: 3, 37: 7, 38: 8, 39: 8, 40: 8, 41: 4, 42: 11, 43: 5, 44: 1, 45: 6, 46: 12, 47: 7, 48: 9, 49: 12, 50: 10,
    51: 10, 52: 13, 53: 10, 54: 8, 55: 13, 56: 9, 57: 13, 58: 5, 59: 10, 60: 9, 61: 7, 62: 10, 63: 9, 64: 5, 65: 9,
    66: 6, 67: 11, 68: 9, 69: 11, 70: 11, 75: 8, 76: 9, 77: 7, 80: 12, 81: 12,
}  # fmt: skip
USUAL = 8
LOWEST, HIGHEST = -3, 18


def place_drums(pitches: Iterable[int]) -> dict[int, Spelling]:
    """Drum → where it is written; no two share a place."""
    placed: dict[int, Spelling] = {}
    taken: set[int] = set()
    for drum in sorted(set(pitches), key=lambda drum: (drum not in PLACES, drum)):
        wished = PLACES.get(drum, USUAL)
        free = [place for place in range(LOWEST, HIGHEST + 1) if place not in taken]
        place = min(free, key=lambda place: (abs(place - wished), place)) if free else wished
        taken.add(place)
        placed[drum] = Spelling(STEPS[place % 7], 0, 4 + place // 7)
    return placed


def written_pitch(spelling: Spelling) -> int:
    """The MIDI pitch of a written place."""
    return 12 * (spelling.octave + 1) + (0, 2, 4, 5, 7, 9, 11)[STEPS.index(spelling.step)]
