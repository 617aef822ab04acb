"""Tunes in plainer ABC: what a program would have to add stands there."""

from collections.abc import Callable

import pytest

from tests.measure import plainer_abc as plainer
from tests.measure.pieces_against_abc2midi import share_equal, with_octaves

HEADER = "X:1\nL:1/8\nK:C\n"


@pytest.mark.parametrize(
    ("rewrite", "music", "plain"),
    [
        (plainer.with_start_signs, "CD|EF:|GA|Bc:|", " |: CD|EF:| |: GA|Bc:|"),
        (plainer.with_start_signs, "|:CD|1EF:|2GA||Bc|1de:|2fg|]", "|:CD|1EF:|2GA|| |: Bc|1de:|2fg|]"),
        (plainer.with_start_signs, "[V:1]|:C8:|\n[V:2]C,8:|", "[V:1]|:C8:|\n[V:2] |: C,8:|"),
        (plainer.with_start_signs, "|:CD:|EF||GA|]", "|:CD:|EF||GA|]"),
        (plainer.with_single_signs, "CD::EF||:GA:|", "CD:| |:EF|:GA:|"),
        (plainer.with_ends_for_starts, "|:CD|]|:EF:|", "||CD|]|:EF:|"),
        (plainer.with_written_tuplets, "(5CDEFG (3CDE (7:4:7CDEFGAB", "(5:2:5CDEFG (3CDE (7:4:7CDEFGAB"),
        (plainer.without_old_line_ends, "CD|! !trill!EF|!\nGA", "CD| !trill!EF|\nGA"),
        (plainer.with_endings_closed, "CD|1 EF:|2 GA:|Bc:|", "CD|1 EF:|2 GA||Bc:|"),
        (plainer.with_endings_closed, "CD|1 EF:|2 GA::Bc:|", "CD|1 EF:|2 GA|:Bc:|"),
        (plainer.with_endings_at_bars, "CD||1 EF:|", "CD|1 EF:|"),
        (plainer.with_endings_at_bars, "CD|\\\n1 EF:|", "CD|1 EF:|"),
        (plainer.with_whole_lines, "[CE\nG]4\nP:A\nAB", "[CEG]4\nP:A\nAB"),
        (plainer.with_notes_once, "[A2^CA2]B", "[A2^C]B"),
        (plainer.with_brackets, "+CEG+2", "[CEG]2"),
        (plainer.without_empty_lines, "\n \nCD", "CD"),
    ],
)
def test_each_says_one_thing_plainer(rewrite: Callable[[str], str], music: str, plain: str) -> None:
    assert rewrite(HEADER + music).removeprefix(HEADER).lstrip("\n") == plain


def test_voices_that_are_declared_behind_the_key_are_no_music() -> None:
    voices = "V:1 treble\nV:2 bass\n"
    assert plainer.with_start_signs(f"{HEADER}{voices}[V:1]C:|[V:2]C:|\n") == (
        f"{HEADER}{voices}[V:1] |: C:|[V:2] |: C:|\n"
    )


def test_notes_are_counted_once_at_their_moments() -> None:
    ours, theirs = [(0.0, 60), (1.0, 60), (2.0, 62)], [(0.01, 60), (1.0, 60), (2.5, 62), (3.0, 62)]
    assert share_equal(ours, theirs) == 0.5
    assert share_equal(ours, ours) == 1


def test_a_clef_with_an_8_is_said_as_an_octave() -> None:
    assert with_octaves("V:4 treble-8\nV:5 bass+8\n[V:4]C2-8") == "V:4 treble octave=-1\nV:5 bass octave=+1\n[V:4]C2-8"
