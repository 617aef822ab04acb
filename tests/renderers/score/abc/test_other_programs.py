"""What MuseScore, OpenSheetMusicDisplay, partitura, music21 and abcjs found in small tunes of ours is stored: so they
need not be installed here. `make measure NAME=programs ARGS="--keep tests/data/other_programs.json"` asks them anew.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from renderers.score.musicxml import convert_abc
from tests.measure.programs import TICKS, played, written

TUNES = json.loads((Path(__file__).parents[3] / "data" / "other_programs.json").read_text(encoding="utf-8"))
PLAYS_OTHERWISE = {"drums", "graces", "several times", "tuplets"}  # abcjs: grace notes strike, :: is twice, (5 is 5:2


def notes(stored):
    return Counter((round(quarter * TICKS), pitch) for quarter, pitch in stored)


@pytest.mark.parametrize("name", TUNES)
def test_other_programs_read_in_our_musicxml_what_we_wrote(name):
    ours = written(convert_abc(TUNES[name]["abc"]))
    found = {program: notes(stored) for program, stored in TUNES[name]["found"].items() if program != "abcjs"}
    assert len(found) >= 3
    assert {program: ours - theirs for program, theirs in found.items()} == {key: Counter() for key in found}
    assert {program: theirs - ours for program, theirs in found.items()} == {key: Counter() for key in found}


@pytest.mark.parametrize("name", [name for name in TUNES if name not in PLAYS_OTHERWISE])
def test_abcjs_plays_our_tunes_as_we_do(name):
    assert played(convert_abc(TUNES[name]["abc"])) == notes(TUNES[name]["found"]["abcjs"])
