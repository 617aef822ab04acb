"""Small scores in every format that can be read."""

import shutil
from pathlib import Path

import pytest

SCORES = Path(__file__).parents[3] / "data" / "scores"


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    """A folder with a piano prelude (MusicXML), a mazurka (humdrum), a round (MEI) and two tunes (ABC)."""
    folder = tmp_path / "scores"
    shutil.copytree(SCORES, folder)
    return folder
