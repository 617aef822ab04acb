"""The fakes, and the real bot in a process of its own."""

from __future__ import annotations

import pytest

from tests.fakes.discord import open_fake_discord
from tests.fakes.telegram import open_fake_telegram


@pytest.fixture
async def fake_discord():
    """What the bot sent that Discord would not take fails the test."""
    async with open_fake_discord() as fake:
        yield fake
        assert fake.complaints == []


@pytest.fixture
async def fake_telegram():
    async with open_fake_telegram() as fake:
        yield fake
