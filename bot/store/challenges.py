"""Challenges, who entered what, who voted how, and what the organisers did.

Every method that takes a connection belongs to the transaction of whoever calls it. What is promised: a number of an
entry is given once; an entry whose piece is gone counts as withdrawn. What is not: who may do what and when; that is
`bot.jobs.hosting`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from sqlalchemy import Row, Select, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.challenges.demands import Finding
from bot.challenges.plan import Plan
from bot.challenges.stages import LIVE, Stage
from bot.chat.messages import Address
from bot.store.batching import Batched
from bot.store.connections import Connections
from bot.store.tables import challenge_entries, challenge_log, challenge_votes, challenges, pieces
from bot.texts import Language, known_language

EntryState = Literal["in", "withdrawn", "removed", "disqualified"]
MOST_LOG_ROWS = 200
NAME = "name"  # in details


@dataclass(frozen=True, kw_only=True)
class ChallengeView:
    """A challenge as it stands in the table. organiser: the key of a person, None once they are forgotten."""

    id: str
    scope: str
    platform: str
    organiser: str | None
    language: Language
    address: Address
    plan: Plan
    stage: Stage
    numbered: int
    series: str
    place: int
    created: float
    over: float | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A piece that somebody entered. name: what they are called there."""

    challenge: str
    number: int
    person: str
    name: str
    piece: str
    state: EntryState
    entered: float
    reason: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def is_in(self) -> bool:
        return self.state == "in"

    @property
    def is_listed(self) -> bool:
        """Whether it stands in the list that comes with the results; what was withdrawn or removed does not."""
        return self.state in ("in", "disqualified")


@dataclass(frozen=True)
class Doer:
    """An organiser who does something. name: what they are called there."""

    person: str
    name: str


@dataclass(frozen=True, kw_only=True)
class LogRow:
    """Something that was done. person: None for the bot itself, and for who is forgotten. details: under "name" what an
    organiser was called, "" for who is forgotten; the bot has none.
    """

    number: int
    at: float
    person: str | None
    what: str
    details: Mapping[str, Any] = field(default_factory=dict)


class Challenges:
    """The tables `challenges`, `challenge_entries`, `challenge_votes`, `challenge_log`. Belongs to a Store."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._views: Batched[str, ChallengeView] = Batched(self._find_some)  # a crowd votes at once
        self.open_scopes: frozenset[str] = frozenset()  # where pieces are taken, as `look` last saw it

    # --- looking -------------------------------------------------------------------------------------------------

    async def get(self, challenge: str) -> ChallengeView | None:
        """One challenge, whatever its stage."""
        return await self._views.get(challenge)

    async def _find_some(self, ids: Collection[str]) -> dict[str, ChallengeView]:
        async with self._connections.reading() as connection:
            rows = await connection.execute(select(challenges).where(challenges.c.id.in_(ids)))
            return {row.id: _view(row) for row in rows}

    async def find(self, connection: AsyncConnection, challenge: str) -> ChallengeView | None:
        """The same within a transaction."""
        row = (await connection.execute(select(challenges).where(challenges.c.id == challenge))).one_or_none()
        return None if row is None else _view(row)

    async def of(self, scope: str, *, stages: Sequence[Stage] = LIVE, limit: int = 25) -> list[ChallengeView]:
        """Those of a server or private chat, the newest first."""
        mine = select(challenges).where(challenges.c.scope == scope, challenges.c.stage.in_(stages))
        newest = mine.order_by(challenges.c.created.desc(), challenges.c.id).limit(limit)
        async with self._connections.reading() as connection:
            return [_view(row) for row in await connection.execute(newest)]

    async def entries(self, challenge: str) -> list[Entry]:
        """All that were made, by number; those whose piece is gone are withdrawn."""
        async with self._connections.reading() as connection:
            return await self.find_entries(connection, challenge)

    async def find_entries(self, connection: AsyncConnection, challenge: str) -> list[Entry]:
        """The same within a transaction."""
        rows = await connection.execute(_entries().where(challenge_entries.c.challenge == challenge))
        return [_entry(row) for row in rows]

    async def ballots(self, challenge: str) -> dict[str, Any]:
        """Of each person who voted."""
        async with self._connections.reading() as connection:
            return await self.find_ballots(connection, challenge)

    async def find_ballots(
        self, connection: AsyncConnection, challenge: str, *, people: Collection[str] | None = None
    ) -> dict[str, Any]:
        """The same within a transaction; people: of these alone."""
        mine = select(challenge_votes.c.person, challenge_votes.c.ballot).where(
            challenge_votes.c.challenge == challenge
        )
        mine = mine if people is None else mine.where(challenge_votes.c.person.in_(people))
        return {row.person: row.ballot for row in await connection.execute(mine)}

    async def ballot(self, connection: AsyncConnection, challenge: str, person: str) -> list[Any]:
        """What one person has chosen so far."""
        found = await connection.scalar(select(challenge_votes.c.ballot).where(*_vote(challenge, person)))
        return list(found or ())

    async def log(self, challenge: str) -> list[LogRow]:
        """What was done, the newest first."""
        async with self._connections.reading() as connection:
            return await self.find_log(connection, challenge)

    async def find_log(self, connection: AsyncConnection, challenge: str) -> list[LogRow]:
        """The same within a transaction."""
        mine = select(challenge_log).where(challenge_log.c.challenge == challenge)
        newest = mine.order_by(challenge_log.c.number.desc()).limit(MOST_LOG_ROWS)
        return [
            LogRow(number=row.number, at=row.at, person=row.person, what=row.what, details=row.details)
            for row in await connection.execute(newest)
        ]

    async def find_series(self, connection: AsyncConnection, series: str) -> list[ChallengeView]:
        """All of a series so far, in order."""
        mine = select(challenges).where(challenges.c.series == series).order_by(challenges.c.place)
        return [_view(row) for row in await connection.execute(mine)]

    async def look(self, connection: AsyncConnection) -> None:
        """Note where pieces are taken now, for whoever must not wait."""
        taking = select(challenges.c.scope).where(challenges.c.stage == "open").distinct()
        self.open_scopes = frozenset(await connection.scalars(taking))

    # --- changing ------------------------------------------------------------------------------------------------

    async def add(self, connection: AsyncConnection, view: ChallengeView) -> None:
        """A new one."""
        await connection.execute(
            insert(challenges).values(
                id=view.id,
                scope=view.scope,
                platform=view.platform,
                organiser=view.organiser,
                language=view.language,
                address=view.address.to_json(),
                plan=view.plan.to_json(),
                stage=view.stage,
                numbered=view.numbered,
                series=view.series,
                place=view.place,
                created=view.created,
            )
        )

    async def change(
        self, connection: AsyncConnection, view: ChallengeView, *, stage: Stage, plan: Plan, over: float | None = None
    ) -> bool:
        """Another stage or plan. False if it is not any more what it was."""
        changed = await connection.execute(
            update(challenges)
            .where(challenges.c.id == view.id, challenges.c.stage == view.stage)
            .values(stage=stage, plan=plan.to_json(), over=over)
        )
        return changed.rowcount == 1

    async def discard(self, connection: AsyncConnection, challenge: str) -> None:
        """A draft goes away wholly."""
        mine = challenges.c.id == challenge
        await connection.execute(delete(challenges).where(mine, challenges.c.stage == "draft"))

    async def readdress(self, connection: AsyncConnection, challenge: str, address: Address) -> None:
        """It is told of elsewhere from now on."""
        await connection.execute(
            update(challenges).where(challenges.c.id == challenge).values(address=address.to_json())
        )

    async def enter(self, connection: AsyncConnection, entry: Entry) -> Entry:
        """Under the next number; returns it with that."""
        mine = challenges.c.id == entry.challenge
        number = (await connection.execute(select(challenges.c.numbered).where(mine))).scalar_one() + 1
        await connection.execute(update(challenges).where(mine).values(numbered=number))
        values = {
            "challenge": entry.challenge,
            "person": entry.person,
            "name": entry.name,
            "piece": entry.piece,
            "state": entry.state,
            "findings": [finding.to_json() for finding in entry.findings],
            "entered": entry.entered,
        }
        again = challenge_entries.c.challenge == entry.challenge, challenge_entries.c.piece == entry.piece
        await connection.execute(delete(challenge_entries).where(*again))  # withdrawn before
        await connection.execute(insert(challenge_entries).values(number=number, **values))
        return Entry(**{**entry.__dict__, "number": number})

    async def mark(self, connection: AsyncConnection, entry: Entry, state: EntryState, *, reason: str = "") -> None:
        """An entry is out, or in again."""
        this = challenge_entries.c.challenge == entry.challenge, challenge_entries.c.number == entry.number
        await connection.execute(update(challenge_entries).where(*this).values(state=state, reason=reason or None))

    async def vote(
        self, connection: AsyncConnection, challenge: str, ballots: Mapping[str, Sequence[Any]], *, now: float
    ) -> None:
        """Keep people's ballots in the place of those before; an empty one is none."""
        these = challenge_votes.c.challenge == challenge, challenge_votes.c.person.in_(ballots)
        await connection.execute(delete(challenge_votes).where(*these))
        rows = [
            {"challenge": challenge, "person": person, "ballot": list(ballot), "changed": now}
            for person, ballot in ballots.items()
            if ballot
        ]
        if rows:
            await connection.execute(insert(challenge_votes), rows)

    async def note(
        self,
        connection: AsyncConnection,
        challenge: str,
        what: str,
        *,
        by: Doer | None,
        at: float,
        **details: Any,
    ) -> int:
        """Write down what was done; returns its number. by: None for what came by itself."""
        newest = select(func.max(challenge_log.c.number)).where(challenge_log.c.challenge == challenge)
        number = ((await connection.execute(newest)).scalar_one() or 0) + 1
        await connection.execute(
            insert(challenge_log).values(
                challenge=challenge,
                number=number,
                at=at,
                person=None if by is None else by.person,
                what=what,
                details=details if by is None else {**details, NAME: by.name},
            )
        )
        return number


async def forget_doer(connection: AsyncConnection, person: str) -> None:
    """What somebody did as an organiser stays in the logs, without their name."""
    mine = select(challenge_log).where(challenge_log.c.person == person)
    for row in (await connection.execute(mine)).all():
        this = challenge_log.c.challenge == row.challenge, challenge_log.c.number == row.number
        values = {"person": None, "details": {**row.details, NAME: ""}}
        await connection.execute(update(challenge_log).where(*this).values(**values))


def _entries() -> Select[Any]:
    """With whether the piece is still there."""
    is_there = and_(pieces.c.id == challenge_entries.c.piece, pieces.c.deleted.is_(None))
    joined = challenge_entries.outerjoin(pieces, is_there)
    query = select(challenge_entries, pieces.c.id.label("there")).select_from(joined)
    return query.order_by(challenge_entries.c.number)


def _entry(row: Row[Any]) -> Entry:
    state = cast(EntryState, row.state)
    return Entry(
        challenge=row.challenge,
        number=row.number,
        person=row.person,
        name=row.name,
        piece=row.piece,
        state="withdrawn" if state == "in" and row.there is None else state,
        entered=row.entered,
        reason=row.reason or "",
        findings=tuple(Finding.from_json(finding) for finding in row.findings),
    )


def _vote(challenge: str, person: str) -> tuple[Any, ...]:
    return challenge_votes.c.challenge == challenge, challenge_votes.c.person == person


def _view(row: Row[Any]) -> ChallengeView:
    return ChallengeView(
        id=row.id,
        scope=row.scope,
        platform=row.platform,
        organiser=row.organiser,
        language=known_language(row.language),
        address=Address.from_json(row.address),
        plan=Plan.from_json(row.plan),
        stage=cast(Stage, row.stage),
        numbered=row.numbered,
        series=row.series,
        place=row.place,
        created=row.created,
        over=row.over,
    )
