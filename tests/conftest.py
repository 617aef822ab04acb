"""What holds for all tests: the developer's own settings do not count."""

import os

import pytest


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    """Take every NOTABOT_ variable out of the environment."""
    for name in list(os.environ):
        if name.startswith("NOTABOT_"):
            monkeypatch.delenv(name)
