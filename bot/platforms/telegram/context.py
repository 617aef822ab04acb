"""One command or button of one person in Telegram, as `bot.commands` sees it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from bot.chat.messages import Address, Ask, Person, Reply
from bot.chat.messenger import PlatformError, Unreachable
from bot.commands.access import may_speak
from bot.commands.command import Here, Services
from bot.commands.errors import NotHere
from bot.platforms.questions import question
from bot.platforms.telegram.faults import MessageGone
from bot.platforms.telegram.messenger import TelegramMessenger, in_private, private_of
from bot.platforms.telegram.sender import Sender, album_messages
from bot.platforms.telegram.whereabouts import is_chat
from bot.platforms.telegram.wording import ALERT_UNITS, count_units, cut, say_whole
from bot.store import PersonSettings, ServerRules
from bot.texts import Language, say

log = logging.getLogger(__name__)

PATIENCE_S = 300.0  # an answer waits for its turn in a busy chat, where it goes first
ACKNOWLEDGE_AFTER_S = 0.9  # until then words can still be an alert of the button; later they take a message
SENT_PRIVATELY, NOT_HERE, AS_I_SAID = "👌", "🙊", "🤷"  # reactions, which cost nobody's attention; Telegram knows these


class Press:
    """A pressed button that waits for its answer: once, and soon, or the client shows a clock."""

    def __init__(self, bot: Bot, query: str) -> None:
        self._bot, self.query = bot, query
        self._is_answered = False

    async def answer(self, text: str | None = None, *, url: str | None = None, briefly: bool = False) -> bool:
        """False if it had been answered before. That Telegram does not want the answer any more is no error.

        text: said to whoever pressed alone, until they close it; briefly: for some seconds. url: of our own private
        chat, which the client then opens.
        """
        if self._is_answered:
            return False
        self._is_answered = True
        is_alert = text is not None and not briefly
        try:
            await self._bot.answer_callback_query(self.query, text=text, show_alert=is_alert, url=url)
        except TelegramError as error:
            log.info("a button's answer was not taken: %s", type(error).__name__)
            return text is None and url is None  # what did not arrive has to be said in another way
        return True

    async def answer_soon(self) -> None:
        await asyncio.sleep(ACKNOWLEDGE_AFTER_S)
        await self.answer()


class TelegramContext:
    """A Context (see bot.chat). press: the button, if one was pressed. shown: its message, or our last answer.

    link: what stands behind "start=" to get the same answer in the private chat (see links.py).
    """

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
        here: Here,
        bot_name: str,
        on_answer: Callable[[], None] = lambda: None,
    ) -> None:
        self.services, self.person, self.address, self.language = services, person, address, language
        self.event_key, self.called = event_key, address.name or ""
        self.options: Mapping[str, Any] = {}
        self.likes, self.rules, self.here = PersonSettings(), ServerRules(), here
        self.press: Press | None = None
        self.pressed: str | None = None
        self.shown: str | None = None
        self.link = ""
        self._bot_name = bot_name
        self._sender, self._messenger, self._on_answer = sender, messenger, on_answer

    async def reply(self, reply: Reply) -> str | None:
        """A new message with everything that belongs to it; a refusal of a button is an alert.

        What is for one person alone goes into the private chat; in a topic that is closed to us, everything private.
        """
        self._on_answer()
        if _is_alert(reply) and await self._alert(reply):
            return None
        if (reply.private or reply.personal) and await self._whisper(reply):
            return None
        is_for_one = reply.personal or (reply.private and (reply.attachments or self._is_closed()))
        if is_for_one and self.address.guild is not None:
            return await self._reply_in_private(reply)
        if self.press is not None:
            await self.press.answer()
        elif await self._has_just_said(reply):
            return None
        try:
            return await self._post(self.address, reply)
        except Unreachable:  # a group that takes no words of ours
            await self._post(private_of(self.address), in_private(reply))
            return None

    async def ask(self, ask: Ask) -> None:
        """A message to be answered."""
        await self.reply(question(ask, self.language))

    async def confirm(self, reply: Reply, *, job: str) -> Address | None:
        """A message that becomes the result; where many ask a sign, or some words to whoever pressed."""
        self._on_answer()
        is_told = False
        if self.press is not None and self._messenger.is_crowded(self.address):
            is_told = await self.press.answer(cut(say_whole(reply), ALERT_UNITS), briefly=True)
        elif self.press is not None:
            await self.press.answer()
        address = await self._messenger.confirm(self.address, reply, job=job, patience_s=PATIENCE_S, is_told=is_told)
        self.shown = address.message
        return address

    async def _whisper(self, reply: Reply) -> bool:
        """Say it so that nobody else in the group sees it, where that is possible."""
        whispers, query = self._messenger.whispers, self.press.query if self.press is not None else None
        if whispers is None or not await whispers.say(self.address, reply, query=query, patience_s=PATIENCE_S):
            return False
        if self.press is not None:
            await self.press.answer()
        return True

    async def _has_just_said(self, reply: Reply) -> bool:
        """A group need not read the same refusal again and again: a sign says that it still holds."""
        if self.address.guild is None or not _is_alert(reply) or self.address.reply_to is None:
            return False
        if not self._messenger.was_said(self.address, say_whole(reply)):
            return False
        return await self._sender.react(self.address, self.address.reply_to, AS_I_SAID)

    def _is_closed(self) -> bool:
        try:
            may_speak(self)
        except NotHere:
            return True
        return False

    async def edit(self, reply: Reply) -> None:
        """The message of the button, or our last answer; a new one if it is gone."""
        self._on_answer()
        if self.press is not None:
            await self.press.answer()
        shown = self.pressed or self.shown
        if shown is None:
            await self.reply(reply)
            return
        try:
            await self._sender.edit(replace(self.address, message=shown), reply, patience_s=PATIENCE_S)
        except MessageGone:
            await self._post(self.address, reply)

    async def delete(self) -> None:
        """What cannot be deleted (Telegram: after 48 hours) loses at least its buttons."""
        self._on_answer()
        if self.press is not None:
            await self.press.answer()
        if self.pressed is None and self.shown is None:
            return
        shown = replace(self.address, message=self.pressed or self.shown)
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
        """Answer the button with the reply itself."""
        return self.press is not None and await self.press.answer(say_whole(reply))

    async def _post(self, address: Address, reply: Reply) -> str:
        """The main message, and the files that Telegram wants apart."""
        parts = self._messenger.parts(reply)
        first = await self._messenger.post(address, reply, patience_s=PATIENCE_S)
        for part in parts[1:]:
            await self._messenger.follow(replace(address, message=first), part, reply, patience_s=PATIENCE_S)
        self.shown = first
        return first

    async def _reply_in_private(self, reply: Reply) -> str | None:
        """What is for one person does not belong into a group; a bot may only write to those who wrote to it.

        Where it may not, one line with a link that opens the private chat and asks there; of a button the client opens
        it. A reaction says that the answer went there.
        """
        if not is_chat(self.person.id):
            try:
                return await self._write_to_person(reply)
            except PlatformError as error:
                log.info("a private answer did not reach the private chat: %s", type(error).__name__)
        link = f"https://t.me/{self._bot_name}?start={self.link or 'do_help'}"
        if self.press is not None and await self.press.answer(url=link):
            return None
        if self._is_closed():
            await self._react(NOT_HERE)
            return None
        text = say("telegram.write_privately", self.language, link=link)
        return await self._post(self.address, Reply(text, language=self.language))

    async def _write_to_person(self, reply: Reply) -> str:
        private = Address(self.address.platform, self.address.person, chat=self.person.id)
        shown = self.shown
        message = await self._post(private, reply)
        self.shown = shown  # what is edited later is here, not there
        if self.press is not None:
            await self.press.answer(say("telegram.sent_privately", self.language), briefly=True)
        else:
            await self._react(NOT_HERE if self._is_closed() else SENT_PRIVATELY)
        return message

    async def _react(self, emoji: str) -> None:
        """To the message that asked. A group may forbid it."""
        if self.address.reply_to is not None:
            await self._sender.react(self.address, self.address.reply_to, emoji)


def _is_alert(reply: Reply) -> bool:
    """Whether a reply is short enough, and for one person only, so that it can be a button's answer."""
    is_bare = reply.private and not reply.buttons and not reply.attachments
    return is_bare and count_units(say_whole(reply)) <= ALERT_UNITS
