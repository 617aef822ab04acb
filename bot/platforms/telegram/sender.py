"""Messages to a chat: one with text or a picture, its edits, and the files that follow it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from telegram import (
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.error import TelegramError

from bot.chat.messages import Address, Attachment, Reply
from bot.platforms.telegram.faults import NoText, NotModified
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.links import address_of, link_to_piece
from bot.platforms.telegram.media import Shown, is_photo, make_cover, read_file, read_shown
from bot.platforms.telegram.pace import Rank
from bot.platforms.telegram.whereabouts import is_chat
from bot.platforms.telegram.wording import (
    CAPTION_UNITS,
    TEXT_UNITS,
    count_units,
    cut,
    keyboard,
    quote,
    say_whole,
    split,
)

log = logging.getLogger(__name__)

Result = TypeVar("Result")
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def shown_file(reply: Reply) -> Attachment | None:
    """What the main message shows: the first picture or video, or a single document if all of the text fits below."""
    picture = next((attachment for attachment in reply.attachments if attachment.kind in ("picture", "video")), None)
    if picture is not None or len(reply.attachments) != 1 or reply.attachments[0].kind != "document":
        return picture
    return reply.attachments[0] if count_units(say_whole(reply)) <= CAPTION_UNITS else None


class Sender:
    """Everything we can say. All methods raise PlatformError; patience_s: how long to wait for our turn.

    rank: what it is that we say, and so who goes first.
    """

    def __init__(self, line: Line, rank: Rank = Rank.ANSWER) -> None:
        self._line, self._rank = line, rank

    # --- the main message --------------------------------------------------------------------------------------------

    async def post(self, address: Address, reply: Reply, *, patience_s: float, reply_to: str | None = None) -> str:
        """A new message: a picture or document with a caption, or just text; with the buttons. Returns its id.

        What is too long for one message comes in several; the buttons are under the last, whose id it is.
        """
        markup = _keyboard(address, reply)
        where = _where(address, reply_to)
        shown = shown_file(reply)
        if shown is not None:
            text = self._words(reply)
            media = await asyncio.to_thread(read_shown, shown, cut(text, CAPTION_UNITS))
            send = _send_picture(self._line, media, markup, where)
            return await self._send(address, send, patience_s, piece=reply.piece)
        *before, last = split(self._words(reply)) or [self._words(reply)]
        for text in before:
            await self._post_text(address, text, None, where, patience_s)
        return await self._post_text(address, last, markup, where, patience_s)

    async def edit_text(self, address: Address, reply: Reply, *, patience_s: float) -> None:
        """Change a message that is a text. The same again is no error. Raises MessageGone, NoText."""
        try:
            await self._edit_text(address, self._words(reply), _keyboard(address, reply), patience_s)
        except NotModified:
            return

    async def edit(self, address: Address, reply: Reply, *, patience_s: float) -> None:
        """Change the message that `address` names; a text can become a picture, a picture keeps being one.

        The same again is no error. Raises MessageGone.
        """
        markup = _keyboard(address, reply)
        shown = shown_file(reply)
        try:
            if shown is not None:
                media = await asyncio.to_thread(read_shown, shown, cut(self._words(reply), CAPTION_UNITS))
                await self._edit_media(address, media, markup, patience_s, piece=reply.piece)
            else:
                await self._edit_words(address, self._words(reply), markup, patience_s)
        except NotModified:
            return

    async def delete(self, address: Address, *, patience_s: float) -> None:
        """Raises MessageGone."""
        message = _message(address)
        await self._call(
            address, lambda chat: self._line.bot.delete_message(chat_id=chat, message_id=message), patience_s
        )

    async def clear_buttons(self, address: Address, *, patience_s: float) -> None:
        """Raises MessageGone."""
        message = _message(address)
        with suppress(NotModified):
            await self._call(
                address,
                lambda chat: self._line.bot.edit_message_reply_markup(chat_id=chat, message_id=message),
                patience_s,
            )

    async def react(self, address: Address, message: str, emoji: str) -> bool:
        """A sign on somebody's message, which costs no message. False where it is forbidden."""
        try:
            await self._line.bot.set_message_reaction(
                chat_id=self._line.chat(address.chat), message_id=int(message), reaction=emoji
            )
        except TelegramError as error:
            log.info("a reaction was not taken: %s", type(error).__name__)
            return False
        return True

    # --- what follows it ---------------------------------------------------------------------------------------------

    async def send_audio(
        self, address: Address, audio: Attachment, *, patience_s: float, caption: str | None = None
    ) -> str:
        """Plays in the client, with title, performer and cover; answers the main message."""
        content = await asyncio.to_thread(read_file, audio)
        cover = await asyncio.to_thread(make_cover, audio.cover) if audio.cover is not None else None
        where = _where(address, address.message)
        return await self._send(
            address,
            lambda chat: self._line.bot.send_audio(
                chat_id=chat,
                audio=content,
                caption=caption,
                title=quote(audio.title) or None,
                performer=quote(audio.performer) or None,
                duration=None if audio.duration_s is None else round(audio.duration_s),
                thumbnail=cover,
                **where,
            ),
            patience_s,
        )

    async def send_voice(self, address: Address, voice: Attachment, *, patience_s: float) -> str:
        """A voice note: Ogg Opus, of which Telegram draws the wave itself. Beyond a megabyte it is shown as a file."""
        content = await asyncio.to_thread(read_file, voice)
        where = _where(address, address.message)
        seconds = None if voice.duration_s is None else round(voice.duration_s)
        return await self._send(
            address,
            lambda chat: self._line.bot.send_voice(chat_id=chat, voice=content, duration=seconds, **where),
            patience_s,
        )

    async def send_album(self, address: Address, files: Sequence[Attachment], *, patience_s: float) -> str:
        """Documents, or pages, as one album; a single one as itself. Returns what `album_messages` reads."""
        media = await asyncio.to_thread(_read_album, files)
        where = _where(address, address.message)
        if len(media) == 1:
            return await self._send(address, _send_picture(self._line, media[0], None, where), patience_s)

        async def send(chat: str) -> str:
            messages = await self._line.bot.send_media_group(chat_id=chat, media=media, **where)
            return _name_album([message.message_id for message in messages])

        return await self._call(address, send, patience_s, cost=len(media))

    def _words(self, reply: Reply) -> str:
        """All that it says; below a piece, a link that opens it."""
        words = say_whole(reply)
        if not reply.piece:
            return words
        try:
            return f"{words}\n{address_of(self._line.bot.username, link_to_piece(reply.piece))}"
        except RuntimeError:  # not connected yet, so nobody knows what we are called
            return words

    # --- calls -------------------------------------------------------------------------------------------------------

    async def _call(
        self, address: Address, act: Callable[[str], Awaitable[Result]], patience_s: float, *, cost: int = 1
    ) -> Result:
        return await self._line.call(address.chat, act, patience_s=patience_s, cost=cost, rank=self._rank)

    async def _send(
        self, address: Address, send: Callable[[str], Awaitable[Message]], patience_s: float, *, piece: str = ""
    ) -> str:
        """One new message; returns its id. piece: whose page it shows."""

        async def act(chat: str) -> str:
            message = await send(chat)
            self._line.photos.learn(piece, message)
            return str(int(message.message_id))

        return await self._call(address, act, patience_s)

    async def _post_text(
        self,
        address: Address,
        text: str,
        markup: InlineKeyboardMarkup | None,
        where: dict[str, Any],
        patience_s: float,
    ) -> str:
        async def act(chat: str) -> str:
            values = {"text": text, "reply_markup": markup, "link_preview_options": NO_PREVIEW, **where}
            return str(int((await self._line.ask("sendMessage", chat, values))["message_id"]))

        return await self._call(address, act, patience_s)

    async def _edit_media(
        self,
        address: Address,
        media: Shown,
        markup: InlineKeyboardMarkup | None,
        patience_s: float,
        *,
        piece: str,
    ) -> None:
        message = _message(address)
        changed = await self._call(
            address,
            lambda chat: self._line.bot.edit_message_media(
                media=media, chat_id=chat, message_id=message, reply_markup=markup
            ),
            patience_s,
        )
        self._line.photos.learn(piece, changed)

    async def _edit_words(
        self, address: Address, text: str, markup: InlineKeyboardMarkup | None, patience_s: float
    ) -> None:
        """The text of a text, the caption of a picture."""
        try:
            await self._edit_text(address, text, markup, patience_s)
        except NoText:
            message, caption = _message(address), cut(text, CAPTION_UNITS)
            await self._call(
                address,
                lambda chat: self._line.bot.edit_message_caption(
                    caption=caption, chat_id=chat, message_id=message, reply_markup=markup
                ),
                patience_s,
            )

    async def _edit_text(
        self, address: Address, text: str, markup: InlineKeyboardMarkup | None, patience_s: float
    ) -> None:
        values = {
            "text": cut(text, TEXT_UNITS),
            "message_id": _message(address),
            "reply_markup": markup,
            "link_preview_options": NO_PREVIEW,
        }
        await self._call(address, lambda chat: self._line.ask("editMessageText", chat, values), patience_s)


def _keyboard(address: Address, reply: Reply) -> InlineKeyboardMarkup | None:
    """In a group the buttons of what was said to one person are theirs."""
    is_ones = reply.private and address.guild is not None
    is_known = not is_chat(address.person) or address.person == address.chat
    return keyboard(reply.rows, owner=address.person if is_ones and is_known else None)


def album_messages(name: str) -> list[str]:
    """The ids of the messages that came with one call: "101" → 101; "101+2" → 101, 102, 103."""
    first, _, more = name.partition("+")
    return [str(int(first) + number) for number in range(int(more or 0) + 1)]


def _name_album(messages: Sequence[int]) -> str:
    """Telegram numbers the messages of an album one after the other; if ever it does not, the first has to do."""
    first = messages[0]
    if len(messages) > 1 and list(messages) == list(range(first, first + len(messages))):
        return f"{first}+{len(messages) - 1}"
    return str(first)


def _message(address: Address) -> int:
    assert address.message is not None
    return int(address.message)


def _where(address: Address, reply_to: str | None) -> dict[str, Any]:
    """The topic, and the message that is answered, if it is still there."""
    answered = None
    if reply_to is not None:
        answered = ReplyParameters(int(reply_to), allow_sending_without_reply=True)
    topic = None if address.topic is None else int(address.topic)
    return {"message_thread_id": topic, "reply_parameters": answered}


def _read_album(files: Sequence[Attachment]) -> list[InputMediaPhoto] | list[InputMediaDocument]:
    """Photos if all of them can be photos, else documents: an album may not mix the two. Raises OSError."""
    contents = [(file, file.read()) for file in files]
    if all(file.kind == "picture" and is_photo(content) for file, content in contents):
        # What describes a page for those who cannot see it would stand below it for all: Telegram has no hidden words.
        return [InputMediaPhoto(content, filename=file.name) for file, content in contents]
    return [
        InputMediaDocument(content, filename=file.name, disable_content_type_detection=True)
        for file, content in contents
    ]


def _send_picture(
    line: Line,
    media: Shown,
    markup: InlineKeyboardMarkup | None,
    where: dict[str, Any],
) -> Callable[[str], Awaitable[Message]]:
    """One photo, video or document as a message of its own."""

    def send(chat: str) -> Awaitable[Message]:
        if isinstance(media, InputMediaPhoto):
            return line.bot.send_photo(
                chat_id=chat, photo=media.media, caption=media.caption, reply_markup=markup, **where
            )
        if isinstance(media, InputMediaVideo):
            return line.bot.send_video(
                chat_id=chat,
                video=media.media,
                caption=media.caption,
                width=media.width,
                height=media.height,
                duration=media.duration,
                supports_streaming=True,
                reply_markup=markup,
                **where,
            )
        return line.bot.send_document(
            chat_id=chat, document=media.media, caption=media.caption, reply_markup=markup, **where
        )

    return send
