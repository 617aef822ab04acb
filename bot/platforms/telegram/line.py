"""The line to Telegram: messages and edits go through `Line.call`, which paces them and explains what went wrong."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from telegram import Bot
from telegram.error import ChatMigrated, RetryAfter, TelegramError

from bot.chat.messenger import TryLater
from bot.platforms.answers import reading_answers
from bot.platforms.telegram.faults import seconds_to_wait, translate
from bot.platforms.telegram.pace import Pace, Rank
from bot.platforms.telegram.photos import Photos
from bot.platforms.telegram.requests import Requests

Result = TypeVar("Result")

CONNECTIONS = 32


class Line:
    """A bot and its pace. Made before the network is there; `close` it."""

    def __init__(self, token: str, *, api_url: str, pace: Pace) -> None:
        # Without it python-telegram-bot warns of its own future at every "retry after".
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        self._requests = (Requests(api_url, connections=1), Requests(api_url, connections=CONNECTIONS))
        self.bot = Bot(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            get_updates_request=self._requests[0],
            request=self._requests[1],
        )
        self.pace = pace
        self.photos = Photos()
        self._moved: dict[str, str] = {}  # groups that became supergroups

    async def close(self) -> None:
        for request in self._requests:
            await request.shutdown()

    def chat(self, chat: str) -> str:
        """The id that a chat has now."""
        return self._moved.get(chat, chat)

    async def ask(self, method: str, chat: str, values: Mapping[str, Any]) -> Any:
        """Telegram's answer as it came. Making a Message of it, as the bot's own methods do, costs more than the rest.

        For what a crowd is answered with. Raises TelegramError; whoever takes the answer apart does so within `call`.
        """
        return await self.bot._post(method, {"chat_id": chat, **values})

    async def call(
        self,
        chat: str,
        act: Callable[[str], Awaitable[Result]],
        *,
        patience_s: float,
        cost: int = 1,
        rank: Rank = Rank.ANSWER,
    ) -> Result:
        """Do something in a chat when it is its turn; `act` is given the chat's id.

        Waits `patience_s` at most for its turn. Raises PlatformError (see faults.py).
        """
        end = time.monotonic() + patience_s
        while True:
            await self.pace.turn(chat, cost=cost, patience_s=max(0.0, end - time.monotonic()), rank=rank)
            try:
                with reading_answers("Telegram"):
                    return await act(self.chat(chat))
            except RetryAfter as error:
                self.pace.hold(chat, seconds_to_wait(error))
                if seconds_to_wait(error) > end - time.monotonic():
                    raise translate(error) from error
            except ChatMigrated as error:
                if chat in self._moved:
                    raise TryLater("the group has a new id", sent=False) from error
                self._moved[chat] = str(error.new_chat_id)
            except TelegramError as error:
                raise translate(error) from error
