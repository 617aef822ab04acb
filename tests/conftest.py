"""What holds for all tests: the developer's own settings do not count."""

import gc
import os
from importlib.util import find_spec
from pathlib import Path

import pytest

WAITING = Path(__file__).with_name("e2e")  # for other processes, most of the time


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """The thousands of tests stay as long as the run: nobody need look again and again whether they are garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Files whose tests wait are spread among those that compute: several files run at a time, on as few processors."""
    files = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    computing = [path for path in files if WAITING not in path.parents]
    waiting = [path for path in files if WAITING in path.parents]
    places = {path: number for number, path in enumerate(computing)}
    places |= {path: number * len(computing) / len(waiting) - 0.5 for number, path in enumerate(waiting)}
    items[:] = [item for path in sorted(files, key=places.__getitem__) for item in files[path]]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    """Take every NOTABOT_ variable out of the environment."""
    for name in list(os.environ):
        if name.startswith("NOTABOT_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def no_scenes(monkeypatch):
    """What an extra adds is not there: a network of 32 MB would read the words of every test."""
    monkeypatch.setattr("generator.wishes.scenes.PACKAGE", "no_such_package")


@pytest.fixture(autouse=True)
def no_ears(monkeypatch):
    """Nobody listens to recordings, whether the extra is installed or not: tests of hearing ask for `ears`."""
    monkeypatch.setattr("renderers.score.hum.recordings.PACKAGES", ("no_such_package",))


@pytest.fixture
def ears(no_ears, monkeypatch):
    """The extra that listens, really; without it the test is skipped."""
    packages = ("av", "swift_f0")
    if any(find_spec(name) is None for name in packages):
        pytest.skip("the extra hum is not installed")
    monkeypatch.setattr("renderers.score.hum.recordings.PACKAGES", packages)
