"""Discord, as far as jobs need it: the status message, its progress, and the result in its place.

Promises: a result is one message, and a voice message behind it where one was asked for. While the interaction's
token lives, the status message is edited into it, and editing twice changes nothing. After that it is a new message
that calls the one person who asked, with a nonce by which Discord knows a repetition; one that is in doubt is looked
for first. The status message is then removed. Nobody is called while the token lives, because somebody who has waited
for minutes only is still looking.
Where the channel is closed to the bot, the person gets it in a private talk; where that is closed, too, Unreachable.
Not covered: Discord keeps nonces for some minutes only, and a sentence without files cannot be found again after that.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from weakref import WeakValueDictionary

import discord

from bot.chat.messages import Action, Address, Attachment, Reply
from bot.chat.messenger import TryLater, Unreachable
from bot.platforms.discord.message import MAX_FILES, MAX_PAGES, Message, build_message, build_voice, sparing_files
from bot.platforms.discord.wire import ORIGINAL, UNKNOWN_MESSAGE, DiscordRefused, Wire
from bot.platforms.fitting import MIB, fit
from renderers.sound.encoding import waveform_in

FILE_LIMIT_BYTES = 10 * MIB  # where Discord says nothing else
TOTAL_LIMIT_BYTES = 24 * MIB  # of 25: the rest is for the text around the files
TIMES_SMALLER = 3  # how often a refused message is made smaller: 10, 5, 2.5, 1.25 MiB

VOICE = "voice"
PROGRESS_EVERY_S = 2.0
PAGE_EVERY_S = 0.5  # a page comes once, and all the progress there was may have come a moment ago
PROGRESS_LIMIT_S = 10.0
REMEMBERED_EDITS = 1000
TOKEN_LIFE_S, TOKEN_MARGIN_S = 15 * 60.0, 15.0

_log = logging.getLogger(__name__)


async def pack(
    reply: Reply, *, limit: int | None, mention: str | None = None, owner: str | None = None, halvings: int = 0
) -> Message:
    """The message for a reply, within Discord's limits of size. limit: bytes of one file, where Discord said so.

    Pages are shown in it; files that nobody asked for would only hang below it.
    """
    shown = [file for file in reply.attachments if not (file.optional and file.kind == "document")]
    needed = replace(reply, attachments=tuple(shown))

    def build() -> Message:
        fitting = fit(
            needed, file_limit=(limit or FILE_LIMIT_BYTES) >> halvings, total_limit=TOTAL_LIMIT_BYTES >> halvings,
            max_files=MAX_FILES, max_pictures=MAX_PAGES,
        )  # fmt: skip
        return build_message(fitting, mention=mention, owner=owner)

    if not reply.attachments:
        return build()
    try:
        return await asyncio.to_thread(build)
    except OSError as error:
        raise TryLater(f"A file cannot be read ({type(error).__name__}).", sent=False) from error


async def post(
    wire: Wire,
    address: Address,
    reply: Reply,
    *,
    nonce: str,
    private: bool = False,
    is_late: bool = True,
    owner: str | None = None,
    answers: str | None = None,
) -> tuple[str, str]:
    """A new message, in the channel and, if late, calling the person; else (or if private) in the private talk.

    owner: who alone may press its buttons in the channel. answers: the message there that it is shown to answer.

    Returns channel and message. Raises TryLater, Unreachable.
    """
    person = person_id(address)
    if not private and address.chat:  # without a channel it is for the private talk
        try:
            mention = person if is_late and person else None
            made = await _post_smaller(
                wire, address.chat, reply, nonce=nonce, mention=mention, owner=owner, answers=answers
            )
            return address.chat, made
        except DiscordRefused as error:
            if error.status not in (403, 404):
                raise
            if not person:
                raise Unreachable("The channel is closed, and this is for nobody in particular.") from error
            _log.info("channel closed to the bot (%s), trying a private talk", error.code)
    talk = await wire.open_talk(person)
    return talk, await _post_smaller(wire, talk, reply, nonce=nonce, mention=None)


async def _post_smaller(
    wire: Wire,
    channel: str,
    reply: Reply,
    *,
    nonce: str,
    mention: str | None,
    owner: str | None = None,
    answers: str | None = None,
) -> str:
    for halvings in range(TIMES_SMALLER + 1):
        message = await pack(reply, limit=None, mention=mention, owner=owner, halvings=halvings)
        if answers is not None:
            reference = {"message_id": answers, "fail_if_not_exists": False}
            message = replace(message, data={**message.data, "message_reference": reference})
        try:
            return await wire.post(channel, message, nonce=nonce)
        except DiscordRefused as error:
            if not error.is_too_large:
                raise
    raise Unreachable("Discord does not take even the smallest form of this message.")


class DiscordMessenger:
    """Delivers what jobs have to say."""

    name = "discord"

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._edited: dict[str, float] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def parts(self, reply: Reply) -> Sequence[str]:
        """Everything is in one message, but what is to be heard as a voice message, which has nothing else in it."""
        return ("result", VOICE) if _voice_of(reply) else ("result",)

    async def post_status(self, address: Address, reply: Reply, *, nonce: str) -> Address:
        """Say that a job is accepted. Into the answer that was promised, else as a new message."""
        if token_lives(address):
            with suppress(DiscordRefused):
                return replace(address, message=await self._answer(address, await pack(reply, limit=None)))
        channel, message = await post(self._wire, address, reply, nonce=nonce)
        return replace(address, chat=channel, message=message, token=None, token_expires=None)

    async def _answer(self, address: Address, message: Message) -> str:
        """Complete the answer. A button's answer may still be the message it belongs to: that one is left alone."""
        assert address.token is not None
        if address.reply_to is not None:
            original = await self._wire.fetch_answer(address.token, ORIGINAL)
            if original.id == address.reply_to:
                return await self._wire.follow_up(address.token, message)
        return await self._wire.edit_answer(address.token, ORIGINAL, message)

    async def edit_status(self, address: Address, reply: Reply) -> bool:
        """Show progress, if there is room for it now. Raises TryLater if the change may still be made later.

        A page that was refused is done with: it is not to be sent again and again.
        """
        every_s = PAGE_EVERY_S if reply.attachments else PROGRESS_EVERY_S
        if address.message is None or not self._has_room(address.message, every_s):
            return False
        async with self._lock(address.message):
            self._note_edit(address.message)
            try:
                async with asyncio.timeout(PROGRESS_LIMIT_S):
                    message = await pack(reply, limit=None)
                    await self._edit(address, message if reply.attachments else sparing_files(message))
            except TimeoutError as error:
                raise TryLater("Discord was slow with a change, and may still make it.") from error
            except (TryLater, Unreachable) as error:
                if isinstance(error, TryLater) and error.sent:
                    raise
                _log.debug("progress left out: %s", error)
                return isinstance(error, Unreachable) and bool(reply.attachments)
        return True

    async def deliver(self, address: Address, part: str, reply: Reply, *, nonce: str, in_doubt: bool) -> str | None:
        """The result, or the news that there is none; behind it a voice message."""
        if part == VOICE:
            return await self._deliver_voice(address, reply, nonce=nonce, in_doubt=in_doubt)
        reply = replace(reply, attachments=tuple(file for file in reply.attachments if file.kind != VOICE))
        is_late = not token_lives(address)
        if address.message is None:
            return await self._deliver_anew(address, reply, nonce=nonce, in_doubt=in_doubt, is_late=is_late)
        async with self._lock(address.message):
            if address.token is None or not is_late:
                try:
                    return await self._deliver_into_status(address, reply)
                except _Gone as error:
                    is_late = is_late or error.code != UNKNOWN_MESSAGE  # else Discord forgot the token early
            return await self._deliver_anew(address, reply, nonce=nonce, in_doubt=in_doubt, is_late=is_late)

    async def sweep(self, address: Address, job: str) -> None:
        """Look for other first messages of the job, as the interaction's answer and in the channel."""
        left_over = Action("cancel", job).encode()
        if token_lives(address) and address.token is not None:
            with suppress(DiscordRefused):
                answer = await self._wire.fetch_answer(address.token, ORIGINAL)
                if left_over in answer.actions and answer.id != address.message:
                    await self._wire.delete_answer(address.token, ORIGINAL)
        if not address.chat:
            return
        with suppress(DiscordRefused):
            async for message in self._wire.messages(address.chat, after=_since(address)):
                if left_over in message.actions and message.id != address.message:
                    await self._wire.delete(address.chat, message.id)

    async def amend(self, address: Address, reply: Reply) -> None:
        """Wholly, with its files: what is built replaces a message."""
        assert address.message is not None
        with suppress(DiscordRefused):
            await self._wire.edit(address.chat, address.message, await pack(reply, limit=address.file_limit))

    async def remove(self, address: Address) -> None:
        """Raises TryLater."""
        assert address.message is not None
        with suppress(DiscordRefused):
            await self._wire.delete(address.chat, address.message)

    # --- into the status message -----------------------------------------------------------------------------------

    async def _deliver_into_status(self, address: Address, reply: Reply) -> str:
        """Raises _Gone where the message or its token is no more."""
        for halvings in range(TIMES_SMALLER + 1):
            message = await pack(reply, limit=address.file_limit, halvings=halvings)
            try:
                return await self._edit(address, message)
            except DiscordRefused as error:
                if not error.is_too_large:
                    raise _Gone(error.code) from error
        raise Unreachable("Discord does not take even the smallest form of this message.")

    async def _edit(self, address: Address, message: Message) -> str:
        assert address.message is not None
        if token_lives(address):
            assert address.token is not None
            return await self._wire.edit_answer(address.token, address.message, message)
        return await self._wire.edit(address.chat, address.message, message)

    # --- as a new message ------------------------------------------------------------------------------------------

    async def _deliver_anew(self, address: Address, reply: Reply, *, nonce: str, in_doubt: bool, is_late: bool) -> str:
        message = await self._find(address, reply, nonce=nonce) if in_doubt else None
        if message is None:
            _, message = await post(self._wire, address, reply, nonce=nonce, is_late=is_late)
        if message != address.message:
            await self._remove_status(address)
        return message

    async def _deliver_voice(self, address: Address, reply: Reply, *, nonce: str, in_doubt: bool) -> str | None:
        """A voice message where it may be sent, else the file alone."""
        file = _voice_of(reply)
        if file is None:
            return None
        if in_doubt and address.chat:
            found = await self._find_in(address.chat, {file.name}, nonce, after=_since(address))
            if found is not None:
                return found
        try:
            content = await asyncio.to_thread(file.read)
        except OSError as error:
            raise TryLater(f"A file cannot be read ({type(error).__name__}).", sent=False) from error
        waveform = waveform_in(content)
        if waveform is not None and address.chat:
            try:
                return await self._wire.post(address.chat, build_voice(file, waveform), nonce=nonce)
            except DiscordRefused as error:
                _log.info("no voice message there (%s), so the recording comes as a file", error.code)
        alone = Reply("", attachments=(replace(file, kind="audio"),), language=reply.language)
        _, message = await post(self._wire, address, alone, nonce=nonce, is_late=False)
        return message

    async def _find(self, address: Address, reply: Reply, *, nonce: str) -> str | None:
        """The message that an earlier try has made: it has the nonce, or one of the files."""
        names = {attachment.name for attachment in reply.attachments}
        with suppress(Unreachable):
            if address.message is not None and names:
                status = await self._wire.fetch(address.chat, address.message)
                if names & status.files:
                    return address.message
        after = _since(address)
        found = await self._find_in(address.chat, names, nonce, after=after) if address.chat else None
        if found is not None or not person_id(address):
            return found
        return await self._find_in_talk(address, names, nonce, after=after)

    async def _find_in_talk(self, address: Address, names: set[str], nonce: str, *, after: int | None) -> str | None:
        with suppress(Unreachable):
            return await self._find_in(await self._wire.open_talk(person_id(address)), names, nonce, after=after)
        return None

    async def _find_in(self, channel: str, names: set[str], nonce: str, *, after: int | None) -> str | None:
        with suppress(Unreachable):
            async for message in self._wire.messages(channel, after=after):
                if message.nonce == nonce or names & message.files:
                    return message.id
        return None

    async def _remove_status(self, address: Address) -> None:
        """It would say for ever that the piece is being composed."""
        if address.message is not None:
            with suppress(Unreachable, TryLater):
                await self._wire.delete(address.chat, address.message)

    # --- not too often ---------------------------------------------------------------------------------------------

    def _has_room(self, message: str, every_s: float) -> bool:
        is_soon = time.monotonic() - self._edited.get(message, -every_s) < every_s
        return not (is_soon or self._wire.is_busy or self._lock(message).locked())

    def _note_edit(self, message: str) -> None:
        self._edited.pop(message, None)
        self._edited[message] = time.monotonic()
        while len(self._edited) > REMEMBERED_EDITS:
            del self._edited[next(iter(self._edited))]

    def _lock(self, message: str) -> asyncio.Lock:
        """One edit of a message at a time, so that no late progress overtakes the result."""
        lock = self._locks.get(message)
        if lock is None:
            lock = self._locks[message] = asyncio.Lock()
        return lock


def _voice_of(reply: Reply) -> Attachment | None:
    """What is to be heard as a voice message."""
    return next((file for file in reply.attachments if file.kind == VOICE), None)


class _Gone(Exception):
    """The status message cannot be edited any more. code: why, in Discord's numbers."""

    def __init__(self, code: int) -> None:
        super().__init__(f"The status message cannot be edited ({code}).")
        self.code = code


def token_lives(address: Address) -> bool:
    """Whether the interaction can still be answered; a little less than Discord's 15 minutes."""
    if address.token is None or address.token_expires is None:
        return False
    return discord.utils.utcnow().timestamp() < address.token_expires - TOKEN_MARGIN_S


def _since(address: Address) -> int | None:
    """A moment before anything was said about the job, as Discord's ids count it. None: it is not known."""
    if address.message is not None:  # whoever posted another one had the interaction's quarter of an hour
        said = discord.utils.snowflake_time(int(address.message)).timestamp()
    elif address.token_expires is not None:
        said = address.token_expires
    else:
        return None
    return discord.utils.time_snowflake(datetime.fromtimestamp(said - TOKEN_LIFE_S, UTC))


def person_id(address: Address) -> str:
    """Discord's number of the person, whether the address says "4711" or "discord:4711"."""
    return address.person.rpartition(":")[2]
