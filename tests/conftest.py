"""What holds for all tests: the developer's own settings do not count."""

import gc
import os
from importlib.util import find_spec

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """The thousands of tests stay as long as the run: nobody need look again and again whether they are garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


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
