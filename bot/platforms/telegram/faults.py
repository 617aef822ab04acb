"""What Telegram's errors mean for us.

PlatformError (bot.chat)
├── TryLater, Unreachable   as jobs know them
├── NotModified             the message already says so: for us a success
├── MessageGone             there is no such message (any more), or it cannot be changed
├── NoText                  the message has a picture, so only its caption can change
└── FileRefused             Telegram does not take the file; words may still arrive
    └── FilesForbidden      this chat does not take such files; whoever runs it can change that
"""

from __future__ import annotations

import datetime as dt

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.chat.messenger import PlatformError, TryLater, Unreachable
from bot.platforms.telegram.requests import NOT_SENT


class NotModified(PlatformError):
    """The message is like that already."""


class MessageGone(PlatformError):
    """There is no such message."""


class NoText(PlatformError):
    """The message is a picture or a file."""


class FileRefused(PlatformError):
    """A file was not taken: too large, or not a picture for Telegram."""


class FilesForbidden(FileRefused):
    """Such files are not allowed in the chat."""


# What Telegram says in 400s, as far as we can do something about it.
_MEANINGS: tuple[tuple[str, type[PlatformError]], ...] = (
    ("message is not modified", NotModified),
    ("message to edit not found", MessageGone),
    ("message can't be edited", MessageGone),
    ("message to delete not found", MessageGone),
    ("message can't be deleted", MessageGone),
    ("message_id_invalid", MessageGone),
    ("there is no text in the message", NoText),
    ("too large", FileRefused),
    ("too big", FileRefused),
    ("photo_", FileRefused),
    ("image_process_failed", FileRefused),
    ("not enough rights to send text", Unreachable),
    ("not enough rights to send", FilesForbidden),
    ("chat_send_plain_forbidden", Unreachable),
    ("chat_send_", FilesForbidden),
    ("chat not found", Unreachable),
    ("not enough rights", Unreachable),
    ("have no rights", Unreachable),
    ("chat_write_forbidden", Unreachable),
    ("chat_restricted", Unreachable),
    ("topic_closed", Unreachable),
    ("thread not found", Unreachable),
    ("deactivated", Unreachable),
    ("peer_id_invalid", Unreachable),
)


def seconds_to_wait(error: RetryAfter) -> float:
    """As Telegram asked; python-telegram-bot gives a number or a timedelta."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)


def translate(error: TelegramError) -> PlatformError:
    """The same as one of ours. What Telegram says does not hold the token, except where it refuses it."""
    said = str(error).lower()
    if isinstance(error, RetryAfter):
        return TryLater("flood control", after_s=seconds_to_wait(error), sent=False)
    if isinstance(error, ChatMigrated):
        return TryLater("the group has a new id", sent=False)
    if isinstance(error, InvalidToken):
        return TryLater("the token is refused", sent=False)
    if isinstance(error, Forbidden):
        return Unreachable(str(error))
    for words, meaning in _MEANINGS:
        if words in said:
            return meaning(str(error))
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        return TryLater(str(error), sent=not isinstance(error.__cause__, NOT_SENT))
    return PlatformError(f"Telegram refuses what we sent: {error}")  # a mistake of ours
