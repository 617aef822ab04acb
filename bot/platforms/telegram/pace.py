"""How fast we may talk: Telegram's flood limits, kept before it has to remind us.

Three budgets, each an asyncio-throttle: everything together, one chat (short bursts, on average one message a second)
and one group (about 18 a minute; edits count like messages). Progress is optional: it only takes what results are
sure not to need, and not more often than every few seconds. When Telegram says "retry after" it means one chat, and
only that chat waits.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from asyncio_throttle.throttler import Throttler

from bot.chat.messenger import TryLater

CHAT_BURST, CHAT_BURST_S = 5, 5.0
PROGRESS_PRIVATE_S = 3.0
PROGRESS_GROUP_S = 6.0
PROGRESS_SHARE = 0.5  # of a budget; the rest is for answers and results
MAX_CHATS = 2000  # remembered; those that have been quiet are forgotten first
MINUTE_S = 60.0


class Budget:
    """So many messages in so many seconds: a Throttler that can also be asked how busy it is."""

    def __init__(self, messages: int, period_s: float, *, look_every_s: float = 0.01) -> None:
        self._messages, self._period_s = messages, period_s
        self._throttler: Any = Throttler(messages, period_s, look_every_s)  # Any: the library has no types

    def wait_s(self, cost: int = 1) -> float:
        """How long until so many are free; 0 for now."""
        sent_at = self._recently_sent_at()
        lacking = len(sent_at) + min(cost, self._messages) - self._messages
        return 0.0 if lacking <= 0 else max(0.0, sent_at[lacking - 1] + self._period_s - time.monotonic())

    def is_spare(self, share: float) -> bool:
        """Whether less than this share of it is used."""
        return len(self._recently_sent_at()) < max(1.0, share * self._messages)

    @property
    def is_unused(self) -> bool:
        return not self._recently_sent_at()

    async def take(self, cost: int) -> None:
        """Waits for its turn."""
        for _ in range(min(cost, self._messages)):
            await self._throttler.acquire()

    def _recently_sent_at(self) -> Sequence[float]:
        self._throttler.flush()
        moments: Sequence[float] = self._throttler._task_logs
        return moments


def is_group(chat: str) -> bool:
    """Telegram gives groups negative ids."""
    return chat.startswith("-")


class Pace:
    """Whose turn it is."""

    def __init__(self, *, messages_per_s: float, messages_per_group_per_minute: float) -> None:
        burst = max(1, round(messages_per_s))
        self._all = Budget(burst, burst / messages_per_s)
        self._group_burst = max(1, round(messages_per_group_per_minute))
        self._group_period_s = MINUTE_S * self._group_burst / messages_per_group_per_minute
        self._chats: dict[str, list[Budget]] = {}
        self._held_until: dict[str, float] = {}
        self._progress_at: dict[str, float] = {}

    async def turn(self, chat: str, *, cost: int = 1, patience_s: float) -> None:
        """Wait until something may be sent to a chat. Raises TryLater if that takes longer than `patience_s`."""
        wait_s = self.wait_s(chat, cost)
        if wait_s > patience_s:
            raise TryLater("too much for this chat at the moment", after_s=wait_s, sent=False)
        await asyncio.sleep(self._held_s(chat))
        burst, *group = self._budgets(chat)
        await burst.take(1)  # an album comes at once, but each of its items counts in a group
        for budget in [*group, self._all]:
            await budget.take(cost)

    def wait_s(self, chat: str, cost: int = 1) -> float:
        """How long until it is this chat's turn, as far as the chat itself goes."""
        burst, *group = self._budgets(chat)
        return max([self._held_s(chat), burst.wait_s(), *(budget.wait_s(cost) for budget in group)])

    def hold(self, chat: str, after_s: float) -> None:
        """Telegram wants this chat to wait."""
        self._held_until[chat] = time.monotonic() + after_s

    def may_progress(self, chat: str) -> bool:
        """Whether progress may be shown now; what answers True is followed by an edit."""
        every_s = PROGRESS_GROUP_S if is_group(chat) else PROGRESS_PRIVATE_S
        now = time.monotonic()
        if now - self._progress_at.get(chat, -every_s) < every_s or self.wait_s(chat) > 0:
            return False
        if not all(budget.is_spare(PROGRESS_SHARE) for budget in [*self._budgets(chat), self._all]):
            return False
        self._progress_at[chat] = now
        return True

    def _held_s(self, chat: str) -> float:
        return max(0.0, self._held_until.get(chat, 0.0) - time.monotonic())

    def _budgets(self, chat: str) -> list[Budget]:
        if chat not in self._chats:
            self._forget_quiet_chats()
            self._chats[chat] = [Budget(CHAT_BURST, CHAT_BURST_S)]
            if is_group(chat):
                self._chats[chat].append(Budget(self._group_burst, self._group_period_s, look_every_s=0.1))
        return self._chats[chat]

    def _forget_quiet_chats(self) -> None:
        if len(self._chats) < MAX_CHATS:
            return
        now = time.monotonic()
        quiet = [chat for chat, budgets in self._chats.items() if all(budget.is_unused for budget in budgets)]
        for chat in quiet:
            del self._chats[chat]
            self._progress_at.pop(chat, None)
            if self._held_until.get(chat, 0.0) < now:
                self._held_until.pop(chat, None)
