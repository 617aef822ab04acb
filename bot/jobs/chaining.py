"""Chains on their way: joined, played turn by turn, unveiled, each change with the messages that say so.

What is promised: a turn ends once, by bars, by its time, or because its player leaves; the bars, the next turn and the
messages about both are one transaction, so nothing is lost or told twice, whoever dies meanwhile. What came due while
nobody ran is done at the start, and whose turn begins then has their whole time. The score that unveils a chain is
ordered in the transaction that ends it, and drawn anew where somebody in it is forgotten.
What is not: who may begin or end for others; commands look at that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chains.rules import ChainPlan, How, Outcome, next_place
from bot.chat.messages import Address, Person
from bot.jobs.errors import AlreadyPlays, ChainIsFull, NoSuchChain, NotYourTurn, WrongStage
from bot.jobs.intake import new_job_id
from bot.jobs.ports import Dispatcher
from bot.jobs.posting import add_post, public
from bot.jobs.scheduler import Kept
from bot.jobs.writer import Writer
from bot.making.post import Post
from bot.making.task import Showing
from bot.making.unveil import Unveil
from bot.store import Appointment, Store
from bot.store.chains import KIND, ChainView, Player, Turn, Whole
from bot.texts import Language
from generator.onward.chain import Chain

T = TypeVar("T")
Act = Callable[[AsyncConnection, Whole], Awaitable[T]]


class ChainHost:
    """on_posted: there are messages to deliver. now: seconds since 1970."""

    def __init__(
        self,
        store: Store,
        writer: Writer,
        *,
        dispatcher: Dispatcher,
        on_posted: Callable[[], None],
        now: Callable[[], float],
    ) -> None:
        self._store, self._writer, self._chains, self._now = store, writer, store.chains, now
        self._dispatcher, self._on_posted = dispatcher, on_posted

    # --- joining -----------------------------------------------------------------------------------------------------

    async def start(
        self,
        plan: ChainPlan,
        music: Chain,
        *,
        scope: str,
        address: Address,
        starter: Player,
        language: Language,
        event_key: str,
    ) -> Whole:
        """A new chain, in which the starter plays first; the same event makes one."""

        async def start(connection: AsyncConnection) -> Whole:
            known = await self._chains.of_event(connection, event_key)
            if known is None:
                known, now = new_job_id(), self._now()
                view = ChainView(
                    id=known,
                    scope=scope,
                    platform=address.platform,
                    starter=starter.person,
                    language=language,
                    address=public(address),
                    plan=plan,
                    music=music,
                    stage="gathering",
                    turn=0,
                    due=now + plan.gather_s,
                    piece="",
                    event_key=event_key,
                    created=now,
                )
                await self._chains.add(connection, view)
                await self._chains.join(connection, known, starter)
                await self._post(connection, view, "gathering")
                await self._reschedule(connection, known, view.due)
                if plan.players == 1:
                    await self._begin(connection, await self._find(connection, known))
            return await self._find(connection, known)

        return await self._write(start)

    async def join(self, chain: str, player: Player) -> Whole:
        """Raises NoSuchChain, WrongStage, AlreadyPlays, ChainIsFull."""

        async def join(connection: AsyncConnection, whole: Whole) -> None:
            self._check(whole, "gathering")
            assert player.person is not None
            known = whole.player(player.person)
            if known is not None and known.state == "in":
                raise AlreadyPlays
            if sum(one.state == "in" for one in whole.players) >= whole.view.plan.players:
                raise ChainIsFull
            if known is not None:
                await self._chains.mark(connection, chain, known.place, "in")
            else:
                await self._chains.join(connection, chain, replace(player, place=len(whole.players)))
            whole = await self._find(connection, chain)
            if sum(one.state == "in" for one in whole.players) >= whole.view.plan.players:
                await self._begin(connection, whole)

        return await self._act(chain, join)

    async def begin(self, chain: str) -> Whole:
        """With those who have joined. Raises NoSuchChain, WrongStage."""

        async def begin(connection: AsyncConnection, whole: Whole) -> None:
            self._check(whole, "gathering")
            await self._begin(connection, whole)

        return await self._act(chain, begin)

    async def leave(self, chain: str, *, person: str) -> Whole:
        """What somebody wrote stays. Raises NoSuchChain, WrongStage, NotYourTurn for somebody who does not play."""

        async def leave(connection: AsyncConnection, whole: Whole) -> None:
            self._check(whole, "gathering", "playing")
            player = whole.player(person)
            if player is None or player.state != "in":
                raise NotYourTurn(reason="stranger")
            await self._chains.mark(connection, chain, player.place, "left")
            await self._go_on(connection, chain)

        return await self._act(chain, leave)

    async def end(self, chain: str) -> Whole:
        """Early: what there is is unveiled. Raises NoSuchChain, WrongStage."""

        async def end(connection: AsyncConnection, whole: Whole) -> None:
            self._check(whole, "gathering", "playing")
            if whole.on is not None:
                await self._chains.end_turn(connection, chain, whole.on.number, "ended", now=self._now())
            await self._over(connection, await self._find(connection, chain), "ended")

        return await self._act(chain, end)

    # --- writing -----------------------------------------------------------------------------------------------------

    async def offer(self, chain: str, number: int, *, person: str, offer: dict[str, Any] | None) -> Whole:
        """Bars that somebody may keep; they replace what was offered before. Raises as `answer`."""

        async def put(connection: AsyncConnection, whole: Whole) -> None:
            self._check_turn(whole, number, person)
            await self._chains.offer(connection, chain, number, offer)

        return await self._act(chain, put)

    async def answer(
        self, chain: str, number: int, *, person: str, bars: Sequence[str], how: How, event_key: str
    ) -> Whole:
        """Somebody's bars stand, and the next turn begins. Raises NoSuchChain, WrongStage, NotYourTurn.

        event_key: of an event that may come again, which is done already then.
        """

        async def answer(connection: AsyncConnection, whole: Whole) -> None:
            if any(turn.event_key == event_key for turn in whole.turns):
                return
            self._check_turn(whole, number, person)
            music = whole.view.music
            first = len(music.bars) + 1
            await self._chains.end_turn(
                connection,
                chain,
                number,
                "written",
                now=self._now(),
                first=first,
                bars=len(bars),
                how=how,
                event_key=event_key,
            )
            await self._chains.change(connection, chain, music=music.with_bars(bars))
            await self._go_on(connection, chain)

        return await self._act(chain, answer)

    # --- time --------------------------------------------------------------------------------------------------------

    async def keep(self, connection: AsyncConnection, appointment: Appointment, now: float) -> Kept:
        """Do what is due. A `bot.jobs.scheduler.Keep`."""
        whole = await self._chains.find(connection, appointment.id)
        if whole is None:
            return Kept(ends=True)
        view = whole.view
        if view.stage == "over":
            if not view.piece and whole.written:
                await self._unveil(connection, whole, instead_of=str(appointment.data.get("instead_of", "")))
            return Kept(ends=True, afterwards=self._tell)
        is_due = view.due is not None and now >= view.due
        if view.stage == "gathering" and is_due:
            await self._begin(connection, whole)
        else:
            if view.stage == "playing" and is_due and whole.on is not None:
                await self._end_turn(connection, whole, "slept")
            await self._go_on(connection, view.id)
        due = (await self._find(connection, view.id)).view.due
        return Kept(due=due, ends=due is None, afterwards=self._tell)

    # --- from turn to turn -------------------------------------------------------------------------------------------

    async def _begin(self, connection: AsyncConnection, whole: Whole) -> None:
        """The first turn; nobody to play, or one alone of whom nobody said so, and it is over."""
        players = [player for player in whole.players if player.state == "in"]
        if not players:
            await self._over(connection, whole, "nobody")
            return
        await self._chains.change(connection, whole.view.id, stage="playing")
        await self._go_on(connection, whole.view.id)

    async def _go_on(self, connection: AsyncConnection, chain: str) -> None:
        """The turn that is on goes on unless its player has left; else the next one begins, or all is over."""
        whole = await self._find(connection, chain)
        if whole.view.stage != "playing":
            if whole.view.stage == "gathering" and not any(player.state == "in" for player in whole.players):
                await self._over(connection, whole, "nobody")
            return
        writer = whole.writer
        if writer is not None and writer.state == "in":
            return
        if writer is not None:
            await self._end_turn(connection, whole, "left")
            whole = await self._find(connection, chain)
        await self._next(connection, whole)

    async def _next(self, connection: AsyncConnection, whole: Whole) -> None:
        view, now = whole.view, self._now()
        place = next_place(view.plan, whole.states, whole.counts, last=whole.last)
        if place is None:
            await self._over(connection, whole, "done")
            return
        number, due = len(whole.turns) + 1, now + view.plan.turn_s
        await self._chains.begin_turn(connection, view.id, Turn(number=number, place=place, began=now))
        await self._chains.change(connection, view.id, turn=number, due=due)
        await self._reschedule(connection, view.id, due)
        player = whole.players[place]
        if view.address.guild is not None or player.address.chat != view.address.chat:
            await self._post(connection, view, "turn", number=number)
        if player.address.platform:
            await self._post(connection, view, "yours", number=number, to=player)

    async def _end_turn(self, connection: AsyncConnection, whole: Whole, outcome: Outcome) -> None:
        assert whole.on is not None
        await self._chains.end_turn(connection, whole.view.id, whole.on.number, outcome, now=self._now())

    async def _over(self, connection: AsyncConnection, whole: Whole, why: str) -> None:
        """why: "done", "ended" or "nobody"."""
        view = whole.view
        await self._chains.change(connection, view.id, stage="over", due=None, over=self._now())
        await self._reschedule(connection, view.id, None)
        await self._post(connection, view, why if whole.written else f"{why}_empty", number=len(whole.turns) + 1)
        if whole.written:
            await self._unveil(connection, whole)

    async def _unveil(self, connection: AsyncConnection, whole: Whole, *, instead_of: str = "") -> None:
        """The whole score is drawn, for nobody in particular: it counts for no person's quota."""
        view, job = whole.view, new_job_id()
        owner = Person(view.platform, f"{KIND}.{view.id}")
        usage = await self._store.jobs.usage(
            connection,
            event_key=f"{KIND}:{view.id}:{job}",
            person=owner.key,
            platform=view.platform,
            guild=view.address.guild,
            since=self._now(),
            until=self._now(),
        )
        await self._store.jobs.add(
            connection,
            id=job,
            person=owner,
            language=view.language,
            task=Unveil(chain=view.id, length=len(view.music.bars), instead_of=instead_of),
            showing=Showing(),
            address=view.address,
            event_key=f"{KIND}:{view.id}:{job}",
            created=self._now(),
            turn=usage.turn,
        )
        await self._dispatcher.enqueue(connection, job)
        await self._chains.change(connection, view.id, piece=job)

    # --- what is told ------------------------------------------------------------------------------------------------

    async def _post(
        self, connection: AsyncConnection, view: ChainView, what: str, *, number: int = 0, to: Player | None = None
    ) -> None:
        """to: whom alone it is told; their messages do not wait for those in public."""
        target = view.id if to is None else f"{view.id}.{to.place}"
        post = Post(subject=KIND, target=target, what=what, number=number)
        address, language = (view.address, view.language) if to is None else (to.address, to.language)
        await add_post(self._store, connection, post, address=address, language=language, now=self._now())

    async def _reschedule(self, connection: AsyncConnection, chain: str, due: float | None) -> None:
        table = self._store.appointments
        await table.remove(connection, chain)
        if due is not None:
            await table.add(connection, Appointment(id=chain, kind=KIND, due=due, data={}))

    # --- looking and writing -----------------------------------------------------------------------------------------

    async def _find(self, connection: AsyncConnection, chain: str) -> Whole:
        whole = await self._chains.find(connection, chain)
        if whole is None:
            raise NoSuchChain(id=chain)
        return whole

    def _check(self, whole: Whole, *stages: str) -> None:
        if whole.view.stage not in stages:
            raise WrongStage(reason=whole.view.stage, id=whole.view.id)

    def _check_turn(self, whole: Whole, number: int, person: str) -> None:
        self._check(whole, "playing")
        writer, player = whole.writer, whole.player(person)
        if player is None:
            raise NotYourTurn(reason="stranger")
        if writer is None or writer.person != person or whole.on is None or whole.on.number != number:
            raise NotYourTurn(reason="turn")

    async def _act(self, chain: str, act: Act[None]) -> Whole:
        async def change(connection: AsyncConnection) -> Whole:
            await act(connection, await self._find(connection, chain))
            return await self._find(connection, chain)

        return await self._write(change)

    async def _write(self, change: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        changed = await self._writer.write(change, urgent=True)
        self._tell()
        return changed

    def _tell(self) -> None:
        self._on_posted()
        self._dispatcher.wake()
