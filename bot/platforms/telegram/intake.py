"""How updates come in, and when Telegram may forget them.

Telegram forgets an update when the next request asks for later ones. Promise: that request only names updates which
have been taken in, and an update is taken in when its handler begins to answer (what was asked for is on disk by
then) or ends. If we die before, the update comes again; handlers know it by its event_key. Updates are handled beside
each other: one that waits keeps nobody waiting, it only keeps itself from being forgotten. They are converted one by
one: one that cannot be is skipped and counted, and nothing of what it holds is logged.
Not covered: Telegram shows a hundred updates at a time, so a hundred that wait at once do keep others waiting.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from telegram import Bot, Update
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.chat.messenger import TryLater
from bot.platforms.answers import reading_answers
from bot.platforms.errors import BadToken, PlatformDown
from bot.platforms.telegram.faults import seconds_to_wait

log = logging.getLogger(__name__)

POLL_S = 8  # silence is noticed after so long, and the seconds that an answer may take
ANSWER_S = 6.0
SETTLE_S = 0.25  # how long to wait for handlers before asking again, without letting Telegram forget
CROWD, CROWDED_S = 20, 1.0  # so many are a crowd, which is waited for longer: Telegram would show all of it again
SHOWN = 100  # updates that Telegram shows at a time
CONFIRM_S = 2.0
TAKEN_AGAIN_S = 5.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 5.0
KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "my_chat_member",
    "callback_query",
    "message_reaction",
    "inline_query",
    "guest_message",
)

# (update, what to call once it is taken in)
Handle = Callable[[Update, Callable[[], None]], Awaitable[None]]


class Intake:
    """Asks for updates until cancelled.

    is_ready: Telegram answered the last time. skipped: how many updates could not be read.
    """

    def __init__(self, bot: Bot, handle: Handle) -> None:
        self._bot, self._handle = bot, handle
        self._open: set[int] = set()  # begun, not taken in
        self._begun: set[int] = set()  # of those that Telegram may send again
        self._next: int | None = None
        self._change = asyncio.Event()
        self._pause_s = FIRST_PAUSE_S
        self.is_ready, self.skipped = False, 0

    async def run(self) -> None:
        """Raises PlatformDown, BadToken; then, and when cancelled, what is being handled is cancelled too."""
        handlers: set[asyncio.Task[None]] = set()
        try:
            while True:
                for update in await self._ask():
                    task = asyncio.create_task(self._take(update), name=f"telegram update {update.update_id}")
                    handlers.add(task)
                    task.add_done_callback(handlers.discard)
                await self._settle()
        finally:
            self.is_ready = False
            running = list(handlers)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await self._confirm()

    async def _ask(self) -> Sequence[Update]:
        """The updates that are new to us."""
        offset = min(self._open, default=self._next)
        self._begun = {number for number in self._begun if offset is not None and number >= offset}
        # Not long before the first answer: until then nobody knows that we are heard.
        poll_s = POLL_S if self.is_ready and not self._open else 0
        try:
            batch = await self._raw_updates(offset=offset, poll_s=poll_s)
        except (TelegramError, TryLater) as error:
            self.is_ready = False
            await self._bear(error)
            return ()
        self.is_ready, self._pause_s = True, FIRST_PAUSE_S
        return [update for number, raw in batch if (update := self._new(number, raw)) is not None]

    async def _raw_updates(self, *, offset: int | None, poll_s: int, limit: int = SHOWN) -> list[tuple[int, Any]]:
        """Number and content of each. python-telegram-bot itself would convert all or none, and log all if none."""
        asked = {"offset": offset, "timeout": poll_s, "limit": limit, "allowed_updates": KINDS}
        with reading_answers("Telegram"):
            found = await self._bot._post("getUpdates", asked, read_timeout=ANSWER_S + poll_s)
            return [(int(raw["update_id"]), raw) for raw in _list(found)]

    def _new(self, number: int, raw: Any) -> Update | None:
        """What we have not begun yet; None also for what cannot be converted, which is done with."""
        if number in self._begun:
            return None
        self._begun.add(number)
        self._next = number + 1
        try:
            update = Update.de_json(raw, self._bot)
        except Exception as error:  # of whatever kind: it is not for us to know what a library does with it
            self.skipped += 1
            log.warning("update %d cannot be read and is skipped (%s)", number, type(error).__name__)
            return None
        self._open.add(number)
        return update

    async def _bear(self, error: TelegramError | TryLater) -> None:
        """Wait out what will pass. Raises PlatformDown, BadToken for what will not."""
        if isinstance(error, InvalidToken):
            raise BadToken(reason="telegram_refuses") from None  # its message holds the token
        if isinstance(error, Conflict):
            raise PlatformDown(reason="telegram_taken", again_s=TAKEN_AGAIN_S) from error
        if not isinstance(error, (NetworkError, RetryAfter, TryLater)) or isinstance(error, BadRequest):
            raise PlatformDown(reason="telegram_silent", why=error) from error
        pause_s = seconds_to_wait(error) if isinstance(error, RetryAfter) else self._pause_s
        log.warning("Telegram does not answer (%s); asking again in %.1f s", type(error).__name__, pause_s)
        self._pause_s = min(LONGEST_PAUSE_S, 2 * self._pause_s)
        await asyncio.sleep(pause_s)

    async def _confirm(self) -> None:
        """Let Telegram forget what was taken in since we last asked, so that it is not answered twice."""
        offset = min(self._open, default=self._next)
        if offset is None:
            return
        with suppress(TelegramError, TryLater, TimeoutError):
            async with asyncio.timeout(CONFIRM_S):
                await self._raw_updates(offset=offset, poll_s=0, limit=1)

    async def _take(self, update: Update) -> None:
        def taken_in() -> None:
            self._open.discard(update.update_id)
            self._change.set()

        try:
            await self._handle(update, taken_in)
        except Exception:
            log.exception("an update could not be handled")
        # Not in a `finally`: what is cancelled was not taken in, and shall come again.
        taken_in()

    async def _settle(self) -> None:
        """Until all is taken in, but not long; longer while Telegram would mostly show again what we have."""
        await self._until(lambda: len(self._open) <= CROWD, CROWDED_S)
        await self._until(lambda: not self._open, SETTLE_S)
        while self._open and self._next is not None and self._next - min(self._open) >= SHOWN:
            await self._changed()

    async def _until(self, is_so: Callable[[], bool], limit_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while not is_so():
                    await self._changed()

    async def _changed(self) -> None:
        self._change.clear()
        await self._change.wait()


def _list(answer: Any) -> list[Any]:
    if not isinstance(answer, list):
        raise TypeError("a list was promised")
    return answer
