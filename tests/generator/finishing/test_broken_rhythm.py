from fractions import Fraction

import pytest

from generator.finishing.broken_rhythm import write_out_unequal
from generator.notation import parse_tune
from generator.notation.durations import time_text

EIGHTH = Fraction(1, 8)


def written(music: str) -> str:
    tune = write_out_unequal(parse_tune(f"L:1/8\nM:4/4\nK:C\nV:1 treble\n[V:1]{music}|\n"))
    return tune.bars[0].voices[0].music.rstrip("|")


@pytest.mark.parametrize(
    ("music", "meant"),
    [
        ("A>B2 c4", "A3/2B c4"),
        ("A2<B c4", "AB3/2 c4"),
        ("A>>B2", "A7/4B/"),
        ("g>!fermata!z/4 g/4f/8 e4", "g3/2!fermata!z/8 g/4f/8 e4"),
        ("[CE]2>[DF] x", "[CE]3[DF]/ x"),
        ("[C2E2]>[DF]", "[C2E2]3/2[DF]/"),
    ],
)
def test_broken_rhythm_between_unequal_notes_is_written_out(music, meant):
    assert written(music) == meant
    assert time_text(meant, EIGHTH, None).layers == time_text(music, EIGHTH, None).layers


@pytest.mark.parametrize("music", ["A>B c4", "A2<B2", "[CE]>(A B)>c", '"^a>b"A2 B', "!>(!A2 !>)!B", "(3A>BC d2"])
def test_between_equal_notes_it_stays(music):
    assert written(music) == music
