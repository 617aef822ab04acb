"""Staves on which nobody plays, as the real engraver prints them."""

import re

import pytest

from renderers.pages.engraving import engrave
from renderers.score.musicxml import convert_abc
from tests.renderers.pages.test_pdf import bind, text

NAMES = ("Flute 1", "Oboe", "Fagotto", "Horn in F", "Violino 1", "Viola", "Violoncello", "Kontrabass")
SOLO = 4  # who plays on alone


def score(*said, num_staves=8):
    """Four bars of all, then twelve of one; said: what the first voice, which rests, has instead of its next bars."""
    rests = [*said, *["z4"] * (12 - len(said))]
    voices = [
        f'V:{number} nm="{name}"\n'
        + "|".join(["CDEF"] * 4 + (["cdef"] * 12 if number == SOLO else rests if number == 0 else ["z4"] * 12))
        + "|]\n"
        for number, name in enumerate(NAMES[:num_staves])
    ]
    return f"X:1\nT:t\nM:4/4\nL:1/4\nK:C\n{''.join(voices)}"


def staves_of_lines(abc):
    """How many staves each line of music has, on all pages."""
    pages = engrave(convert_abc(abc), title="", composer="")
    lines = [line for page in pages for line in page.split('class="system"')[1:]]
    return [len(re.findall('class="staff"', line.split('class="measure"')[1])) for line in lines]


def test_an_orchestra_has_all_staves_at_first_and_then_those_that_play():
    first, *others = staves_of_lines(score())
    assert first == len(NAMES)
    assert others
    assert set(others) == {1}


def test_six_staves_are_always_printed():
    assert set(staves_of_lines(score(num_staves=6))) == {6}


@pytest.mark.parametrize(
    ("said", "printed"),
    [('[Q:"Presto" 1/4=160]z4', "Presto"), ('"^muta in B"z4', "muta in B"), ("[P:Trio]z4", "Trio")],
)
def test_what_stands_above_a_staff_that_rests_is_printed(said, printed):
    """Verovio left out a new tempo together with the staff above which it stood."""
    assert printed in text(bind(score(*["z4"] * 8, said)))


def test_a_staff_is_printed_in_lines_where_something_stands_above_it():
    assert set(staves_of_lines(score(*['"^tacet"z4'] * 12))[1:]) == {2}


def test_staves_that_may_stand_anywhere_have_short_names():
    printed = text(bind(score(*['"^tacet"z4'] * 12)))
    assert "Fl. 1" in printed
    assert "Vln. 1" in printed
