"""One command or button of one person in Telegram, as `bot.commands` sees it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from bot.chat.messages import Address, Person, Reply
from bot.chat.messenger import PlatformError, Unreachable
from bot.commands.command import Services
from bot.platforms.telegram.faults import MessageGone
from bot.platforms.telegram.messenger import TelegramMessenger
from bot.platforms.telegram.sender import Sender, album_messages
from bot.platforms.telegram.wording import ALERT_UNITS, count_units, say_whole
from bot.store import PersonSettings
from bot.texts import Language, say

log = logging.getLogger(__name__)

PATIENCE_S = 30.0  # an answer waits for its turn in a busy chat
ACKNOWLEDGE_AFTER_S = 0.7  # until then a refusal can still be an alert of the button


class Press:
    """A pressed button that waits for its answer: once, and soon, or the client shows a clock."""

    def __init__(self, bot: Bot, query: str) -> None:
        self._bot, self._query = bot, query
        self._is_answered = False

    async def answer(self, alert: str | None = None) -> bool:
        """False if it had been answered before. That Telegram does not want the answer any more is no error."""
        if self._is_answered:
            return False
        self._is_answered = True
        try:
            await self._bot.answer_callback_query(self._query, text=alert, show_alert=alert is not None)
        except TelegramError as error:
            log.info("a button's answer was not taken: %s", type(error).__name__)
            return alert is None  # an alert that did not arrive has to be said in another way
        return True

    async def answer_soon(self) -> None:
        await asyncio.sleep(ACKNOWLEDGE_AFTER_S)
        await self.answer()


class TelegramContext:
    """A Context (see bot.chat). press: the button, if one was pressed. shown: its message, or our last answer."""

    def __init__(
        self,
        *,
        services: Services,
        sender: Sender,
        messenger: TelegramMessenger,
        person: Person,
        address: Address,
        language: Language,
        event_key: str,
        on_answer: Callable[[], None] = lambda: None,
    ) -> None:
        self.services, self.person, self.address, self.language = services, person, address, language
        self.event_key = event_key
        self.options: Mapping[str, Any] = {}
        self.likes = PersonSettings()
        self.press: Press | None = None
        self.pressed: str | None = None
        self.shown: str | None = None
        self._sender, self._messenger, self._on_answer = sender, messenger, on_answer

    async def reply(self, reply: Reply) -> str | None:
        """A new message with everything that belongs to it; a refusal of a button is an alert."""
        self._on_answer()
        if await self._alert(reply):
            return None
        if reply.private and reply.attachments and self.address.guild is not None:
            return await self._reply_in_private(reply)
        return await self._post(self.address, reply)

    async def edit(self, reply: Reply) -> None:
        """The message of the button, or our last answer; a new one if it is gone."""
        self._on_answer()
        if self.press is not None:
            await self.press.answer()
        if self.shown is None:
            await self.reply(reply)
            return
        try:
            await self._sender.edit(replace(self.address, message=self.shown), reply, patience_s=PATIENCE_S)
        except MessageGone:
            await self._post(self.address, reply)

    async def delete(self) -> None:
        """What cannot be deleted (Telegram: after 48 hours) loses at least its buttons."""
        self._on_answer()
        if self.press is not None:
            await self.press.answer()
        if self.shown is None:
            return
        shown = replace(self.address, message=self.shown)
        try:
            await self._sender.delete(shown, patience_s=PATIENCE_S)
        except (MessageGone, Unreachable):
            await self._take_buttons_away(shown)

    async def remove(self, message: str) -> bool:
        """All messages of an album, if it is one. What stays (Telegram: after 48 hours) loses its buttons."""
        are_gone = True
        for number in album_messages(message):
            old = replace(self.address, message=number)
            try:
                await self._sender.delete(old, patience_s=PATIENCE_S)
            except (MessageGone, Unreachable):
                await self._take_buttons_away(old)
                are_gone = False
        return are_gone

    async def _take_buttons_away(self, shown: Address) -> None:
        try:
            await self._sender.clear_buttons(shown, patience_s=PATIENCE_S)
        except (MessageGone, Unreachable):
            log.info("a message that should go is gone already, or out of reach")

    async def _alert(self, reply: Reply) -> bool:
        """Answer the button, with the reply itself if it is short and for this person only."""
        if self.press is None:
            return False
        text = say_whole(reply)
        is_alert = reply.private and not reply.buttons and not reply.attachments and count_units(text) <= ALERT_UNITS
        return await self.press.answer(text if is_alert else None) and is_alert

    async def _post(self, address: Address, reply: Reply) -> str:
        """The main message, and the files that Telegram wants apart."""
        parts = self._messenger.parts(reply)
        first = await self._messenger.post(address, reply, patience_s=PATIENCE_S)
        for part in parts[1:]:
            await self._messenger.follow(replace(address, message=first), part, reply, patience_s=PATIENCE_S)
        self.shown = first
        return first

    async def _reply_in_private(self, reply: Reply) -> str | None:
        """Files for one person do not belong into a group; a bot may only write to those who wrote to it."""
        private = Address(self.address.platform, self.address.person, chat=self.person.id)
        try:
            await self._post(private, reply)
            key = "telegram.sent_privately"
        except PlatformError:
            key = "telegram.write_privately"
        return await self._post(self.address, Reply(say(key, self.language), language=self.language))
