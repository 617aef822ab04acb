"""Groups in which many ask at once: a sign for each request, and one message that says why all takes its time.

Promises: a request is answered by a sign on its message, which no limit counts; where the chat allows no signs, or a
button was pressed, the one message stands for it, and says how many requests it stands for. It comes when more pieces
are to come than the chat takes, and goes when all of them have come.
Not covered: after the death of the process such a message stays where it is.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.chat.messages import Address, Reply
from bot.chat.messenger import PlatformError, TryLater
from bot.platforms.telegram.pace import Pace
from bot.platforms.telegram.sender import Sender
from bot.texts import Language, say

SIGN = "👀"
LOOK_EVERY_S = 0.5
COUNT_EVERY_S = 5.0  # a change of the message costs as much as a piece
NO_SIGNS_S = 3600.0  # a chat that allowed none is not asked again for so long


@dataclass
class Crowd:
    """Those who wait in one chat. counted: how many requests the message stands for, of which each is told there."""

    address: Address
    language: Language
    counted: int = 0
    said: int = 0
    said_at: float = 0.0


class Crowds:
    """The groups in which requests were answered by signs. `keep` has to run."""

    def __init__(self, sender: Sender, pace: Pace) -> None:
        self._sender, self._pace = sender, pace
        self._crowds: dict[str, Crowd] = {}
        self._no_signs: dict[str, float] = {}  # chat → until when

    async def join(self, address: Address, language: Language, *, is_told: bool = False) -> None:
        """One more request; is_told: whoever asked knows already that it was taken."""
        place = replace(address, reply_to=None, message=None)
        crowd = self._crowds.setdefault(address.chat, Crowd(place, language))
        if not is_told and not await self._nod(address):
            crowd.counted += 1

    async def _nod(self, address: Address) -> bool:
        if self._no_signs.get(address.chat, 0.0) > time.monotonic():
            return False
        if address.reply_to is not None and await self._sender.react(address, address.reply_to, SIGN):
            return True
        self._no_signs[address.chat] = time.monotonic() + NO_SIGNS_S
        return False

    async def keep(self) -> None:
        """Post and remove the messages, until cancelled."""
        while True:
            for crowd in list(self._crowds.values()):
                with suppress(TryLater):  # the next look tries again
                    await self._look(crowd)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self, crowd: Crowd) -> None:
        chat = crowd.address.chat
        try:
            if not self._pace.coming(chat):
                await self._close(crowd)
            elif crowd.address.message is None:
                if crowd.counted or self._pace.is_overrun(chat):
                    message = await self._sender.post(crowd.address, self._words(crowd), patience_s=0.0)
                    crowd.address = replace(crowd.address, message=message)
            elif crowd.counted > crowd.said and time.monotonic() - crowd.said_at > COUNT_EVERY_S:
                await self._sender.edit_text(crowd.address, self._words(crowd), patience_s=0.0)
        except TryLater:
            raise
        except PlatformError:  # nothing can be said here
            self._crowds.pop(chat, None)

    async def _close(self, crowd: Crowd) -> None:
        if crowd.address.message is not None:
            await self._sender.delete(crowd.address, patience_s=0.0)
        self._crowds.pop(crowd.address.chat, None)

    def _words(self, crowd: Crowd) -> Reply:
        crowd.said, crowd.said_at = crowd.counted, time.monotonic()
        key = "telegram.crowd_counted" if crowd.counted else "telegram.crowd"
        return Reply(say(key, crowd.language, n=crowd.counted, sign=SIGN), language=crowd.language)
