"""A machine on which nothing compiled was kept yet."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.model.compiled import machine_code


@pytest.fixture
def nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The copy of the kernels' source beside which is kept what is compiled of them."""
    source = tmp_path / "kernels.py"
    shutil.copy(machine_code.SOURCE, source)
    monkeypatch.setattr(machine_code, "SOURCE", source)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    machine_code.load_kernels.cache_clear()
    yield source
    machine_code.load_kernels.cache_clear()
