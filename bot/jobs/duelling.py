"""Duels: voted on, and unveiled at their time or before.

What is promised: that a duel is unveiled, and the message about it, are one transaction, so it is told once, whoever
dies meanwhile. Whether somebody may vote is looked at in the transaction that writes it down: one vote each, which may
be changed until it is unveiled; how many chose what is told to nobody who has not. Where nobody voted nothing is told.
In a private talk there is one voter, whose vote unveils it.
What is not: where somebody votes, and who may unveil it early; commands look at that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Address
from bot.duels.ratings import VERDICTS, Verdict
from bot.jobs.errors import DuelOver, JobsError, NoSuchDuel
from bot.jobs.posting import add_post, public
from bot.jobs.presses import Presses
from bot.jobs.scheduler import Kept
from bot.jobs.writer import Writer
from bot.making.post import Post
from bot.store import Appointment, Store
from bot.store.duels import SUBJECT, Counts, DuelView, StoredVote

UNVEILED = "unveiled"  # what is told


@dataclass(frozen=True, kw_only=True)
class Poll:
    """A duel as somebody who has voted may see it. verdict: theirs, None if they came too late to choose."""

    duel: DuelView
    verdict: Verdict | None
    counts: Counts

    @property
    def voters(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, kw_only=True, eq=False)
class _Press:
    """alone: nobody else can vote on it."""

    vote: StoredVote
    alone: bool


class Duelling:
    """on_posted: there are messages to deliver. now: seconds since 1970."""

    def __init__(
        self, store: Store, writer: Writer, *, on_posted: Callable[[], None], now: Callable[[], float]
    ) -> None:
        self._store, self._writer, self._on_posted, self._now = store, writer, on_posted, now
        self._presses: Presses[_Press, Poll] = Presses(writer, self._take_those)

    async def vote(self, duel: str, verdict: Verdict, *, person: str, consent: bool, alone: bool = False) -> Poll:
        """Choose, or choose otherwise. alone: nobody else can vote on it, so it is unveiled by this.

        In one transaction with all who vote meanwhile. Raises NoSuchDuel, DuelOver.
        """
        if verdict not in VERDICTS:
            raise ValueError(f"not a verdict: {verdict!r}")
        stored = StoredVote(duel=duel, person=person, verdict=verdict, consent=consent, changed=self._now())
        return await self._presses.take(duel, _Press(vote=stored, alone=alone))

    async def _take_those(
        self, connection: AsyncConnection, duel: str, presses: Sequence[_Press]
    ) -> list[Poll | JobsError]:
        """On one duel; of each person the last one counts. Raises NoSuchDuel, DuelOver: to all of them."""
        view, now = await self._find(connection, duel), self._now()
        if view.unveiled is not None or now >= view.ends:
            raise DuelOver(id=duel)
        last = {press.vote.person: press.vote for press in presses}
        await self._store.duels.vote(connection, *last.values())
        if any(press.alone for press in presses):
            await self._store.duels.unveil(connection, duel, now=now)
            await self._store.appointments.remove(connection, duel)
            view = await self._find(connection, duel)
        counts = await self._store.duels.counts(connection, view)
        return [Poll(duel=view, verdict=last[press.vote.person].verdict, counts=counts) for press in presses]

    async def look(self, duel: str, *, person: str) -> Poll | None:
        """How it stands, for somebody who has voted, and for everybody when it is over. None for others.

        Raises NoSuchDuel.
        """
        async with self._store.reading() as connection:
            poll = await self._poll(connection, duel, person)
        return poll if poll.verdict is not None or poll.duel.unveiled is not None else None

    async def unveil(self, duel: str) -> None:
        """Before its time. Raises NoSuchDuel, DuelOver."""

        async def unveil(connection: AsyncConnection) -> None:
            view = await self._find(connection, duel)
            if view.unveiled is not None:
                raise DuelOver(id=duel)
            await self._unveil(connection, view)
            await self._store.appointments.remove(connection, duel)

        await self._writer.write(unveil, urgent=True)
        self._on_posted()

    async def keep(self, connection: AsyncConnection, appointment: Appointment, _now: float) -> Kept:
        """Its time has come. A `bot.jobs.scheduler.Keep`."""
        view = await self._store.duels.find(connection, appointment.id)
        if view is not None and view.unveiled is None:
            await self._unveil(connection, view)
        return Kept(ends=True, afterwards=self._on_posted)

    async def _unveil(self, connection: AsyncConnection, view: DuelView) -> None:
        """With the message about it, where there is anything to tell, and somewhere."""
        now = self._now()
        await self._store.duels.unveil(connection, view.id, now=now)
        job = await self._store.jobs.find(connection, view.id)
        if job is None or not any((await self._store.duels.counts(connection, view)).values()):
            return
        address = _moved(public(job.address), view.scope)
        post = Post(subject=SUBJECT, target=view.id, what=UNVEILED)
        await add_post(self._store, connection, post, address=address, language=view.language, now=now)

    async def _find(self, connection: AsyncConnection, duel: str) -> DuelView:
        view = await self._store.duels.find(connection, duel)
        if view is None:
            raise NoSuchDuel(id=duel)
        return view

    async def _poll(self, connection: AsyncConnection, duel: str, person: str) -> Poll:
        view = await self._find(connection, duel)
        verdict = await self._store.duels.verdict(connection, duel, person)
        return Poll(duel=view, verdict=verdict, counts=await self._store.duels.counts(connection, view))


def _moved(address: Address, scope: str) -> Address:
    """A group that got another id since is found under that."""
    guild = scope.partition(":")[2]
    if address.guild in (None, guild):
        return address
    return replace(address, guild=guild, chat=guild if address.chat == address.guild else address.chat)
