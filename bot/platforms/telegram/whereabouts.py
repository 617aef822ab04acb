"""Where somebody speaks on Telegram, and in whose name.

A group's administrators can speak anonymously, in the name of the group; people can speak in the name of a channel, and
a channel speaks for itself. Each of these is somebody of its own: Telegram does not say who is behind it. A button
always tells who pressed it.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import Any

from telegram import Message
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.chat.messages import Address, Person
from bot.chat.messenger import TryLater
from bot.commands.command import Elsewhere, Here
from bot.platforms.telegram.line import Line
from bot.texts import Language, clean, say

log = logging.getLogger(__name__)

NAME = "telegram"
_CHAT = re.compile(
    r"(?:(?:(?:https?://)?t\.me/|@)(?P<name>[A-Za-z]\w{3,31})|(?P<id>-[0-9]{1,20}))(?:/(?P<topic>[0-9]{1,20}))?",
    re.ASCII,
)
_GROUP = re.compile(r"-[0-9]{1,20}", re.ASCII)
GENERAL = "1"  # the topic that has no number of its own
INSIDE = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER)
MANAGERS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)


def speaker(message: Message) -> Person | None:
    """Who says this; None for other bots, and for what Telegram itself repeats."""
    if message.via_bot is not None or message.is_automatic_forward:
        return None
    if message.sender_chat is not None:
        return Person(NAME, str(message.sender_chat.id))
    user = message.from_user
    if user is None or user.is_bot:
        return None
    return Person(NAME, str(user.id), user.language_code)


def is_chat(person: str) -> bool:
    """Whether this is the id of a group or channel: nobody to whom one could write privately."""
    return person.startswith("-")


def here_of(line: Line, address: Address, *, bot_name: str, has_topics: bool) -> Here:
    """As far as commands need to know it. A group without topics has no places of its own."""
    invitation = f"https://t.me/{bot_name}?startgroup=new"

    async def find_place(named: str, language: Language) -> Elsewhere | None:
        if has_topics and named.isdecimal():
            there = _in_topic(Address(NAME, "", chat=address.chat, guild=address.guild), named)
            return Elsewhere(address=there, name=topic_name(named, language), within=(named,))
        return await _chat_called(line, named, person=address.person)

    async def manages(chat: str) -> bool:
        return _GROUP.fullmatch(chat) is not None and await is_manager(line, chat, address.person)

    if address.guild is None:
        return Here(invitation=invitation, find_place=find_place, manages=manages)

    async def is_managed() -> bool:
        return await is_manager(line, address.chat, address.person)

    async def hears_reactions() -> bool:
        return await is_manager(line, address.chat, str(line.bot.id))

    return Here(
        places=(address.topic or GENERAL,) if has_topics else (),
        name_of=topic_name,
        is_managed=is_managed,
        there=_in_topic,
        invitation=invitation,
        find_place=find_place,
        manages=manages,
        hears_reactions=hears_reactions,
        private_chat=None if is_chat(address.person) else address.person,
        shows_alone=False,
    )


async def _chat_called(line: Line, named: str, *, person: str) -> Elsewhere | None:
    """A group or channel by its @name, its address or its number, perhaps with a topic: "-1001/42". None for others,
    and where Telegram does not say.
    """
    found = _CHAT.fullmatch(named)
    if found is None:
        return None
    try:
        chat = await line.ask("getChat", found["id"] or f"@{found['name']}", {})
        where = str(int(chat["id"]))
        ours = await line.ask("getChatMember", where, {"user_id": line.bot.id})
        theirs = {} if is_chat(person) else await line.ask("getChatMember", where, {"user_id": int(person)})
        kind, title = str(chat["type"]), str(chat.get("title") or "")
    except (TelegramError, TryLater, TypeError, ValueError, KeyError) as error:
        log.info("a chat that was named is not known: %s", type(error).__name__)
        return None
    if kind == ChatType.PRIVATE:
        return None
    return Elsewhere(
        address=Address(NAME, "", chat=where, guild=where, topic=found["topic"]),
        name=clean(title) or named,
        bot_may_speak=_may_post(chat, ours),
        person_may_write=person == where or _may_post(chat, theirs),
    )


def _may_post(chat: Any, member: Any) -> bool:
    """By the rights that Telegram tells of a member."""
    status, is_channel = member.get("status"), chat["type"] == ChatType.CHANNEL
    if status == ChatMemberStatus.OWNER:
        return True
    if status == ChatMemberStatus.ADMINISTRATOR:
        return bool(member.get("can_post_messages")) if is_channel else True
    if is_channel:
        return False
    if status == ChatMemberStatus.RESTRICTED:
        return bool(member.get("is_member") and member.get("can_send_messages"))
    is_open = (chat.get("permissions") or {}).get("can_send_messages", True)
    return status == ChatMemberStatus.MEMBER and bool(is_open)


def _in_topic(address: Address, topic: str) -> Address:
    return replace(address, topic=None if topic == GENERAL else topic)


async def is_manager(line: Line, chat: str, person: str) -> bool:
    """Whether somebody administers a group or channel. False too where Telegram does not say."""
    if person == chat:  # only administrators may speak in its name
        return True
    if is_chat(person):
        return False
    try:
        member = await line.bot.get_chat_member(chat_id=line.chat(chat), user_id=int(person))
    except TelegramError as error:
        log.info("whether somebody administers a group is not known: %s", type(error).__name__)
        return False
    return member.status in MANAGERS


async def is_member(line: Line, chat: str, person: str) -> bool:
    """Whether somebody is in a group. False too where Telegram does not say."""
    try:
        member = await line.bot.get_chat_member(chat_id=line.chat(chat), user_id=int(person))
    except TelegramError as error:
        log.info("whether somebody is in a group is not known: %s", type(error).__name__)
        return False
    return member.status in INSIDE or bool(getattr(member, "is_member", False))


def topic_name(topic: str, language: Language) -> str:
    """For example "topic 42"; Telegram does not tell bots what they are called."""
    return say("server.topic_general", language) if topic == GENERAL else say("server.topic", language, id=topic)


def is_private(message: Message) -> bool:
    """Whether nobody else reads along."""
    return message.chat.type == ChatType.PRIVATE
