"""Which form a piece has, by what comes back of its beginning."""

import pytest

from generator.notation import parse_tune
from tests.measure.forms import form_of

BARS = {
    "a": ["c2e2", "g2e2", "f2d2", "c4"],
    "b": ["g2gf", "e2ed", "cdef", "g4"],
    "c": ["c'2ba", "gfed", "c2B2", "A4"],
    "d": ["d2fd", "Bcde", "f2ed", "c2B2"],
}


@pytest.mark.parametrize(
    ("phrases", "form"),
    [("abcdbd", "through"), ("abcdab", "ternary"), ("abcadbacd", "rondo"), ("abcabcabc", "strophes")],
)
def test_a_form_is_known_by_the_places_where_the_theme_returns(phrases: str, form: str) -> None:
    bars = "".join(f"[V:1]{bar}|\n" for phrase in phrases for bar in BARS[phrase])
    assert form_of(parse_tune(f"L:1/8\nM:2/4\nK:C\nV:1 treble\n{bars}")) == form
