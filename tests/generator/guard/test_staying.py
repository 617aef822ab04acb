from fractions import Fraction

import pytest

from generator.guard.place import pitch_of, read_place
from generator.guard.staying import stays
from generator.notation.keys import signature

C_MAJOR = signature(0)


def stays_in(line: str, letter: str, before=()) -> bool:
    place = read_place(line, signature=C_MAJOR, unit=Fraction(1, 8), metre=None)
    return place is not None and stays(place, pitch_of(letter, line, C_MAJOR), before=dict(before))


@pytest.mark.parametrize(
    ("line", "letter"),
    [
        ("[V:1]G2 ", "G"),
        ("[V:1]c2 d2|[V:2]E2 ", "E"),
        ("[V:1]c2 d2|[V:2]B,,2 ", "B"),  # its octave is still to be written
    ],
)
def test_a_singer_who_sings_his_last_note_again_stays(line, letter):
    assert stays_in(line, letter)


@pytest.mark.parametrize(
    ("line", "letter"),
    [("[V:1]G2 ", "A"), ("[V:1]G2 z2 ", "G"), ("[V:1]c2 d2|[V:2]E2 ", "d"), ("[V:1]G2 ^", "G"), ("[V:1]", "G")],
)
def test_another_note_or_one_after_a_rest_does_not(line, letter):
    assert not stays_in(line, letter)


def test_the_last_note_of_the_bar_before_counts():
    assert stays_in("[V:1]", "G", before={"1": 7})
    assert not stays_in("[V:1]", "G", before={"1": 9})
    assert not stays_in("[V:1]A2 ", "G", before={"1": 7})
