"""A machine on which nothing compiled was kept yet."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.model.compiled import machine_code


@pytest.fixture
def nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder with a copy of the kernels' sources, where is kept what is compiled of them."""
    sources = tuple(Path(shutil.copy(source, tmp_path)) for source in machine_code.SOURCES)
    monkeypatch.setattr(machine_code, "SOURCES", sources)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    machine_code.load_kernels.cache_clear()
    yield tmp_path
    machine_code.load_kernels.cache_clear()
