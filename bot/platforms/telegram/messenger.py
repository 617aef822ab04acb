"""What jobs need of Telegram.

The result is an edit of the message that said "accepted", so that saying it again is harmless. What follows it (audio,
files, more pages) are new messages, and Telegram has no way to send one only once: in doubt they are not sent again.
"""

from __future__ import annotations

import asyncio
import string
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from weakref import WeakValueDictionary

from bot.chat.messages import Address, Attachment, Reply
from bot.chat.messenger import MaybeSent, TryLater
from bot.platforms.fitting import fit
from bot.platforms.telegram.faults import FileRefused, MessageGone, NoText
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.media import UPLOAD_BYTES, is_photo, share_out
from bot.platforms.telegram.sender import Sender, shown_file
from bot.platforms.telegram.wording import say_whole
from bot.texts import say

NAME = "telegram"  # as in the keys of people
RESULT, AUDIO, FILES, PAGES = "result", "audio", "files", "pages"
FOLLOWERS = (AUDIO, FILES, PAGES)
PATIENCE_S = 2.0  # one busy chat must not keep the results of others waiting
REMEMBERED = 2000  # messages whose last words are known
FINAL = "final"


class TelegramMessenger:
    """A Messenger (see bot.chat)."""

    name = NAME

    def __init__(self, line: Line) -> None:
        self._line = line
        self._sender = Sender(line)
        self._said: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    def parts(self, reply: Reply) -> Sequence[str]:
        """The result, then what Telegram only takes in messages of its own; albums hold ten files at most."""
        return (RESULT, *_followers(reply))

    async def post_status(self, address: Address, reply: Reply, *, nonce: str) -> Address:
        """The message that will become the result."""
        message = await self._sender.post(
            address, replace(reply, attachments=()), patience_s=PATIENCE_S, reply_to=address.reply_to
        )
        self._remember(replace(address, message=message), say_whole(reply))
        return replace(address, message=message)

    async def edit_status(self, address: Address, reply: Reply) -> bool:
        """Only on change, and only if there is time for it."""
        words = say_whole(reply)
        if address.message is None:
            return False
        async with self._lock(address):
            if self._said.get(_place(address)) in (words, FINAL):
                return True
            if not self._line.pace.may_progress(address.chat):
                return False
            try:
                await self._sender.edit_text(address, reply, patience_s=0.0)
            except (MessageGone, NoText):  # the person deleted it, or the result is there
                words = FINAL
            except TryLater as error:
                if error.after_s is None:
                    raise
                return False  # this chat has to wait, the progress of others has not
            self._remember(address, words)
            return True

    async def deliver(self, address: Address, part: str, reply: Reply, *, nonce: str, in_doubt: bool) -> str | None:
        """See Messenger. Whatever is not a follower is the main message: the result, or news in its place."""
        if part.rstrip(string.digits) not in FOLLOWERS:
            return await self._deliver_result(address, await _fit(reply, address), in_doubt=in_doubt)
        if in_doubt:
            raise MaybeSent("no answer came, and asking again could show it twice")
        return await self.follow(address, part, reply, patience_s=PATIENCE_S)

    async def sweep(self, address: Address, job: str) -> None:
        """Telegram shows a bot no earlier messages. What is left over is finished when somebody presses its button."""

    async def post(self, address: Address, reply: Reply, *, patience_s: float) -> str:
        """The main message of a reply, new. Raises PlatformError."""
        fitting = await _fit(reply, address)
        for form in _smaller_and_smaller(fitting):
            with suppress(FileRefused):
                return await self._sender.post(address, form, patience_s=patience_s, reply_to=address.reply_to)
        bare = _without_files(fitting)
        return await self._sender.post(address, bare, patience_s=patience_s, reply_to=address.reply_to)

    async def follow(self, address: Address, part: str, reply: Reply, *, patience_s: float) -> str | None:
        """One of the messages that follow the main one; None if its files were too large. Raises PlatformError."""
        files = _followers(await _fit(reply, address)).get(part)
        if not files:  # the main message says so
            return None
        with suppress(FileRefused):
            if part.startswith(AUDIO):
                return await self._send_audio(address, files[0], reply, patience_s=patience_s)
            return await self._sender.send_album(address, files, patience_s=patience_s)
        note = Reply(_say("file_refused", reply), language=reply.language)
        return await self._sender.post(address, note, patience_s=patience_s, reply_to=address.message)

    async def _send_audio(self, address: Address, audio: Attachment, reply: Reply, *, patience_s: float) -> str:
        """Where it is refused, the small one, which says so itself. Raises FileRefused."""
        try:
            return await self._sender.send_audio(address, audio, patience_s=patience_s)
        except FileRefused:
            if audio.spare is None:
                raise
        caption = say("fitting.smaller", reply.language, names="MP3")
        return await self._sender.send_audio(address, audio.spare, caption=caption, patience_s=patience_s)

    # --- the result --------------------------------------------------------------------------------------------------

    async def _deliver_result(self, address: Address, reply: Reply, *, in_doubt: bool) -> str | None:
        for form in _smaller_and_smaller(reply):
            with suppress(FileRefused):
                return await self._place_result(address, form, in_doubt=in_doubt)
        return await self._place_result(address, _without_files(reply), in_doubt=in_doubt)

    async def _place_result(self, address: Address, reply: Reply, *, in_doubt: bool) -> str | None:
        """Edit the status into the result; where it is gone, send the result once. Raises FileRefused."""
        if address.message is not None:
            async with self._lock(address):
                try:
                    await self._sender.edit(address, reply, patience_s=PATIENCE_S)
                    self._remember(address, FINAL)
                    return address.message
                except MessageGone:
                    self._remember(address, FINAL)
        if in_doubt:
            raise MaybeSent("the message is gone, and a new one may have been sent")
        return await self._sender.post(address, reply, patience_s=PATIENCE_S, reply_to=address.reply_to)

    # --- memory ------------------------------------------------------------------------------------------------------

    def _lock(self, address: Address) -> asyncio.Lock:
        """Progress and result of one message do not overtake each other."""
        return self._locks.setdefault(_place(address), asyncio.Lock())

    def _remember(self, address: Address, words: str) -> None:
        self._said[_place(address)] = words
        self._said.move_to_end(_place(address))
        while len(self._said) > REMEMBERED:
            self._said.popitem(last=False)


def _place(address: Address) -> tuple[str, str]:
    return address.chat, address.message or ""


def _followers(reply: Reply) -> dict[str, list[Attachment]]:
    """The messages after the main one by part, in order: "audio", "files", "files2" ..., "pages", "pages2" ..."""
    shown = shown_file(reply)
    audio = [each for each in reply.attachments if each.kind == "audio"]
    documents = [each for each in reply.attachments if each.kind == "document" and each is not shown]
    pages = [each for each in reply.attachments if each.kind == "picture" and each is not shown]
    parts = {f"{AUDIO}{_number(index)}": [each] for index, each in enumerate(audio)}
    parts |= {f"{FILES}{_number(index)}": album for index, album in enumerate(share_out(documents))}
    parts |= {f"{PAGES}{_number(index)}": album for index, album in enumerate(share_out(pages))}
    return parts


async def _fit(reply: Reply, address: Address) -> Reply:
    """Within the limits, and with a word about pages that cannot be photos."""

    def fit_all() -> Reply:
        fitting = fit(reply, file_limit=address.file_limit or UPLOAD_BYTES)
        pages = [each for each in fitting.attachments if each.kind == "picture"]
        if all(is_photo(page.read()) for page in pages):
            return fitting
        note = _say("no_photo", reply)
        return replace(fitting, text=f"{fitting.text}\n{note}")

    try:
        return await asyncio.to_thread(fit_all) if reply.attachments else reply
    except OSError as error:
        raise TryLater(f"a file cannot be read ({type(error).__name__})", sent=False) from error


def _smaller_and_smaller(reply: Reply) -> Iterator[Reply]:
    """The main message as it should be, then with the PDF in place of a page that was refused."""
    yield reply
    shown = shown_file(reply)
    if shown is not None and shown.kind == "picture" and shown.spare is not None:
        pages = sum(each.kind == "picture" for each in reply.attachments)
        note = say("fitting.pages_in_pdf", reply.language, n=pages)
        yield replace(reply, attachments=(shown.spare,), text=f"{reply.text}\n{note}")


def _without_files(reply: Reply) -> Reply:
    """For what Telegram found too large although it looked small enough."""
    return replace(reply, attachments=(), text=f"{reply.text}\n{_say('file_refused', reply)}")


def _number(index: int) -> str:
    return "" if index == 0 else str(index + 1)


def _say(what: str, reply: Reply) -> str:
    return say(f"telegram.{what}", reply.language)
