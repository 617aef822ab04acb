"""One message that somebody wrote to the bot, as `bot.commands` sees it: answered by messages, as the bot itself.

Discord can show a message to one person alone only where an interaction asked for it. So what is for one person alone
goes into the private talk, other private answers into the channel, with buttons that only this person may press; where
the channel is closed to the bot, everything goes into the private talk.
Raises TryLater and Unreachable, which are PlatformErrors.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord

from bot.chat.messages import Address, Ask, Person, Reply
from bot.chat.messenger import PlatformError
from bot.commands.access import may_speak
from bot.commands.command import Here, Services
from bot.commands.errors import NotHere
from bot.platforms.discord.messenger import pack, post
from bot.platforms.discord.wire import UNKNOWN_MESSAGE, DiscordRefused, Wire
from bot.platforms.questions import question
from bot.store import PersonSettings, ServerRules
from bot.texts import Language, language_of, say

log = logging.getLogger(__name__)

SENT_PRIVATELY, NOT_HERE = "👌", "🙊"


class AnsweringContext:
    """A `bot.chat.Context`."""

    def __init__(
        self, message: discord.Message, *, wire: Wire, services: Services, here: Here, locale: str | None
    ) -> None:
        guild = message.guild
        self.services, self.here = services, here
        self.options: Mapping[str, Any] = {}
        self.likes, self.rules = PersonSettings(), ServerRules()
        # Discord tells the language of somebody's client only with an interaction; that of the server is the next best.
        self.person = Person("discord", str(message.author.id), locale)
        self.language: Language = language_of(locale or (str(guild.preferred_locale) if guild is not None else None))
        edited = message.edited_at
        self.event_key = f"discord:{message.id}" + (f":{edited.timestamp():.0f}" if edited is not None else "")
        self.pressed: str | None = None
        self.called = message.author.display_name
        self.address = Address(
            "discord",
            self.person.id,
            str(message.channel.id),
            guild=str(guild.id) if guild is not None else None,
            file_limit=guild.filesize_limit if guild is not None else None,
            called=self.called,
        )
        self._wire, self._answers_to, self._stem = wire, str(message.id), str(message.id)
        allowed = message.channel.permissions_for(guild.me) if guild is not None else None
        self._is_shown_as_answer = allowed is not None and allowed.read_message_history
        self._said = 0
        self._last: tuple[str, str] | None = None

    async def reply(self, reply: Reply) -> str | None:
        """A new message, here or in the private talk."""
        self._said += 1
        nonce = f"{self._stem}.{self._said}"[-25:]
        is_for_one = reply.personal or (reply.private and (bool(reply.attachments) or self._is_closed()))
        if is_for_one and self.address.guild is not None:
            return await self._reply_privately(reply, nonce)
        chat, message = await post(
            self._wire,
            self.address,
            reply,
            nonce=nonce,
            is_late=False,
            owner=self._owner(reply),
            answers=self._answered(),
        )
        self._last = chat, message
        self.address = replace(self.address, chat=chat)
        return message

    async def confirm(self, reply: Reply, *, job: str) -> Address | None:
        """A message that becomes the result."""
        message = await self.reply(reply)
        return None if message is None else replace(self.address, message=message)

    async def ask(self, ask: Ask) -> None:
        """A message to be answered."""
        await self.reply(question(ask, self.language))

    async def edit(self, reply: Reply) -> None:
        """The last answer; without one this is the answer."""
        if self._last is None:
            await self.reply(reply)
            return
        chat, message = self._last
        await self._wire.edit(chat, message, await pack(reply, limit=self.address.file_limit, owner=self._owner(reply)))

    async def delete(self) -> None:
        """No button was pressed, so there is nothing to remove."""

    async def remove(self, message: str) -> bool:
        """As the bot itself."""
        try:
            await self._wire.delete(self.address.chat, message)
        except DiscordRefused as error:
            return error.code == UNKNOWN_MESSAGE
        return True

    def _is_closed(self) -> bool:
        try:
            may_speak(self)
        except NotHere:
            return True
        return False

    def _answered(self) -> str | None:
        """In a server it is shown who is meant, where the bot may see earlier messages."""
        return self._answers_to if self._is_shown_as_answer else None

    def _owner(self, reply: Reply) -> str | None:
        return self.person.id if reply.private and self.address.guild is not None else None

    async def _reply_privately(self, reply: Reply, nonce: str) -> str | None:
        try:
            _, message = await post(self._wire, self.address, reply, nonce=nonce, private=True)
        except PlatformError as error:
            log.info("a private answer did not reach the private talk: %s", type(error).__name__)
            if self._is_closed():
                await self._react(NOT_HERE)
                return None
            text = say("discord.write_privately", self.language)
            _, message = await post(
                self._wire, self.address, Reply(text, language=self.language), nonce=nonce, is_late=False
            )
            return message
        await self._react(NOT_HERE if self._is_closed() else SENT_PRIVATELY)
        return message

    async def _react(self, emoji: str) -> None:
        """To the message that asked. A server may forbid it."""
        try:
            await self._wire.react(self.address.chat, self._answers_to, emoji)
        except PlatformError as error:
            log.info("a reaction was not taken: %s", type(error).__name__)
