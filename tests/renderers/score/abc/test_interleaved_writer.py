"""Any tune as a line for each bar of all voices, as a network reads it."""

from pathlib import Path

import pytest

from renderers.score.abc import read_abc
from renderers.score.abc.interleaved_writer import write_interleaved
from renderers.score.files import read_file

SCORES = Path(__file__).resolve().parents[3] / "data" / "scores"
TWO_HANDS = """X:1
T:Air
C:Anna
%%score {RH | LH}
M:3/4
L:1/4
Q:1/4=90
K:G
V:RH
|:GAB|[K:D]d^cB|1A3:|2D3|]
V:LH bass
|:G,3|[K:D]D,3|1D,3:|2D,2z|]
w:la la la la
"""


def test_voices_are_numbered_and_every_bar_is_a_line():
    assert write_interleaved(read_abc(TWO_HANDS)).splitlines() == [
        "X:1",
        "T:Air",
        "C:Anna",
        "%%score { 1 | 2 }",
        "L:1/8",
        "Q:1/4=90",
        "M:3/4",
        "K:G",
        "V:1 treble",
        "V:2 bass",
        "[V:1]|:G2 A2 B2|[V:2]|:G,6|",
        "[V:1][K:D]d2 ^c2 B2|1[V:2][K:D]D,6|1",
        "[V:1]A6:|2[V:2]D,6:|2",
        "[V:1]D6|][V:2]D,4 z2|]",
    ]


def test_a_voice_that_ends_early_rests():
    abc = TWO_HANDS.replace("|2D,2z|]", "|]").replace("w:la la la la\n", "")
    assert write_interleaved(read_abc(abc)).splitlines()[-1].count("z6") == 1


@pytest.mark.parametrize("name", ["mazurka.krn", "round.mei", "prelude.musicxml"])
def test_it_is_read_again_as_the_same_music(name):
    tune = read_file((SCORES / name).read_bytes())
    once = write_interleaved(tune)
    again = read_abc(once)
    assert [len(voice.bars) for voice in again.voices] == [len(voice.bars) for voice in tune.voices]
    assert write_interleaved(again) == once
