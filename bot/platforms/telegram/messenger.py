"""What jobs need of Telegram.

The result is an edit of the message that said "accepted", so that saying it again is harmless. What follows it (audio,
files, more pages) are new messages, and Telegram has no way to send one only once: in doubt they are not sent again. So
it is with results in a group where many ask at once, whose requests are answered by signs (`crowd.py`) and not by
messages. A group that takes no files is told so, once for each piece; where it takes no words, they come in private.
"""

from __future__ import annotations

import asyncio
import logging
import string
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar
from weakref import WeakValueDictionary

from bot.chat.messages import Address, Attachment, Reply
from bot.chat.messenger import MaybeSent, TryLater, Unreachable
from bot.platforms.fitting import fit
from bot.platforms.telegram.crowd import Crowds
from bot.platforms.telegram.faults import FileRefused, FilesForbidden, MessageGone, NoText, NotModified
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.media import UPLOAD_BYTES, is_photo, share_out
from bot.platforms.telegram.pace import Rank, is_group
from bot.platforms.telegram.rich import RichRefused, RichSender, can_be_rich, whole
from bot.platforms.telegram.sender import Sender, album_messages, shown_file
from bot.platforms.telegram.whereabouts import is_chat
from bot.platforms.telegram.whispers import Whispers
from bot.platforms.telegram.wording import say_whole
from bot.texts import say

NAME = "telegram"  # as in the keys of people
log = logging.getLogger(__name__)

RESULT, AUDIO, FILES, PAGES = "result", "audio", "files", "pages"
FOLLOWERS = (AUDIO, FILES, PAGES)
HEARD = frozenset({"audio", "voice"})  # kinds of files
PATIENCE_S = 2.0  # one busy chat must not keep the results of others waiting
REMEMBERED = 2000  # messages whose last words are known
FINAL = "final"
AGAIN_S = 60.0  # the same words to the same person are said again after so long
FORBIDDEN_S = 3600.0  # how long it is not said again of what follows a piece

Sent = TypeVar("Sent")


class TelegramMessenger:
    """A Messenger (see bot.chat)."""

    name = NAME

    def __init__(self, line: Line, *, rich: bool = False, ephemeral: bool = False) -> None:
        """rich: pieces come as one rich message, for as long as the server takes these. ephemeral: words for one member
        of a group are shown to them alone, where that is possible.
        """
        self._line = line
        self._rich = RichSender(line, Rank.RESULT) if rich else None
        self._sender = Sender(line)
        self._results, self._followers = Sender(line, Rank.RESULT), Sender(line, Rank.FOLLOWER)
        self._progress = Sender(line, Rank.PROGRESS)
        self.whispers = Whispers(line, self._sender) if ephemeral else None
        self.crowds = Crowds(self._sender, line.pace)
        self._forbidding: dict[str, float] = {}  # chats that take no files; until when that needs not be said again
        self._no_pages: dict[str, float] = {}  # chats that refused one; until when none is shown early there
        self._told: dict[tuple[str, str, str], float] = {}  # chat, person, words → when
        self._said: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    def parts(self, reply: Reply) -> Sequence[str]:
        """The result, then what Telegram only takes in messages of its own; albums hold ten files at most."""
        followers = _followers(_needed(reply))
        if self._rich is not None and can_be_rich(reply):
            followers.pop(AUDIO, None)
        return (RESULT, *followers)

    async def post_status(self, address: Address, reply: Reply, *, nonce: str) -> Address:
        """The message that will become the result; a sign where many ask."""
        return await self.confirm(address, reply, job=_job_of(nonce), patience_s=PATIENCE_S)

    def was_said(self, address: Address, words: str) -> bool:
        """Whether this person was told just this here a moment ago; from now on, they were."""
        now, what = time.monotonic(), (address.chat, address.person, words)
        before = self._told.pop(what, -AGAIN_S)
        self._told[what] = before if now - before < AGAIN_S else now
        while len(self._told) > REMEMBERED:
            self._told.pop(next(iter(self._told)))
        return now - before < AGAIN_S

    def is_crowded(self, address: Address) -> bool:
        """Whether a request is answered by a sign there, so that there is room for pieces."""
        return self._line.pace.is_crowded(address.chat)

    async def confirm(
        self, address: Address, reply: Reply, *, job: str, patience_s: float, is_told: bool = False
    ) -> Address:
        """As `post_status`. is_told: the person knows that the request was taken. Raises PlatformError."""
        is_crowded = is_told or self.is_crowded(address)
        if is_group(address.chat):
            self._line.pace.expect(address.chat, job)
        if is_crowded:
            await self.crowds.join(address, reply.language, is_told=is_told)
            return address
        bare = replace(reply, attachments=())
        try:
            message = await self._sender.post(address, bare, patience_s=patience_s, reply_to=address.reply_to)
        except Unreachable:
            self._line.pace.met(address.chat, job)
            address = private_of(address)
            message = await self._sender.post(address, in_private(bare), patience_s=patience_s)
        self._remember(replace(address, message=message), say_whole(reply))
        return replace(address, message=message)

    async def edit_status(self, address: Address, reply: Reply) -> bool:
        """Only on change, and only if there is time for it.

        A message that has shown a page stays a picture, also for a later process: its caption is changed then.
        """
        words = say_whole(reply)
        if address.message is None:
            return False
        async with self._lock(address):
            if self._said.get(_place(address)) in (words, FINAL):
                return True
            if not self._line.pace.may_progress(address.chat, has_page=bool(reply.attachments)):
                return False
            try:
                await self._show_progress(address, reply)
            except MessageGone:  # the person deleted it
                words = FINAL
            except TryLater as error:
                if error.after_s is None:
                    raise
                return False  # this chat has to wait, the progress of others has not
            self._remember(address, words)
            return True

    async def _show_progress(self, address: Address, reply: Reply) -> None:
        """A page only where it is sure to be seen and the result can take its place; else the words."""
        bare = replace(reply, attachments=())
        if not reply.attachments or self._rich is not None or not self._takes_pages(address):
            await self._progress.edit(address, bare, patience_s=0.0)
            return
        try:
            await self._progress.edit(address, reply, patience_s=0.0)
        except FileRefused:
            self._no_pages[address.chat] = time.monotonic() + FORBIDDEN_S
            await self._progress.edit(address, bare, patience_s=0.0)

    def _takes_pages(self, address: Address) -> bool:
        """Whether none was refused there lately."""
        return self._no_pages.get(address.chat, 0.0) <= time.monotonic()

    async def deliver(self, address: Address, part: str, reply: Reply, *, nonce: str, in_doubt: bool) -> str | None:
        """See Messenger. Whatever is not a follower is the main message: the result, or news in its place."""
        if part == RESULT and self._rich is not None and can_be_rich(reply):
            try:
                return await self._deliver_rich(self._rich, address, reply, job=_job_of(nonce), in_doubt=in_doubt)
            except RichRefused as error:  # with the next try its player is a message of its own again
                log.warning("rich messages are not taken, so pieces come as before: %s", error)
                self._rich = None
                raise TryLater("rich messages are not taken", after_s=0.0, sent=False) from error
            except (FileRefused, NoText):  # refused, or a picture since before: the button brings the player
                pass
        if part.rstrip(string.digits) not in FOLLOWERS:
            return await self._deliver_expected(address, reply, job=_job_of(nonce), in_doubt=in_doubt)
        if in_doubt:
            raise MaybeSent("no answer came, and asking again could show it twice")
        return await self.follow(address, part, reply, patience_s=PATIENCE_S)

    async def sweep(self, address: Address, job: str) -> None:
        """Telegram shows a bot no earlier messages. What is left over is finished when somebody presses its button."""

    async def amend(self, address: Address, reply: Reply) -> None:
        """Its words and buttons; page and player stay."""
        with suppress(MessageGone, Unreachable, NotModified, FileRefused, RichRefused):
            if self._rich is not None and can_be_rich(reply):
                fitting = await _fit(whole(reply), address, with_optional=True)
                await self._rich.edit(address, fitting, patience_s=PATIENCE_S)
            else:
                await self._followers.edit(address, replace(reply, attachments=()), patience_s=PATIENCE_S)

    async def remove(self, address: Address) -> None:
        """What cannot be removed (Telegram: after 48 hours, unless the bot is an administrator) loses its buttons."""
        for number in album_messages(address.message or ""):
            old = replace(address, message=number)
            try:
                await self._followers.delete(old, patience_s=PATIENCE_S)
            except (MessageGone, Unreachable):
                with suppress(MessageGone, Unreachable):
                    await self._followers.clear_buttons(old, patience_s=PATIENCE_S)

    async def post(self, address: Address, reply: Reply, *, patience_s: float) -> str:
        """The main message of a reply, new. Raises PlatformError."""

        async def send(form: Reply) -> str:
            return await self._sender.post(address, form, patience_s=patience_s, reply_to=address.reply_to)

        return await self._as_allowed(address, await _fit(reply, address), send)

    async def follow(self, address: Address, part: str, reply: Reply, *, patience_s: float) -> str | None:
        """One of the messages that follow the main one; None if its files were too large. Raises PlatformError."""
        if address.guild is not None and part.startswith(FILES):  # in a group they are sent to whoever asks for them
            return None
        files = _followers(await _fit(reply, address)).get(part)
        if not files:  # the main message says so
            return None
        try:
            if part.startswith(AUDIO):
                return await self._send_audio(address, files[0], reply, patience_s=patience_s)
            return await self._followers.send_album(address, files, patience_s=patience_s)
        except FilesForbidden:
            if self._forbidding.get(address.chat, 0.0) > time.monotonic():
                return None
            note = self._forbidden(address, Reply("", language=reply.language))
        except FileRefused:
            note = Reply(_say("file_refused", reply), language=reply.language)
        return await self._followers.post(address, note, patience_s=patience_s, reply_to=address.message)

    async def _send_audio(self, address: Address, audio: Attachment, reply: Reply, *, patience_s: float) -> str:
        """Where it is refused, the small one, which says so itself. Raises FileRefused."""
        try:
            if audio.kind == "voice":
                return await self._followers.send_voice(address, audio, patience_s=patience_s)
            return await self._followers.send_audio(address, audio, patience_s=patience_s)
        except FilesForbidden:
            raise
        except FileRefused:
            if audio.spare is None:
                raise
        caption = say("fitting.smaller", reply.language, names="MP3")
        return await self._followers.send_audio(address, audio.spare, caption=caption, patience_s=patience_s)

    async def _deliver_rich(
        self, rich: RichSender, address: Address, reply: Reply, *, job: str, in_doubt: bool
    ) -> str | None:
        """Page, caption, player and buttons in one message: the status, edited, or a new one."""
        fitting = await _fit(whole(reply), address, with_optional=True)
        if is_group(address.chat):
            self._line.pace.expect(address.chat, job, is_finished=True)
        if address.message is not None:
            async with self._lock(address):
                try:
                    await rich.edit(address, fitting, patience_s=PATIENCE_S)
                except NotModified:
                    pass
                except MessageGone:
                    self._remember(address, FINAL)
                    address = replace(address, message=None)
        if address.message is None:
            if in_doubt:
                raise MaybeSent("the message is gone, and a new one may have been sent")
            address = replace(address, message=await rich.post(address, fitting, patience_s=PATIENCE_S))
        self._remember(address, FINAL)
        self._line.pace.met(address.chat, job)
        return address.message

    async def _deliver_expected(self, address: Address, reply: Reply, *, job: str, in_doubt: bool) -> str | None:
        """A result or news; what is less urgent in this chat waits until it is there."""
        pace, is_waited_for = self._line.pace, is_group(address.chat)
        if is_waited_for:
            pace.expect(address.chat, job, is_finished=True)
        try:
            return await self._deliver_result(address, await _fit(reply, address), in_doubt=in_doubt)
        except Unreachable:
            if address.guild is None or in_doubt:
                raise
            private = private_of(address)  # its message is none of the group's: nobody shall look for it there
            await self._deliver_result(private, await _fit(in_private(reply), private), in_doubt=False)
            return None
        except TryLater:
            is_waited_for = False
            raise
        finally:
            if is_waited_for:
                pace.met(address.chat, job)

    # --- the result --------------------------------------------------------------------------------------------------

    async def _deliver_result(self, address: Address, reply: Reply, *, in_doubt: bool) -> str | None:
        async def place(form: Reply) -> str | None:
            return await self._place_result(address, form, in_doubt=in_doubt)

        return await self._as_allowed(address, reply, place)

    async def _as_allowed(self, address: Address, reply: Reply, send: Callable[[Reply], Awaitable[Sent]]) -> Sent:
        """With as much of its files as Telegram and this chat take; it says itself what they do not take."""
        for form in _smaller_and_smaller(reply):
            try:
                return await send(form)
            except FilesForbidden:
                return await send(self._forbidden(address, reply))
            except FileRefused:
                continue
        return await send(_without_files(reply))

    def _forbidden(self, address: Address, reply: Reply) -> Reply:
        """In words that this chat takes no such files, which is then not said of what follows."""
        self._forbidding[address.chat] = time.monotonic() + FORBIDDEN_S
        text = "\n".join(filter(None, (reply.text, _say("files_forbidden", reply))))
        return replace(reply, attachments=(), text=text)

    async def _place_result(self, address: Address, reply: Reply, *, in_doubt: bool) -> str | None:
        """Edit the status into the result; where it is gone, send the result once. Raises FileRefused."""
        if address.message is not None:
            async with self._lock(address):
                try:
                    await self._results.edit(address, reply, patience_s=PATIENCE_S)
                    self._remember(address, FINAL)
                    return address.message
                except MessageGone:
                    self._remember(address, FINAL)
        if in_doubt:
            raise MaybeSent("the message is gone, and a new one may have been sent")
        return await self._results.post(address, reply, patience_s=PATIENCE_S, reply_to=address.reply_to)

    # --- memory ------------------------------------------------------------------------------------------------------

    def _lock(self, address: Address) -> asyncio.Lock:
        """Progress and result of one message do not overtake each other."""
        return self._locks.setdefault(_place(address), asyncio.Lock())

    def _remember(self, address: Address, words: str) -> None:
        self._said[_place(address)] = words
        self._said.move_to_end(_place(address))
        while len(self._said) > REMEMBERED:
            self._said.popitem(last=False)


def private_of(address: Address) -> Address:
    """The private chat with whoever asked in a group. Raises Unreachable if that is the closed one."""
    person = address.person.rpartition(":")[2]
    if address.guild is None or is_chat(person) or not person:
        raise Unreachable("there is no private chat besides")
    return Address(address.platform, address.person, chat=person)


def in_private(reply: Reply) -> Reply:
    """What a group would not let us say."""
    return replace(reply, text="\n".join((reply.text, _say("group_closed", reply))))


def _job_of(nonce: str) -> str:
    return nonce.partition("-")[0]


def _place(address: Address) -> tuple[str, str]:
    return address.chat, address.message or ""


def _followers(reply: Reply) -> dict[str, list[Attachment]]:
    """The messages after the main one by part, in order: "audio", "files", "files2" ..., "pages", "pages2" ..."""
    shown = shown_file(reply)
    audio = [each for each in reply.attachments if each.kind in HEARD]
    documents = [each for each in reply.attachments if each.kind == "document" and each is not shown]
    pages = [each for each in reply.attachments if each.kind == "picture" and each is not shown]
    parts = {f"{AUDIO}{_number(index)}": [each] for index, each in enumerate(audio)}
    parts |= {f"{FILES}{_number(index)}": album for index, album in enumerate(share_out(documents))}
    parts |= {f"{PAGES}{_number(index)}": album for index, album in enumerate(share_out(pages))}
    return parts


def _needed(reply: Reply) -> Reply:
    """Without what would take messages of its own and can be had at the press of a button."""
    return replace(reply, attachments=tuple(each for each in reply.attachments if not each.optional))


async def _fit(reply: Reply, address: Address, *, with_optional: bool = False) -> Reply:
    """Within the limits, and with a word about pages that cannot be photos."""

    def fit_all() -> Reply:
        fitting = fit(reply if with_optional else _needed(reply), file_limit=address.file_limit or UPLOAD_BYTES)
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
