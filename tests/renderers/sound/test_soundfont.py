"""Which soundfont is played."""

import hashlib
from pathlib import Path

import pytest

from renderers.errors import RenderError
from renderers.sound.soundfont import SHIPPED_SOUNDFONT, find_soundfont
from tests.refusals import refuses


def test_the_setting_comes_first(tmp_path):
    mine = tmp_path / "mine.sf2"
    mine.write_bytes(b"RIFF")
    assert find_soundfont(mine) == mine


@pytest.mark.parametrize("name", ["missing.sf2", "font.dls"])
def test_a_setting_that_cannot_work_is_refused_with_its_name(tmp_path, name):
    (tmp_path / "font.dls").write_bytes(b"RIFF")
    with refuses(RenderError, match=name):
        find_soundfont(tmp_path / name)


def test_the_largest_large_sf2_of_the_system_comes_second(tmp_path, monkeypatch):
    monkeypatch.setattr("renderers.sound.soundfont.BETTER_BYTES", 50)
    for name, size in (("small.sf2", 60), ("large.sf2", 99), ("largest.sf3", 999)):
        (tmp_path / name).write_bytes(b"x" * size)
    assert find_soundfont(None, system_folders=(Path("/nowhere"), tmp_path)).name == "large.sf2"


def test_a_small_one_of_the_system_does_not_replace_the_one_that_comes_along(tmp_path):
    (tmp_path / "TimGM6mb.sf2").write_bytes(b"x" * 6_000_000)
    assert find_soundfont(None, system_folders=(tmp_path,)) == SHIPPED_SOUNDFONT


def test_the_one_that_comes_along_is_the_file_that_its_authors_published_and_has_its_licence_beside_it():
    content = SHIPPED_SOUNDFONT.read_bytes()
    assert hashlib.sha256(content).hexdigest() == "cfcd66d89e8386823400eca64934b14fbea7bf48ba1f00d21189af1262794ec2"
    licence = SHIPPED_SOUNDFONT.with_name("FluidR3Mono_License.md").read_text("utf-8")
    assert "Permission is hereby granted, free of charge" in licence
    assert "Michael Cowgill" in licence
