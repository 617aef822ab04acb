"""A piece as one rich message: pages to leaf through, headline and caption, player; the buttons below as ever.

Rich messages are newer than the library (Bot API 10.1 and 10.2), so they are written here as the documentation of
`sendRichMessage`, `editMessageText` and `InputRichMessage` has them. A message of text can be edited into one, and the
same again changes nothing.
Not covered: what a server does that does not know them; see `RichRefused`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from telegram import InputFile
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.chat.messages import Address, Attachment, Reply
from bot.chat.messenger import PlatformError
from bot.platforms.telegram.faults import FileRefused, translate
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.media import is_photo
from bot.platforms.telegram.pace import Rank
from bot.platforms.telegram.wording import keyboard, quote

MOST_PAGES = 10
HEADING_SIZE = 4  # of 1 to 6, which is the smallest


class RichRefused(PlatformError):
    """A server, or a chat, that takes no rich messages."""


def can_be_rich(reply: Reply) -> bool:
    """Whether there is anything that today's way takes several messages for: pages, and what can be heard."""
    kinds = {each.kind for each in reply.attachments}
    return "picture" in kinds and bool(kinds & {"audio"} or len(_pages(reply)) > 1)


def whole(reply: Reply) -> Reply:
    """What a rich message holds of a reply: pages and one player. Documents are files of their own."""
    return Reply(
        reply.text,
        title=reply.title,
        buttons=reply.buttons,
        attachments=(*_pages(reply), *_audio(reply)),
        private=reply.private,
        language=reply.language,
    )


class RichSender:
    """All methods raise PlatformError: RichRefused where today's way has to do, FileRefused where it has to do once."""

    def __init__(self, line: Line, rank: Rank) -> None:
        self._line, self._rank = line, rank

    async def post(self, address: Address, reply: Reply, *, patience_s: float) -> str:
        """A new message; returns its id."""
        where: dict[str, Any] = {"message_thread_id": None if address.topic is None else int(address.topic)}
        if address.reply_to is not None:
            where["reply_parameters"] = {
                "message_id": int(address.reply_to),
                "allow_sending_without_reply": True,
            }
        answer = await self._call("sendRichMessage", address, reply, where, patience_s)
        return str(int(answer["message_id"]))

    async def edit(self, address: Address, reply: Reply, *, patience_s: float) -> None:
        """Change the message that `address` names. Raises MessageGone, NotModified too."""
        assert address.message is not None
        await self._call("editMessageText", address, reply, {"message_id": int(address.message)}, patience_s)

    async def _call(
        self, method: str, address: Address, reply: Reply, where: Mapping[str, Any], patience_s: float
    ) -> Any:
        values = {**await asyncio.to_thread(_message, reply), **where, "reply_markup": keyboard(reply.buttons)}

        async def act(chat: str) -> Any:
            try:
                return await self._line.ask(method, chat, values)
            except (BadRequest, InvalidToken) as error:  # a method that it does not know is a 404, like a wrong token
                raise _meaning(error) from error

        return await self._line.call(address.chat, act, patience_s=patience_s, rank=self._rank)


def _meaning(error: TelegramError) -> PlatformError | TelegramError:
    """What has a meaning of its own keeps it; else it is the richness that was refused."""
    meant = translate(error)
    is_known = type(meant) is not PlatformError and not isinstance(error, InvalidToken)
    return error if is_known else RichRefused(str(error))


def _pages(reply: Reply) -> Sequence[Attachment]:
    return [each for each in reply.attachments if each.kind == "picture"][:MOST_PAGES]


def _audio(reply: Reply) -> Sequence[Attachment]:
    return [each for each in reply.attachments if each.kind == "audio"][:1]


def _message(reply: Reply) -> dict[str, Any]:
    """The parameters that say what is in it; its files stand beside it. Raises OSError, FileRefused."""
    files: dict[str, InputFile] = {}
    pages = [_page(file, files) for file in _pages(reply)]
    blocks: list[dict[str, Any]] = [{"type": "slideshow", "blocks": pages}] if len(pages) > 1 else pages
    if reply.title:
        blocks.append({"type": "heading", "text": quote(reply.title), "size": HEADING_SIZE})
    blocks += [{"type": "paragraph", "text": quote(line)} for line in reply.text.splitlines() if line.strip()]
    blocks += [_player(file, files) for file in _audio(reply)]
    return {"rich_message": {"blocks": blocks, "skip_entity_detection": True}, **files}


def _page(page: Attachment, files: dict[str, InputFile]) -> dict[str, Any]:
    content = page.read()
    if not is_photo(content):
        raise FileRefused("a page is no photo for Telegram")
    return {"type": "photo", "photo": {"type": "photo", "media": _attach(page, content, files)}}


def _player(audio: Attachment, files: dict[str, InputFile]) -> dict[str, Any]:
    about: dict[str, Any] = {"type": "audio", "media": _attach(audio, audio.read(), files)}
    about |= {name: quote(value) for name, value in (("title", audio.title), ("performer", audio.performer)) if value}
    if audio.duration_s is not None:
        about["duration"] = round(audio.duration_s)
    return {"type": "audio", "audio": about}


def _attach(file: Attachment, content: bytes, files: dict[str, InputFile]) -> str:
    name = f"file{len(files)}"
    files[name] = InputFile(content, filename=file.name)
    return f"attach://{name}"
