"""Places of a bar in the making: what was read before is kept, and says the same as reading everything anew."""

import random
from fractions import Fraction

import pytest

from generator.guard.place import Places, read_place
from generator.guard.reading import Readings
from generator.guard.states import States
from generator.notation.keys import signature
from generator.notation.limits import parse_metre

UNIT = Fraction(1, 8)
WORDS = [
    "c",
    "^c",
    "_B,",
    "=f",
    "d/",
    "e3/2",
    "[CE]",
    "[^C_E]2",
    "(3",
    "(5:4:5",
    "(",
    ">",
    "<",
    "-",
    ")",
    "z2",
    "x",
    "y",
    "{^f}",
    "!p!",
    ".",
    "&",
    "[K:bass]",
    "[L:1/16]",
    "|",
    "[V:2]",
    "[V:",
    "]",
    "^",
    ",",
    "2",
    "/",
    '"',
]


@pytest.mark.parametrize("seed", range(12))
def test_a_line_that_grows_has_the_same_places_as_one_that_is_read_at_once(seed: int) -> None:
    rng, metre = random.Random(seed), parse_metre("6/8" if seed % 2 else "4/4")
    line = "[V:1]" + " ".join(rng.choices(WORDS, k=40)).replace(" ", "", seed)
    places = Places(signature(seed - 6), Readings(States(UNIT, metre)))
    for end in range(len(line) + 1):
        anew = read_place(line[:end], signature=signature(seed - 6), unit=UNIT, metre=metre)
        place = places.behind(line[:end])
        assert place == anew
        assert place is None or place.own == anew.own


def test_a_broken_rhythm_moves_what_sounds_before_it() -> None:
    places = Places(signature(0), Readings(States(UNIT, None)))
    assert [end for _, end, _ in places.behind("[V:1]cd").own] == [Fraction(1, 8), Fraction(1, 4)]
    place = places.behind("[V:1]cd>")
    assert [end for _, end, _ in place.own] == [Fraction(1, 8), Fraction(5, 16)]
    assert place.now == Fraction(5, 16)


def test_notes_behind_an_overlay_sound_from_the_bar_s_start_again() -> None:
    place = read_place("[V:1]c&e", signature=signature(0), unit=UNIT, metre=None)
    assert place is not None
    assert [moment[:2] for moment in place.own] == [(Fraction(0), UNIT)] * 2
