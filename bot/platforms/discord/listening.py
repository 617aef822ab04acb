"""Answers what people write to the bot without a command of Discord's: see `talk.py` for what is meant for it.

Promises: a message that was corrected within an hour is read again, if it now says something else. The language is that
of the person's client, as far as it was heard of since the start.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import discord

from bot.commands.changing import ABOUT, takes_piece
from bot.commands.command import Registry, Services
from bot.commands.running import refuse, run_answer, run_command
from bot.commands.said import COMPOSE
from bot.commands.words import find_command, read_said, read_words
from bot.errors import BadInput
from bot.platforms.discord.answering import AnsweringContext
from bot.platforms.discord.halls import Halls
from bot.platforms.discord.talk import piece_answered, question_answered, read_message
from bot.platforms.discord.whereabouts import here_of
from bot.platforms.discord.wire import Wire

REMEMBERED = 2000  # messages and people
CORRECTED_WITHIN_S = 3600.0


class Listener:
    """Belongs to a platform and outlives its connections."""

    def __init__(self, registry: Registry, services: Services, wire: Wire, halls: Halls) -> None:
        self._registry, self._services, self._wire, self._halls = registry, services, wire, halls
        self._lines: OrderedDict[int, str] = OrderedDict()  # of messages, in case they are corrected
        self._locales: OrderedDict[int, str] = OrderedDict()  # of people, as their clients said last

    async def read(self, client: discord.Client, message: discord.Message) -> None:
        """Answer a message that is for us, also one that was corrected; all others are left alone."""
        bot = client.user.id if client.user is not None else 0
        if (asked := question_answered(message, bot=bot)) is not None and self._is_news(message, message.content):
            await run_answer(self._registry, asked, message.content, self._context(client, message))
            return
        try:
            said = read_message(message, bot=bot, registry=self._registry, catalogue=self._services.catalogue)
        except BadInput as error:
            await refuse(self._context(client, message), error)
            return
        if said is None or not self._is_news(message, said.line):
            return
        context = self._context(client, message)
        try:
            command, words = find_command(self._registry, said.line)
            is_said = command.name == COMPOSE and said.is_spoken
            options = (read_said if is_said else read_words)(command, words, file=said.file)
            about = piece_answered(message) if is_said or takes_piece(command) else None
            context.options = options if about is None else {**options, ABOUT: about}
        except Exception as error:  # of whatever kind: it is explained, or logged and given a number
            await refuse(context, error)
            return
        await run_command(command, context)

    def _is_news(self, message: discord.Message, line: str) -> bool:
        """Whether a message says something that it did not say before, and soon enough to be a correction."""
        known = self._lines.get(message.id)
        self._lines[message.id] = line
        while len(self._lines) > REMEMBERED:
            self._lines.popitem(last=False)
        if message.edited_at is None:
            return True
        return known != line and (message.edited_at - message.created_at).total_seconds() <= CORRECTED_WITHIN_S

    def _context(self, client: discord.Client, message: discord.Message) -> AnsweringContext:
        return AnsweringContext(
            message,
            wire=self._wire,
            services=self._services,
            here=here_of(client, message, self._halls),
            locale=self._locales.get(message.author.id),
        )

    def locale_of(self, person: int) -> str | None:
        """What somebody's client spoke last."""
        return self._locales.get(person)

    def learn_locale(self, interaction: discord.Interaction[Any]) -> None:
        """What somebody's client speaks."""
        self._locales[interaction.user.id] = str(interaction.locale)
        self._locales.move_to_end(interaction.user.id)
        while len(self._locales) > REMEMBERED:
            self._locales.popitem(last=False)
