"""Which soundfont is played."""

from pathlib import Path

import pytest

from renderers.errors import RenderError
from renderers.sound.soundfont import find_soundfont


def test_the_setting_comes_first(tmp_path):
    mine = tmp_path / "mine.sf2"
    mine.write_bytes(b"RIFF")
    assert find_soundfont(mine) == mine


@pytest.mark.parametrize("name", ["missing.sf2", "compressed.sf3"])
def test_a_setting_that_cannot_work_is_refused_with_its_name(tmp_path, name):
    (tmp_path / "compressed.sf3").write_bytes(b"RIFF")
    with pytest.raises(RenderError, match=name):
        find_soundfont(tmp_path / name)


def test_the_largest_sf2_of_the_system_comes_second(tmp_path):
    for name, size in (("small.sf2", 10), ("large.sf2", 99), ("largest.sf3", 999)):
        (tmp_path / name).write_bytes(b"x" * size)
    assert find_soundfont(None, system_folders=(Path("/nowhere"), tmp_path)).name == "large.sf2"


def test_a_bare_system_has_the_small_one_from_the_wheel():
    found = find_soundfont(None, system_folders=())
    assert found.read_bytes()[:4] == b"RIFF"
    assert found.stat().st_size > 1_000_000
