"""A small Bot API, and our side of the line to it."""

import io
from contextlib import asynccontextmanager

import pytest
from PIL import Image

from bot.chat.messages import Action, Address, Attachment, Button, Reply
from bot.platforms.telegram import pace as pace_module
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.messenger import TelegramMessenger
from bot.platforms.telegram.pace import Pace
from tests.fakes.telegram import TOKEN, open_fake_telegram


@pytest.fixture
async def telegram():
    async with open_fake_telegram() as fake:
        yield fake


@pytest.fixture
def quick(monkeypatch):
    """Chats take any number of messages, and progress may be shown at any time."""
    monkeypatch.setattr(pace_module, "CHAT_BURST", 1000)
    monkeypatch.setattr(pace_module, "PROGRESS_PRIVATE_S", 0.0)
    monkeypatch.setattr(pace_module, "PROGRESS_GROUP_S", 0.0)


@asynccontextmanager
async def open_line(telegram, pace=None):
    line = Line(
        TOKEN, api_url=telegram.base, pace=pace or Pace(messages_per_s=1000, messages_per_group_per_minute=1000)
    )
    try:
        yield line
    finally:
        await line.close()


@pytest.fixture
async def line(telegram, quick):
    async with open_line(telegram) as line:
        yield line


@pytest.fixture
def messenger(line):
    return TelegramMessenger(line)


@pytest.fixture
def ann(telegram):
    return telegram.person(77, "Ann")


@pytest.fixture
def to_ann(ann):
    return Address("telegram", "77", chat="77")


def png(width=60, height=80, colour="white"):
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def page(number, **size):
    name = f"chopin_keyboard_20261121_142312_k3f9_p{number}.png"
    return Attachment(name, "picture", data=png(**size), description=f"Page {number} of the score")


@pytest.fixture
def make_result(tmp_path):
    """A result with all that belongs to one; pages: how many."""
    cover = tmp_path / "cover.png"
    cover.write_bytes(png(800, 1100))

    def make(pages=1):
        stem = "chopin_keyboard_20261121_142312_k3f9"
        files = [Attachment(f"{stem}.{ending}", "document", data=ending.encode()) for ending in ("mid", "xml", "abc")]
        audio = Attachment(
            f"{stem}.mp3", "audio", data=b"ID3", title="Nocturne", performer="Notabot", duration_s=31.6, cover=cover
        )
        return Reply(
            "Chopin, keyboard · A minor · 3/4",
            title="Nocturne in the style of Chopin",
            buttons=[
                [Button("Again", Action("again", "k3f9"))],
                [Button("Delete", Action("delete", "k3f9"), "danger")],
            ],
            attachments=[page(1), audio, *files, *(page(number) for number in range(2, pages + 1))],
        )

    return make
