"""What holds for all tests: the developer's own settings do not count."""

import os

import pytest


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
