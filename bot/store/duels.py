"""Duels: which two pieces they are between, how people voted, and whether it is known what they were.

What is promised: a duel and the appointment that unveils it come in the transaction that writes its pieces down; a
person has one vote in it. Votes of people who are forgotten, and of duels that are too old, stay as counts without
names where the duel is over; where it is not they are gone, so that nobody counts twice.
What is not: who may vote when; that is `bot.jobs.duelling`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Address
from bot.duels.ratings import VERDICTS, Verdict, Vote
from bot.duels.sides import KINDS, Kind, Side, compares
from bot.store.appointments import Appointment, Appointments
from bot.store.batching import Batched
from bot.store.connections import Connections
from bot.store.tables import duel_votes, duels, jobs
from bot.texts import FALLBACK, Language, known_language

SUBJECT = "duel"  # of its appointment, and of what is told of it
HOUR_S = 3600.0

Counts = Mapping[Verdict, int]


@dataclass(frozen=True, kw_only=True)
class DuelView:
    """A duel as it stands in the table. scope: the server or private talk it belongs to. person: who asked for it, None
    once they are forgotten. ends: when it is unveiled; unveiled: when it was. nameless: votes of people forgotten.
    composed: both were for this duel.
    """

    id: str
    scope: str
    person: str | None
    language: Language
    a: Side
    b: Side
    ends: float
    unveiled: float | None
    nameless: Counts
    created: float
    composed: bool = True


@dataclass(frozen=True, kw_only=True)
class StoredVote:
    """One row. consent: whether it may teach."""

    duel: str
    person: str
    verdict: Verdict
    consent: bool
    changed: float


class Duels:
    """The tables `duels` and `duel_votes`. What takes a connection belongs to the transaction of whoever calls it."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._views: Batched[str, DuelView] = Batched(self._find_some)  # a crowd votes at once

    async def get(self, id: str) -> DuelView | None:  # noqa: A002 - the column's name
        """One of them."""
        return await self._views.get(id)

    async def _find_some(self, ids: Collection[str]) -> dict[str, DuelView]:
        async with self._connections.reading() as connection:
            return {row.id: _view(row) for row in await connection.execute(select(duels).where(duels.c.id.in_(ids)))}

    async def find(self, connection: AsyncConnection, id: str) -> DuelView | None:  # noqa: A002
        """The same within a transaction."""
        row = (await connection.execute(select(duels).where(duels.c.id == id))).one_or_none()
        return None if row is None else _view(row)

    async def counts(self, connection: AsyncConnection, view: DuelView) -> Counts:
        """How often each was chosen, by those who are forgotten as well."""
        counts = {verdict: view.nameless.get(verdict, 0) for verdict in VERDICTS}
        chosen = select(duel_votes.c.verdict).where(duel_votes.c.duel == view.id)
        for verdict in await connection.scalars(chosen):
            counts[verdict] += 1
        return counts

    async def verdict(self, connection: AsyncConnection, duel: str, person: str) -> Verdict | None:
        """What somebody has chosen."""
        mine = select(duel_votes.c.verdict).where(duel_votes.c.duel == duel, duel_votes.c.person == person)
        return cast(Verdict | None, await connection.scalar(mine))

    async def vote(self, connection: AsyncConnection, *votes: StoredVote) -> None:
        """One of each person in each duel, in the place of what they chose before."""
        for duel in {vote.duel for vote in votes}:
            people = [vote.person for vote in votes if vote.duel == duel]
            await connection.execute(
                delete(duel_votes).where(duel_votes.c.duel == duel, duel_votes.c.person.in_(people))
            )
        await connection.execute(insert(duel_votes), [asdict(vote) for vote in votes])

    async def unveil(self, connection: AsyncConnection, duel: str, *, now: float) -> None:
        """From now on it is known what they were."""
        await connection.execute(update(duels).where(duels.c.id == duel).values(unveiled=now))

    async def votes(self) -> dict[Kind, list[Vote]]:
        """All that compare something, by what they compare; those of people forgotten have voters of no name."""
        async with self._connections.reading() as connection:
            views = {row.id: _view(row) for row in await connection.execute(select(duels))}
            rows = (await connection.execute(select(duel_votes))).all()
        chosen = [(row.duel, row.person, cast(Verdict, row.verdict)) for row in rows if row.duel in views]
        for view in views.values():
            nameless = [verdict for verdict in VERDICTS for _ in range(view.nameless.get(verdict, 0))]
            chosen += [(view.id, f"{view.id} {number}", verdict) for number, verdict in enumerate(nameless)]
        compared = {view.id: compares(view.a, view.b) for view in views.values()}
        found: dict[Kind, list[Vote]] = {kind: [] for kind in KINDS}
        for duel, voter, verdict in chosen:
            kind, view = compared[duel], views[duel]
            if kind is not None:
                a, b = getattr(view.a, kind), getattr(view.b, kind)
                found[kind].append(Vote(duel=duel, voter=voter, a=a, b=b, verdict=verdict))
        return found

    async def teaching(self) -> AsyncIterator[tuple[DuelView, StoredVote]]:
        """Votes of people who said that theirs may teach, the oldest first."""
        agreed = select(duel_votes).where(duel_votes.c.consent).order_by(duel_votes.c.duel, duel_votes.c.changed)
        async with self._connections.reading() as connection:
            rows = (await connection.execute(agreed)).all()
            views = {row.id: _view(row) for row in await connection.execute(select(duels))}
        for row in rows:
            if row.duel in views:
                yield views[row.duel], StoredVote(**row._mapping)


async def note_duel(
    connection: AsyncConnection,
    appointments: Appointments,
    *,
    id: str,  # noqa: A002 - the column's name
    person: str,
    record: Mapping[str, Any],
    created: float,
) -> None:
    """If a piece that is being written down is the sheet of a duel: the duel, and when it is unveiled."""
    written = record.get("duel")
    if not written:
        return
    row = (await connection.execute(select(jobs.c.address, jobs.c.language).where(jobs.c.id == id))).one_or_none()
    ends = created + float(written.get("hours") or 24) * HOUR_S
    await connection.execute(
        insert(duels).values(
            id=id,
            scope="" if row is None else _scope(Address.from_json(row.address)),
            person=person,
            language=FALLBACK if row is None else row.language,
            sides={"a": dict(written["a"]), "b": dict(written["b"]), "composed": bool(written.get("composed"))},
            ends=ends,
            nameless={},
            created=created,
        )
    )
    await appointments.add(connection, Appointment(id=id, kind=SUBJECT, due=ends, data={}))


async def forget_votes(connection: AsyncConnection, *, person: str | None = None, before: float | None = None) -> None:
    """Of a person, or of all duels that were unveiled before: only how often each was chosen stays."""
    whose = select(duel_votes, duels.c.unveiled, duels.c.nameless).join(duels, duels.c.id == duel_votes.c.duel)
    query = whose.where(duel_votes.c.person == person) if person is not None else whose.where(duels.c.unveiled < before)
    counts: dict[str, dict[str, int]] = {}
    rows = (await connection.execute(query)).all()
    for row in rows:
        if row.unveiled is not None:
            mine = counts.setdefault(row.duel, dict(row.nameless))
            mine[row.verdict] = mine.get(row.verdict, 0) + 1
    for duel, nameless in counts.items():
        await connection.execute(update(duels).where(duels.c.id == duel).values(nameless=nameless))
    for row in rows:
        this = duel_votes.c.duel == row.duel, duel_votes.c.person == row.person
        await connection.execute(delete(duel_votes).where(*this))
    asked = duels.c.person == person if person is not None else duels.c.unveiled < before
    await connection.execute(update(duels).where(asked).values(person=None))


def _scope(address: Address) -> str:
    return f"{address.platform}:{address.guild or address.chat}"


def _view(row: Row[Any]) -> DuelView:
    return DuelView(
        id=row.id,
        scope=row.scope,
        person=row.person,
        language=known_language(row.language),
        a=Side.from_json(row.sides["a"]),
        b=Side.from_json(row.sides["b"]),
        ends=row.ends,
        unveiled=row.unveiled,
        nameless=cast(Counts, row.nameless),
        created=row.created,
        composed=bool(row.sides.get("composed")),
    )
