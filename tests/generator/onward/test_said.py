"""Words about some bars of a piece."""

import pytest

from generator.onward.said import read_edit
from generator.onward.work import How, Kind


@pytest.mark.parametrize(
    ("words", "kind", "first", "last"),
    [
        ("bars 5-8 calmer", Kind.REWRITE, 5, 8),
        ("Bars 5 to 8: simpler, please", Kind.SIMPLIFY, 5, 8),
        ("rewrite measure 3", Kind.REWRITE, 3, 3),
        ("Takte 5 bis 8 einfacher", Kind.SIMPLIFY, 5, 8),
        ("Takt 7 anders", Kind.REWRITE, 7, 7),
        ("第 5 到 8 小节重写", Kind.REWRITE, 5, 8),
        ("第5-8小節更豐富", Kind.ENRICH, 5, 8),
        ("bars 5–8", Kind.REWRITE, 5, 8),
    ],
)
def test_bars_and_what_is_done_to_them_are_read(words, kind, first, last):
    edit = read_edit(words)
    assert (edit.kind, edit.first, edit.last) == (kind, first, last)


def test_how_daring_and_in_which_way_are_read_too():
    assert read_edit("bars 1-4 wilder").warmer > 1 > read_edit("bars 1-4 ruhiger").warmer
    assert read_edit("bars 1-4 same rhythm").how is How.SAME_RHYTHM
    assert read_edit("bars 1-4 with ornaments").how is How.ORNAMENT


@pytest.mark.parametrize(
    "words",
    [
        "8 bars",
        "bars 8",
        "a waltz of 16 bars, calmer",
        "bach 8 bars new",
        "calmer",
        "",
        "bars 5-8 of Chopin",
        "x" * 500,
    ],
)
def test_lengths_whole_pieces_and_talk_are_none(words):
    assert read_edit(words) is None
