"""Chains, who takes part, and their turns.

Every method that takes a connection belongs to the transaction of whoever calls it. What is promised: a turn ends once,
and bars are added in the transaction that ends it. What is not: who may do what and when; that is
`bot.jobs.chaining`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chains.rules import ChainPlan, How, Outcome, PlayerState, Stage
from bot.chat.messages import Address
from bot.making.workshop import ChainIsGone, ChainPart, ChainScore
from bot.store.connections import Connections
from bot.store.tables import appointments, chain_players, chain_turns, chains
from bot.texts import Language, known_language
from generator.onward.chain import Chain

KIND = "chain"  # of their appointments, and the subject of what is told of them


@dataclass(frozen=True, kw_only=True)
class ChainView:
    """A chain as it stands in the table. starter: the key of a person, None once they are forgotten."""

    id: str
    scope: str
    platform: str
    starter: str | None
    language: Language
    address: Address
    plan: ChainPlan
    music: Chain
    stage: Stage
    turn: int
    due: float | None
    piece: str
    event_key: str
    created: float
    over: float | None = None


@dataclass(frozen=True, kw_only=True)
class Player:
    """Somebody who takes part. person: None once they are forgotten; name is "" then."""

    place: int
    person: str | None
    name: str
    language: Language
    address: Address
    state: PlayerState = "in"


@dataclass(frozen=True, kw_only=True)
class Turn:
    """first, bars: what was written, from bar 1 on; offer: what somebody looks at before they keep it."""

    number: int
    place: int
    outcome: Outcome | None = None
    first: int = 0
    bars: int = 0
    how: How | None = None
    offer: dict[str, Any] | None = None
    event_key: str | None = None
    began: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Whole:
    """All that is known about a chain."""

    view: ChainView
    players: tuple[Player, ...]
    turns: tuple[Turn, ...]

    @property
    def on(self) -> Turn | None:
        """The turn that is on."""
        return self.turns[-1] if self.turns and self.turns[-1].outcome is None else None

    @property
    def writer(self) -> Player | None:
        """Whose turn it is."""
        return None if self.on is None else self.players[self.on.place]

    def player(self, person: str) -> Player | None:
        return next((player for player in self.players if player.person == person), None)

    @property
    def states(self) -> list[PlayerState]:
        return [player.state for player in self.players]

    @property
    def counts(self) -> list[int]:
        """How many turns each has had, or has."""
        return [sum(turn.place == player.place for turn in self.turns) for player in self.players]

    @property
    def written(self) -> list[Turn]:
        return [turn for turn in self.turns if turn.outcome == "written"]

    @property
    def last(self) -> int | None:
        """Whose bars stand last."""
        return self.written[-1].place if self.written else None


class Chains:
    """The tables `chains`, `chain_players`, `chain_turns`. Belongs to a Store."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    # --- looking -----------------------------------------------------------------------------------------------------

    async def get(self, chain: str) -> Whole | None:
        """One chain, whatever its stage."""
        async with self._connections.reading() as connection:
            return await self.find(connection, chain)

    async def find(self, connection: AsyncConnection, chain: str) -> Whole | None:
        """The same within a transaction."""
        row = (await connection.execute(select(chains).where(chains.c.id == chain))).one_or_none()
        if row is None:
            return None
        theirs = select(chain_players).where(chain_players.c.chain == chain).order_by(chain_players.c.place)
        players = tuple(_player(one) for one in await connection.execute(theirs))
        its = select(chain_turns).where(chain_turns.c.chain == chain).order_by(chain_turns.c.number)
        turns = tuple(_turn(one) for one in await connection.execute(its))
        return Whole(view=_view(row), players=players, turns=turns)

    async def score(self, chain: str) -> ChainScore:
        """The music, and whose it is. Raises ChainIsGone."""
        whole = await self.get(chain)
        if whole is None:
            raise ChainIsGone(id=chain)
        parts = [
            ChainPart(place=turn.place, name=whole.players[turn.place].name, first=turn.first, bars=turn.bars)
            for turn in whole.written
        ]
        return ChainScore(music=whole.view.music, parts=tuple(parts))

    async def of_event(self, connection: AsyncConnection, event_key: str) -> str | None:
        """The chain that this event has begun."""
        found: str | None = await connection.scalar(select(chains.c.id).where(chains.c.event_key == event_key))
        return found

    async def of(self, scope: str, *, stages: Sequence[Stage], limit: int = 25) -> list[ChainView]:
        """Those of a server or private chat, the newest first."""
        mine = select(chains).where(chains.c.scope == scope, chains.c.stage.in_(stages))
        newest = mine.order_by(chains.c.created.desc(), chains.c.id).limit(limit)
        async with self._connections.reading() as connection:
            return [_view(row) for row in await connection.execute(newest)]

    async def played_by(self, person: str, *, stages: Sequence[Stage], limit: int = 25) -> list[ChainView]:
        """Those in which somebody takes part, the newest first."""
        theirs = select(chain_players.c.chain).where(chain_players.c.person == person, chain_players.c.state == "in")
        mine = select(chains).where(chains.c.id.in_(theirs), chains.c.stage.in_(stages))
        newest = mine.order_by(chains.c.created.desc(), chains.c.id).limit(limit)
        async with self._connections.reading() as connection:
            return [_view(row) for row in await connection.execute(newest)]

    # --- changing ----------------------------------------------------------------------------------------------------

    async def add(self, connection: AsyncConnection, view: ChainView) -> None:
        """A new one, in which nobody plays yet."""
        await connection.execute(
            insert(chains).values(
                id=view.id,
                scope=view.scope,
                platform=view.platform,
                starter=view.starter,
                language=view.language,
                address=view.address.to_json(),
                plan=view.plan.to_json(),
                music=view.music.to_json(),
                stage=view.stage,
                turn=view.turn,
                due=view.due,
                piece=view.piece,
                event_key=view.event_key,
                created=view.created,
            )
        )

    async def change(self, connection: AsyncConnection, chain: str, **values: Any) -> None:
        """stage, turn, due, piece, music, over."""
        if "music" in values:
            values["music"] = values["music"].to_json()
        await connection.execute(update(chains).where(chains.c.id == chain).values(**values))

    async def join(self, connection: AsyncConnection, chain: str, player: Player) -> None:
        await connection.execute(
            insert(chain_players).values(
                chain=chain,
                place=player.place,
                person=player.person,
                name=player.name,
                language=player.language,
                address=player.address.to_json(),
                state=player.state,
            )
        )

    async def mark(self, connection: AsyncConnection, chain: str, place: int, state: PlayerState) -> None:
        """A player is out, or in again."""
        this = chain_players.c.chain == chain, chain_players.c.place == place
        await connection.execute(update(chain_players).where(*this).values(state=state))

    async def begin_turn(self, connection: AsyncConnection, chain: str, turn: Turn) -> None:
        await connection.execute(
            insert(chain_turns).values(
                chain=chain, number=turn.number, place=turn.place, first=0, bars=0, began=turn.began
            )
        )

    async def offer(self, connection: AsyncConnection, chain: str, number: int, offer: dict[str, Any] | None) -> None:
        """What somebody looks at, in place of what they looked at before."""
        this = chain_turns.c.chain == chain, chain_turns.c.number == number
        await connection.execute(update(chain_turns).where(*this).values(offer=offer))

    async def end_turn(
        self, connection: AsyncConnection, chain: str, number: int, outcome: Outcome, *, now: float, **written: Any
    ) -> bool:
        """False if it has ended before. written: first, bars, how, event_key."""
        this = chain_turns.c.chain == chain, chain_turns.c.number == number, chain_turns.c.outcome.is_(None)
        changed = await connection.execute(
            update(chain_turns).where(*this).values(outcome=outcome, ended=now, offer=None, **written)
        )
        return changed.rowcount == 1

    async def forget(self, connection: AsyncConnection, person: str, *, now: float) -> list[str]:
        """A person is erased: their bars stay, without a name, and they get no turns any more.

        Returns the scores that hold the name; they are drawn anew, and turns go on, by appointments that are due now.
        """
        theirs = select(chain_players.c.chain).where(chain_players.c.person == person)
        concerned = (await connection.execute(select(chains).where(chains.c.id.in_(theirs)))).all()
        await connection.execute(update(chains).where(chains.c.starter == person).values(starter=None))
        gone: dict[str, Any] = {"person": None, "name": "", "address": {}, "state": "left"}
        await connection.execute(update(chain_players).where(chain_players.c.person == person).values(**gone))
        for row in concerned:
            await connection.execute(delete(appointments).where(appointments.c.id == row.id))
            data = {"instead_of": row.piece} if row.piece else {}
            values = {"id": row.id, "kind": KIND, "due": now, "data": data, "created": now}
            await connection.execute(insert(appointments).values(**values))
            await connection.execute(update(chains).where(chains.c.id == row.id).values(piece=""))
        return [row.piece for row in concerned if row.piece]

    async def delete_before(self, connection: AsyncConnection, before: float) -> None:
        """Those that ended so long ago."""
        await connection.execute(delete(chains).where(chains.c.over < before))


def _view(row: Row[Any]) -> ChainView:
    return ChainView(
        id=row.id,
        scope=row.scope,
        platform=row.platform,
        starter=row.starter,
        language=known_language(row.language),
        address=Address.from_json(row.address),
        plan=ChainPlan.from_json(row.plan),
        music=Chain.from_json(row.music),
        stage=cast(Stage, row.stage),
        turn=row.turn,
        due=row.due,
        piece=row.piece,
        event_key=row.event_key,
        created=row.created,
        over=row.over,
    )


def _player(row: Row[Any]) -> Player:
    address = Address.from_json(row.address) if row.address else Address("", "", chat="")
    return Player(
        place=row.place,
        person=row.person,
        name=row.name,
        language=known_language(row.language),
        address=address,
        state=cast(PlayerState, row.state),
    )


def _turn(row: Row[Any]) -> Turn:
    return Turn(
        number=row.number,
        place=row.place,
        outcome=cast("Outcome | None", row.outcome),
        first=row.first,
        bars=row.bars,
        how=cast("How | None", row.how),
        offer=row.offer,
        event_key=row.event_key,
        began=row.began,
    )
