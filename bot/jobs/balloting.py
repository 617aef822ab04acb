"""Ballots of a challenge: what somebody chooses, and what they have chosen so far.

What is promised: whether somebody may vote is looked at in the transaction that writes it down, by the time it is then:
nobody votes for themselves, before or after, or twice. A vote that is refused has written nothing. Those who press in
the same moment are looked at together, in the order in which they came, so that a crowd is not kept waiting.
What is not: when votes are taken (`bot.challenges.stages`), and what they come to (`bot.challenges.tally`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.challenges.stages import takes_votes, why_not
from bot.challenges.tally import chosen, compared, without
from bot.jobs.course import find_challenge
from bot.jobs.errors import JobsError, NoSuchEntry, NoVotesNow, OwnEntry, WrongBallot
from bot.jobs.presses import Presses
from bot.jobs.writer import Writer
from bot.store import Store
from bot.store.challenges import ChallengeView, Entry


@dataclass(frozen=True, kw_only=True)
class Cast:
    """What somebody's ballot is now. entries: those that are in."""

    challenge: ChallengeView
    ballot: list[Any]
    entries: tuple[Entry, ...]


# What somebody's ballot becomes: of how it was. Raises JobsError.
Change = Callable[["_Sheet", list[Any]], list[Any]]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Press:
    """What somebody asks for on a challenge."""

    person: str
    change: Change


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """A challenge as those find it who press in the same moment. ballots: theirs."""

    challenge: ChallengeView
    entries: tuple[Entry, ...]
    ballots: dict[str, list[Any]]

    def check(self, person: str, *numbers: int) -> None:
        """numbers: of entries that are to be voted on, which must be there and others'."""
        by_number = {entry.number: entry for entry in self.entries}
        for number in numbers:
            if number not in by_number:
                raise NoSuchEntry(number=number, id=self.challenge.id)
            if by_number[number].person == person:
                raise OwnEntry

    def cast(self, person: str) -> Cast:
        return Cast(challenge=self.challenge, ballot=self.ballots.get(person, []), entries=self.entries)


class Ballots:
    """now: seconds since 1970."""

    def __init__(self, store: Store, writer: Writer, *, now: Callable[[], float]) -> None:
        self._store, self._now = store, now
        self._presses: Presses[_Press, Cast] = Presses(writer, self._take_those)

    async def vote(self, challenge: str, number: int, *, person: str) -> Cast:
        """For an entry; again changes nothing. Raises NoSuchChallenge, NoVotesNow, NoSuchEntry, OwnEntry.

        And WrongBallot, for pairs.
        """

        def vote(sheet: _Sheet, ballot: list[Any]) -> list[Any]:
            voting = sheet.challenge.plan.voting
            if voting == "pairs":
                raise WrongBallot
            sheet.check(person, number)
            return chosen(voting, ballot, number)

        return await self._presses.take(challenge, _Press(person=person, change=vote))

    async def compare(self, challenge: str, first: int, second: int, better: int, *, person: str) -> Cast:
        """The better of two, 0 for neither. As `vote`."""

        def compare(sheet: _Sheet, ballot: list[Any]) -> list[Any]:
            if sheet.challenge.plan.voting != "pairs" or first == second or better not in (0, first, second):
                raise WrongBallot
            sheet.check(person, first, second)
            return compared(ballot, first, second, better)

        return await self._presses.take(challenge, _Press(person=person, change=compare))

    async def take_back(self, challenge: str, number: int | None, *, person: str) -> Cast:
        """A vote for an entry, or all of them. Raises NoSuchChallenge, NoVotesNow."""

        def take_back(sheet: _Sheet, ballot: list[Any]) -> list[Any]:
            return [] if number is None else without(sheet.challenge.plan.voting, ballot, number)

        return await self._presses.take(challenge, _Press(person=person, change=take_back))

    async def ballot(self, challenge: str, *, person: str) -> Cast:
        """What somebody has chosen so far. Raises NoSuchChallenge, NoVotesNow."""
        async with self._store.reading() as connection:
            return (await self._sheet(connection, challenge, {person})).cast(person)

    async def _take_those(
        self, connection: AsyncConnection, challenge: str, presses: Sequence[_Press]
    ) -> list[Cast | JobsError]:
        """On one challenge. What is refused changes nothing. Raises NoSuchChallenge, NoVotesNow: to all of them."""
        answers: list[Cast | JobsError] = []
        sheet = await self._sheet(connection, challenge, {press.person for press in presses})
        before = dict(sheet.ballots)
        for press in presses:
            try:
                sheet.ballots[press.person] = press.change(sheet, sheet.ballots.get(press.person, []))
            except JobsError as refusal:
                answers.append(refusal)
            else:
                answers.append(sheet.cast(press.person))
        changed = {who: ballot for who, ballot in sheet.ballots.items() if ballot != before.get(who, [])}
        if changed:
            await self._store.challenges.vote(connection, challenge, changed, now=self._now())
        return answers

    async def _sheet(self, connection: AsyncConnection, challenge: str, people: Collection[str]) -> _Sheet:
        """Raises NoSuchChallenge, NoVotesNow."""
        now, view = self._now(), await find_challenge(self._store, connection, challenge)
        if not takes_votes(view.stage, view.plan, now=now):
            raise NoVotesNow(reason=why_not(view.stage, view.plan, now=now), id=view.id)
        entries = await self._store.challenges.find_entries(connection, challenge)
        ballots = await self._store.challenges.find_ballots(connection, challenge, people=people)
        return _Sheet(challenge=view, entries=tuple(entry for entry in entries if entry.is_in), ballots=ballots)
