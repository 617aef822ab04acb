"""The message that somebody points at with the message menu: which piece it shows, or which score."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from bot.chat.messages import SentFile
from bot.platforms.discord.talk import may_be_score
from bot.platforms.downloading import download

_PIECE_IN_NAME = re.compile(r"_[0-9]{8}_[0-9]{6}_([0-9a-z]{1,20})(?:_[a-z0-9]{1,10})?\.[a-z0-9]+", re.ASCII)
_PIECE_IN_BUTTON = re.compile(r"v1:(?:again|hotter|cooler|pdf|files|details|delete):([0-9a-z]{1,20})", re.ASCII)


def find_score(data: Any) -> SentFile | None:
    """A file of the message that may be a score."""
    messages: Sequence[Any] = tuple(data.get("resolved", {}).get("messages", {}).values())
    files = [file for message in messages for file in message.get("attachments", ())]
    for file in files:
        if may_be_score(str(file.get("filename", "")), file.get("content_type")):
            size = file.get("size")
            fetch = partial(download, str(file.get("url", "")))
            return SentFile(
                name=str(file.get("filename", "")), size=size if isinstance(size, int) else None, fetch=fetch
            )
    return None


def find_piece(data: Any) -> str | None:
    """The id of the piece that a message shows: in the names of its files, else in its buttons."""
    messages: Sequence[Any] = tuple(data.get("resolved", {}).get("messages", {}).values())
    for message in messages:
        for attachment in message.get("attachments", ()):
            if found := _PIECE_IN_NAME.search(attachment.get("filename", "")):
                return found[1]
        for row in message.get("components", ()):
            for button in row.get("components", ()):
                if found := _PIECE_IN_BUTTON.match(button.get("custom_id", "")):
                    return found[1]
    return None
