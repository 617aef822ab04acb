"""Ballots of a challenge: what somebody chooses, and what they have chosen so far.

What is promised: whether somebody may vote is looked at in the transaction that writes it down, by the time it is then:
nobody votes for themselves, before or after, or twice. A vote that is refused has written nothing.
What is not: when votes are taken (`bot.challenges.stages`), and what they come to (`bot.challenges.tally`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.challenges.stages import takes_votes, why_not
from bot.challenges.tally import chosen, compared, without
from bot.jobs.course import find_challenge
from bot.jobs.errors import NoSuchEntry, NoVotesNow, OwnEntry, WrongBallot
from bot.jobs.writer import Writer
from bot.store import Store
from bot.store.challenges import ChallengeView, Entry


@dataclass(frozen=True, kw_only=True)
class Cast:
    """What somebody's ballot is now. entries: those that are in."""

    challenge: ChallengeView
    ballot: list[Any]
    entries: tuple[Entry, ...]


class Ballots:
    """now: seconds since 1970."""

    def __init__(self, store: Store, writer: Writer, *, now: Callable[[], float]) -> None:
        self._store, self._writer, self._now = store, writer, now

    async def vote(self, challenge: str, number: int, *, person: str) -> Cast:
        """For an entry; again changes nothing. Raises NoSuchChallenge, NoVotesNow, NoSuchEntry, OwnEntry.

        And WrongBallot, for pairs.
        """

        async def vote(connection: AsyncConnection, view: ChallengeView) -> Cast:
            if view.plan.voting == "pairs":
                raise WrongBallot
            cast = await self._ballot(connection, view, person, number)
            return await self._keep(connection, cast, person, chosen(view.plan.voting, cast.ballot, number))

        return await self._with(challenge, vote)

    async def compare(self, challenge: str, first: int, second: int, better: int, *, person: str) -> Cast:
        """The better of two, 0 for neither. As `vote`."""

        async def compare(connection: AsyncConnection, view: ChallengeView) -> Cast:
            if view.plan.voting != "pairs" or first == second or better not in (0, first, second):
                raise WrongBallot
            cast = await self._ballot(connection, view, person, first, second)
            return await self._keep(connection, cast, person, compared(cast.ballot, first, second, better))

        return await self._with(challenge, compare)

    async def take_back(self, challenge: str, number: int | None, *, person: str) -> Cast:
        """A vote for an entry, or all of them. Raises NoSuchChallenge, NoVotesNow."""

        async def take_back(connection: AsyncConnection, view: ChallengeView) -> Cast:
            cast = await self._ballot(connection, view, person)
            ballot = [] if number is None else without(view.plan.voting, cast.ballot, number)
            return await self._keep(connection, cast, person, ballot)

        return await self._with(challenge, take_back)

    async def ballot(self, challenge: str, *, person: str) -> Cast:
        """What somebody has chosen so far. Raises NoSuchChallenge, NoVotesNow."""
        async with self._store.reading() as connection:
            return await self._ballot(connection, await find_challenge(self._store, connection, challenge), person)

    async def _ballot(self, connection: AsyncConnection, view: ChallengeView, person: str, *numbers: int) -> Cast:
        """numbers: of entries that are to be voted on, which must be there and others'."""
        now = self._now()
        if not takes_votes(view.stage, view.plan, now=now):
            raise NoVotesNow(reason=why_not(view.stage, view.plan, now=now), id=view.id)
        entries = tuple(
            entry for entry in await self._store.challenges.find_entries(connection, view.id) if entry.is_in
        )
        by_number = {entry.number: entry for entry in entries}
        for number in numbers:
            if number not in by_number:
                raise NoSuchEntry(number=number, id=view.id)
            if by_number[number].person == person:
                raise OwnEntry
        ballot = await self._store.challenges.ballot(connection, view.id, person)
        return Cast(challenge=view, ballot=ballot, entries=entries)

    async def _keep(self, connection: AsyncConnection, cast: Cast, person: str, ballot: list[Any]) -> Cast:
        if ballot != cast.ballot:
            await self._store.challenges.vote(connection, cast.challenge.id, person, ballot, now=self._now())
        return replace(cast, ballot=ballot)

    async def _with(self, challenge: str, act: Callable[[AsyncConnection, ChallengeView], Awaitable[Cast]]) -> Cast:
        async def change(connection: AsyncConnection) -> Cast:
            return await act(connection, await find_challenge(self._store, connection, challenge))

        return await self._writer.write(change, urgent=True)
