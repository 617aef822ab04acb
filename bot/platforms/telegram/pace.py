"""How fast we may talk, and who goes first: Telegram's flood limits, kept before it has to remind us.

Three budgets, each an asyncio-throttle: everything together, one chat (short bursts, on average one message a second)
and one group (about 18 a minute; edits count like messages, reactions do not). Where a chat takes no more for the
moment answers go first, then pieces, then what follows a piece; a little of a group's budget is left for answers, and
followers leave room for the pieces that are still to come. Progress is optional: it only takes what nobody else needs,
and not more often than every few seconds. When Telegram says "retry after" it means one chat, and only that chat waits.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from asyncio_throttle.throttler import Throttler

from bot.chat.messenger import TryLater

CHAT_BURST, CHAT_BURST_S = 5, 5.0
PROGRESS_PRIVATE_S = 3.0
PROGRESS_GROUP_S = 6.0
PAGE_S = 0.5  # a page comes once, and all the progress there was may have come a moment ago
PROGRESS_SHARE = 0.5  # of a budget; the rest is for answers and results
FOLLOWERS_SHARE = 0.75  # of a group's budget is the most that is left free for pieces to come
FOLLOW_AGAIN_S = 5.0  # while a piece waits for its turn
LOOK_S = 0.05
EXPECTED_S = 900.0  # a piece that has not come by then is not waited for
ANSWERS_KEPT = 1  # of a group's messages a minute
MAX_CHATS = 2000  # remembered; those that have been quiet are forgotten first
MINUTE_S = 60.0


class Rank(IntEnum):
    """What a message is; the lower number goes first."""

    ANSWER = 0
    RESULT = 1
    FOLLOWER = 2
    PROGRESS = 3


class Budget:
    """So many messages in so many seconds: a Throttler that can also be asked how busy it is."""

    def __init__(self, messages: int, period_s: float, *, look_every_s: float = 0.01) -> None:
        self.messages, self._period_s = messages, period_s
        self._throttler: Any = Throttler(messages, period_s, look_every_s)  # Any: the library has no types

    def wait_s(self, cost: int = 1) -> float:
        """How long until so many are free; 0 for now."""
        sent_at = self._recently_sent_at()
        lacking = len(sent_at) + min(cost, self.messages) - self.messages
        return 0.0 if lacking <= 0 else max(0.0, sent_at[lacking - 1] + self._period_s - time.monotonic())

    def is_spare(self, share: float) -> bool:
        """Whether less than this share of it is used."""
        return len(self._recently_sent_at()) < max(1.0, share * self.messages)

    @property
    def free(self) -> int:
        """How many may be sent now."""
        return self.messages - len(self._recently_sent_at())

    @property
    def is_unused(self) -> bool:
        return not self._recently_sent_at()

    async def take(self, cost: int) -> None:
        """Waits for its turn."""
        for _ in range(min(cost, self.messages)):
            await self._throttler.acquire()

    def _recently_sent_at(self) -> Sequence[float]:
        self._throttler.flush()
        moments: Sequence[float] = self._throttler._task_logs
        return moments


@dataclass
class Talk:
    """One chat. waiting: rank, number and cost of those who wait for their turn. expected: pieces that are to come,
    by job: since when, and whether they are finished and only wait for their turn. answered_at: the latest answers.
    """

    burst: Budget
    group: Budget | None
    waiting: list[tuple[Rank, int, int]] = field(default_factory=list)
    expected: dict[str, tuple[float, bool]] = field(default_factory=dict)
    answered_at: list[float] = field(default_factory=list)
    held_until: float = 0.0
    progress_at: float | None = None

    @property
    def budgets(self) -> list[Budget]:
        return [self.burst] if self.group is None else [self.burst, self.group]

    def coming(self) -> list[bool]:
        """For each piece that is to come, whether it is finished."""
        now = time.monotonic()
        self.expected = {job: known for job, known in self.expected.items() if now - known[0] < EXPECTED_S}
        return [is_finished for _, is_finished in self.expected.values()]

    def wait_s(self, cost: int, rank: Rank, before: int = 0) -> float:
        """How long until its turn. before: the cost of those who go first."""
        waits = [self.held_until - time.monotonic(), self.burst.wait_s(1 + before)]
        if before and any(budget.free <= before for budget in self.budgets):
            waits.append(LOOK_S)
        if self.group is not None:
            waits.append(self.group.wait_s(self._needed(self.group, cost + before, rank)))
            if rank is Rank.FOLLOWER and any(self.coming()):
                waits.append(FOLLOW_AGAIN_S)
        return max(0.0, *waits)

    def _needed(self, group: Budget, cost: int, rank: Rank) -> int:
        """How many have to be free for it: what others are sure to need is not touched."""
        if rank is Rank.ANSWER:
            return cost
        now = time.monotonic()
        self.answered_at = [at for at in self.answered_at if now - at < MINUTE_S]
        kept = max(0, min(ANSWERS_KEPT, group.messages - 1) - len(self.answered_at))
        if rank is Rank.FOLLOWER:
            most = max(cost, round(FOLLOWERS_SHARE * group.messages))
            return min(cost + kept + len(self.coming()), most)
        return cost + kept


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
        self._chats: dict[str, Talk] = {}
        self._number = 0

    async def turn(self, chat: str, *, cost: int = 1, patience_s: float, rank: Rank = Rank.ANSWER) -> None:
        """Wait until something may be sent to a chat. Raises TryLater if that takes longer than `patience_s`."""
        talk, end = self._talk(chat), time.monotonic() + patience_s
        self._number += 1
        mine = (rank, self._number, cost)
        talk.waiting.append(mine)
        try:
            while (wait_s := talk.wait_s(cost, rank, before := _before(talk, mine))) > 0:
                if time.monotonic() + wait_s > end:
                    raise TryLater("too much for this chat at the moment", after_s=wait_s, sent=False)
                await asyncio.sleep(min(wait_s, LOOK_S * (1 + before)))  # a long queue does not look all the time
        finally:
            talk.waiting.remove(mine)
        if rank is Rank.ANSWER:
            talk.answered_at.append(time.monotonic())
        await talk.burst.take(1)  # an album comes at once, but each of its items counts in a group
        for budget in (talk.group, self._all):
            if budget is not None:
                await budget.take(cost)

    def wait_s(self, chat: str, cost: int = 1) -> float:
        """How long until it is this chat's turn, as far as the chat itself goes."""
        return self._talk(chat).wait_s(cost, Rank.ANSWER)

    def hold(self, chat: str, after_s: float) -> None:
        """Telegram wants this chat to wait."""
        self._talk(chat).held_until = time.monotonic() + after_s

    def may_progress(self, chat: str, *, has_page: bool = False) -> bool:
        """Whether progress may be shown now; what answers True is followed by an edit. has_page: the first page."""
        talk, now = self._talk(chat), time.monotonic()
        usual_s = PROGRESS_GROUP_S if talk.group is not None else PROGRESS_PRIVATE_S
        every_s = min(PAGE_S, usual_s) if has_page else usual_s
        if (talk.progress_at is not None and now - talk.progress_at < every_s) or self.wait_s(chat) > 0:
            return False
        if talk.waiting or (talk.group is not None and len(talk.coming()) > 1):
            return False
        if not all(budget.is_spare(PROGRESS_SHARE) for budget in [*talk.budgets, self._all]):
            return False
        talk.progress_at = now
        return True

    # --- pieces to come ----------------------------------------------------------------------------------------------

    def expect(self, chat: str, job: str, *, is_finished: bool = False) -> None:
        """The piece of this job is to come into this chat; is_finished: it only waits for its turn."""
        self._talk(chat).expected[job] = (time.monotonic(), is_finished)

    def met(self, chat: str, job: str) -> None:
        """It has come, or will not come."""
        self._talk(chat).expected.pop(job, None)

    def coming(self, chat: str) -> int:
        """How many pieces are to come."""
        return len(self._talk(chat).coming())

    def is_crowded(self, chat: str) -> bool:
        """Whether a request had better be answered by a sign: somebody waits there already, or much was said lately."""
        talk = self._talk(chat)
        return talk.group is not None and (bool(talk.coming()) or not talk.group.is_spare(PROGRESS_SHARE))

    def is_overrun(self, chat: str) -> bool:
        """Whether more pieces are to come than the chat takes now."""
        talk = self._talk(chat)
        return talk.group is not None and len(talk.coming()) > talk.group.free

    # --- chats -------------------------------------------------------------------------------------------------------

    def _talk(self, chat: str) -> Talk:
        if chat not in self._chats:
            self._forget_quiet_chats()
            group = Budget(self._group_burst, self._group_period_s, look_every_s=0.1) if is_group(chat) else None
            self._chats[chat] = Talk(Budget(CHAT_BURST, CHAT_BURST_S), group)
        return self._chats[chat]

    def _forget_quiet_chats(self) -> None:
        if len(self._chats) < MAX_CHATS:
            return
        now = time.monotonic()
        for chat, talk in list(self._chats.items()):
            is_busy = talk.waiting or talk.coming() or talk.held_until > now
            if not is_busy and all(budget.is_unused for budget in talk.budgets):
                del self._chats[chat]


def _before(talk: Talk, mine: tuple[Rank, int, int]) -> int:
    """The cost of those who wait in this chat and go first."""
    return sum(cost for rank, number, cost in talk.waiting if (rank, number) < mine[:2])
