"""Where somebody speaks on Telegram, and in whose name.

A group's administrators can speak anonymously, in the name of the group; people can speak in the name of a channel, and
a channel speaks for itself. Each of these is somebody of its own: Telegram does not say who is behind it. A button
always tells who pressed it.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from telegram import Message
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.chat.messages import Address, Person
from bot.commands.command import Here
from bot.platforms.telegram.line import Line
from bot.texts import Language, say

log = logging.getLogger(__name__)

NAME = "telegram"
GENERAL = "1"  # the topic that has no number of its own
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
    if address.guild is None:
        return Here(invitation=invitation)

    async def is_managed() -> bool:
        return await is_manager(line, address.chat, address.person)

    return Here(
        places=(address.topic or GENERAL,) if has_topics else (),
        name_of=topic_name,
        is_managed=is_managed,
        there=_in_topic,
        invitation=invitation,
    )


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


def topic_name(topic: str, language: Language) -> str:
    """For example "topic 42"; Telegram does not tell bots what they are called."""
    return say("server.topic_general", language) if topic == GENERAL else say("server.topic", language, id=topic)


def is_private(message: Message) -> bool:
    """Whether nobody else reads along."""
    return message.chat.type == ChatType.PRIVATE
