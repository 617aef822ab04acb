"""What people write to the bot on Discord without a command: in a private talk, with a mention, as an answer to it.

Promises: no privileged intent is needed, because Discord shows a bot the words of just these messages; all others come
empty and are left alone. In a server an answer that does not mention the bot by name is read only if it asks for music.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

import discord

from bot.chat.messages import SentFile, asked_in
from bot.commands.changing import piece_in
from bot.commands.command import Registry
from bot.commands.errors import NotWords
from bot.commands.said import COMPOSE, is_wish, said_line
from bot.platforms.downloading import download
from bot.platforms.owning import disowned
from generator.catalogue.catalogue import Catalogue
from renderers import formats
from renderers.score.hum import has_ears

HELP, RENDER = "help", "render"
MEDIA, SOUND = ("image/", "audio/", "video/"), "audio/"
MIDI = ("audio/midi", "audio/x-midi", "audio/mid")
MIDI_ENDINGS = (formats.MIDI.ending, ".midi", ".kar")


@dataclass(frozen=True, kw_only=True)
class Said:
    """line: the command that a message stands for. is_spoken: it was said without a command, so it may be talk.

    file: the score that came with it, or that it answers.
    """

    line: str
    is_spoken: bool = True
    file: SentFile | None = None


def read_message(message: discord.Message, *, bot: int, registry: Registry, catalogue: Catalogue) -> Said | None:
    """None if it is not for us. Raises NotWords for what is, and is neither words nor a score."""
    if message.author.bot or message.webhook_id is not None:
        return None
    is_ours = message.guild is None
    mention = re.compile(rf"<@!?{bot}>")
    is_mentioned = mention.search(message.content) is not None
    is_answer = not is_mentioned and any(user.id == bot for user in message.mentions)
    if not (is_ours or is_mentioned or is_answer):
        return None
    text = " ".join(mention.sub(" ", message.content).split())
    file = score_in(message) or _answered_score(message)
    if not text:
        if file is not None:
            return Said(line=f"/{RENDER}", file=file)
        _refuse_media(message)
        return Said(line=f"/{HELP}") if is_mentioned else None
    if is_ours or is_mentioned:
        has_file = score_in(message) is not None
        line = said_line(registry, catalogue, text, has_file=has_file)
        return Said(line=line, is_spoken=not text.startswith("/"), file=file)
    return Said(line=f"/{COMPOSE} {text}", file=file) if is_wish(catalogue, text) else None


def score_in(message: discord.Message) -> SentFile | None:
    """The first file that may be a score; whether it is one is told by its content."""
    found = next((each for each in message.attachments if may_be_score(each.filename, each.content_type)), None)
    if found is None:
        return None
    return SentFile(name=found.filename, size=found.size, fetch=partial(download, found.url))


def _answered_score(message: discord.Message) -> SentFile | None:
    answered = message.reference.resolved if message.reference is not None else None
    return score_in(answered) if isinstance(answered, discord.Message) else None


def question_answered(message: discord.Message, *, bot: int) -> str | None:
    """The action that a question of ours asks for, if this is the answer to one."""
    answered = message.reference.resolved if message.reference is not None else None
    if not isinstance(answered, discord.Message) or answered.author.id != bot or not message.content:
        return None
    said = answered.content or next((embed.description or "" for embed in answered.embeds), "")
    return asked_in(said.replace("\\", ""))


def piece_answered(message: discord.Message) -> str | None:
    """The piece below which the buttons of an answered message of ours are."""
    answered = message.reference.resolved if message.reference is not None else None
    if not isinstance(answered, discord.Message):
        return None
    rows = (row for row in answered.components if isinstance(row, discord.ActionRow))
    buttons = (button for row in rows for button in row.children if isinstance(button, discord.Button))
    return piece_in(disowned(button.custom_id)[0] for button in buttons if button.custom_id)


def may_be_score(name: str, content_type: str | None) -> bool:
    """By what Discord says of a file: it is no picture or film, and a recording only where the bot has ears."""
    kind = (content_type or "").partition(";")[0]
    if name.lower().endswith(MIDI_ENDINGS) or kind in MIDI:
        return True
    if kind.startswith(SOUND):
        return has_ears()
    return not kind.startswith(MEDIA)


def _refuse_media(message: discord.Message) -> None:
    if message.stickers:
        raise NotWords(reason="sticker")
    for file in message.attachments:
        kind = (file.content_type or "").partition("/")[0]
        raise NotWords(reason={"image": "photo", "audio": "voice"}.get(kind, "other"))
