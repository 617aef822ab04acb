"""Words in a group that only one member sees: ephemeral messages, as the documentation of Bot API 10.3 has them.

Promises: what is meant for one person is never left standing for all. A server that does not know them would post the
words for everybody: they are taken away at once, and it is not tried again. A bot may whisper to whoever pressed one of
its buttons, and as an administrator to anybody; where it may not, today's way has to do.
Not covered: buttons and files; and Telegram does not promise that somebody who is offline gets to see them.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

from bot.chat.messages import Address, Reply
from bot.chat.messenger import PlatformError
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.sender import NO_PREVIEW, Sender
from bot.platforms.telegram.whereabouts import is_chat
from bot.platforms.telegram.wording import TEXT_UNITS, count_units, say_whole

log = logging.getLogger(__name__)

FORBIDDEN_S = 3600.0  # a group in which it was not possible is not asked again for so long


class Whispers:
    """is_known: whether this server knows ephemeral messages, as far as has been seen."""

    def __init__(self, line: Line, sender: Sender) -> None:
        self._line, self._sender = line, sender
        self.is_known = True
        self._not_before: dict[str, float] = {}

    async def say(self, address: Address, reply: Reply, *, query: str | None, patience_s: float) -> bool:
        """False if it has to be said in another way. query: the button that was pressed."""
        text = say_whole(reply)
        is_bare = not reply.buttons and not reply.attachments and count_units(text) <= TEXT_UNITS
        if not (self.is_known and is_bare and address.guild is not None and not is_chat(address.person)):
            return False
        if query is None and self._not_before.get(address.chat, 0.0) > time.monotonic():
            return False
        try:
            answer = await self._ask(address, text, query, patience_s)
        except PlatformError as error:
            log.info("an ephemeral message was not taken: %s", error)
            if query is None:
                self._not_before[address.chat] = time.monotonic() + FORBIDDEN_S
            return False
        return await self._is_private(address, answer)

    async def _ask(self, address: Address, text: str, query: str | None, patience_s: float) -> Any:
        receiver = {"receiver_user_id": int(address.person.rpartition(":")[2])}
        values = {
            "text": text,
            "link_preview_options": NO_PREVIEW,
            "message_thread_id": None if address.topic is None else int(address.topic),
            "ephemeral_message_parameters": receiver | ({} if query is None else {"callback_query_id": query}),
        }
        return await self._line.call(
            address.chat, lambda chat: self._line.ask("sendMessage", chat, values), patience_s=patience_s
        )

    async def _is_private(self, address: Address, answer: Any) -> bool:
        if "ephemeral_message_id" in answer:
            return True
        self.is_known = False
        log.warning("this server does not know ephemeral messages; they are not tried again")
        with suppress(PlatformError):
            await self._sender.delete(replace(address, message=str(int(answer["message_id"]))), patience_s=60.0)
        return False
