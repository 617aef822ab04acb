"""Small scores in every format that can be read."""

import shutil
from pathlib import Path

import pytest

from bot.making.scores import SCORE_READER
from generator.training.prepare.child import Converted
from generator.training.prepare.child import convert_file as convert_with

SCORES = Path(__file__).parents[3] / "data" / "scores"


def convert_file(path: Path) -> Converted:
    """The pieces of a file, by the readers that the command hands in."""
    return convert_with(path, reader=SCORE_READER)


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    """A folder with a piano prelude (MusicXML), a mazurka (humdrum), a round (MEI) and two tunes (ABC)."""
    folder = tmp_path / "scores"
    shutil.copytree(SCORES, folder)
    return folder
