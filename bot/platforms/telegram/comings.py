"""Coming into a group or channel, and leaving it: one welcome, and nothing kept of where the bot is no more.

Promises: the same coming is welcomed once, however often Telegram tells of it; a place that takes no words gets none,
and that is no error. A group that gets another id keeps its rules.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from telegram import ChatMemberRestricted, ChatMemberUpdated
from telegram.constants import ChatMemberStatus, ChatType

from bot.chat.messages import Address, Reply
from bot.chat.messenger import PlatformError
from bot.platforms.telegram.sender import Sender
from bot.platforms.telegram.whereabouts import NAME
from bot.store import Store, StoreError
from bot.texts import language_of, say

log = logging.getLogger(__name__)

INSIDE = (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)
PATIENCE_S = 30.0


@dataclass(frozen=True, kw_only=True)
class Comings:
    """bot_name: as it is mentioned in the welcome."""

    store: Store
    sender: Sender
    bot_name: str

    async def note(self, change: ChatMemberUpdated) -> None:
        """Somebody added the bot to a place, or took it out."""
        chat = change.chat
        if chat.type == ChatType.PRIVATE:  # blocked, or started again: that is said by what comes next
            return
        key = f"{NAME}:{chat.id}"
        try:
            if not _is_inside(change.new_chat_member):
                await self.store.servers.leave(key)
            elif not _is_inside(change.old_chat_member):
                await self.store.deliveries.tell_again(NAME, str(chat.id))
                if await self.store.servers.welcome(key):
                    await self._welcome(change)
        except (StoreError, PlatformError) as error:
            log.info("coming or leaving was not noted: %s", type(error).__name__)

    async def move(self, old: int, new: int) -> None:
        """A group became a supergroup."""
        try:
            await self.store.servers.move(f"{NAME}:{old}", f"{NAME}:{new}")
        except StoreError as error:
            log.warning("the rules of a group stay under its old id: %s", type(error).__name__)

    async def _welcome(self, change: ChatMemberUpdated) -> None:
        chat, language = change.chat, language_of(change.from_user.language_code)
        address = Address(NAME, str(change.from_user.id), chat=str(chat.id), guild=str(chat.id))
        is_channel = chat.type == ChatType.CHANNEL
        text = say("welcome.channel" if is_channel else "welcome.group", language, name=self.bot_name)
        reply = Reply(text, title=say("welcome.title", language), language=language)
        await self.sender.post(address, reply, patience_s=PATIENCE_S)


def _is_inside(member: object) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return bool(member.is_member)
    return getattr(member, "status", None) in INSIDE
