"""The course of a challenge: from stage to stage, each with the messages that say so.

What is promised: a stage and the messages about it are one transaction, so each is told of once, whoever dies
meanwhile; what came due while nobody ran is done at the start. Stages that have passed unseen are written down, not
told of.
What is not: what people and organisers do (`bot.jobs.hosting`), and votes (`bot.jobs.balloting`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.challenges.fame import Honour
from bot.challenges.moments import next_of_series
from bot.challenges.prompts import prompt_of
from bot.challenges.stages import DRAFT_S, Stage, due, next_stage
from bot.challenges.tally import Standing, tally
from bot.jobs.errors import AnotherStage, NoSuchChallenge
from bot.jobs.intake import new_job_id
from bot.jobs.posting import add_post
from bot.jobs.scheduler import Kept
from bot.making.post import Post
from bot.store import Appointment, Store
from bot.store.challenges import ChallengeView, Doer, Entry

SUBJECT = "challenge"
ON_A_PAGE = 8  # entries of the list that comes with the results


class Course:
    """on_posted: there are messages to deliver. now: seconds since 1970."""

    def __init__(self, store: Store, *, on_posted: Callable[[], None], now: Callable[[], float]) -> None:
        self._store, self._on_posted, self._now = store, on_posted, now
        self._challenges = store.challenges

    async def keep(self, connection: AsyncConnection, appointment: Appointment, _now: float) -> Kept:
        """Do what is due. A `bot.jobs.scheduler.Keep`."""
        view = await self._challenges.find(connection, appointment.id)
        if view is None:
            return Kept(ends=True)
        await self.advance(connection, view.id)
        await self._challenges.look(connection)
        return Kept(due=await self._due(connection, view.id), afterwards=self._on_posted)

    async def look(self) -> None:
        """Note where pieces are taken now."""
        async with self._store.reading() as connection:
            await self._challenges.look(connection)

    async def _due(self, connection: AsyncConnection, challenge: str) -> float | None:
        view = await self._challenges.find(connection, challenge)
        return None if view is None else due(view.stage, view.plan, created=view.created)

    async def reschedule(self, connection: AsyncConnection, challenge: str) -> None:
        """Its appointment is when its next stage is."""
        moment, table = await self._due(connection, challenge), self._store.appointments
        found = await table.find(connection, challenge)
        if moment is None:
            await table.remove(connection, challenge)
        elif found is not None:
            await table.put(connection, replace(found, due=moment))
        else:
            await table.add(connection, Appointment(id=challenge, kind=SUBJECT, due=moment, data={}))

    async def advance(self, connection: AsyncConnection, challenge: str) -> None:
        """From stage to stage, as far as the time is. Stages that have passed unseen are written down, not told of."""
        view, now = await find_challenge(self._store, connection, challenge), self._now()
        if view.stage == "draft":
            if now >= view.created + DRAFT_S:
                await self._challenges.discard(connection, challenge)
            return
        while (stage := await self._next(connection, view, now)) is not None:
            passed = replace(view, stage=stage)
            is_last = await self._next(connection, passed, now) is None
            await self.become(connection, view, stage, by=None, quietly=not is_last)
            view = passed

    async def _next(self, connection: AsyncConnection, view: ChallengeView, now: float) -> Stage | None:
        entries = await self._challenges.find_entries(connection, view.id) if view.stage == "open" else []
        return next_stage(view.stage, view.plan, entries=sum(entry.is_in for entry in entries), now=now)

    async def become(
        self,
        connection: AsyncConnection,
        view: ChallengeView,
        stage: Stage,
        *,
        by: Doer | None,
        reason: str = "",
        quietly: bool = False,
    ) -> None:
        """The next stage, its line in the log, and its messages."""
        now = self._now()
        over = now if stage in ("closed", "ended") else None
        if not await self._challenges.change(connection, view, stage=stage, plan=view.plan, over=over):
            raise AnotherStage(stage=stage, id=view.id)
        details = {"reason": reason} if reason else {}
        await self._challenges.note(connection, view.id, stage, by=by, at=now, **details)
        if stage == "closed":
            await self._honour(connection, view, now)
        if stage == "open" and view.plan.every:
            await self._plan_next(connection, view, now)
        if quietly:
            return
        for what, number in await self._messages(connection, view, stage):
            await self.post(connection, view.id, what, number=number)

    async def _honour(self, connection: AsyncConnection, view: ChallengeView, now: float) -> None:
        """What each who took part has of it."""
        entries = [entry for entry in await self._challenges.find_entries(connection, view.id) if entry.is_in]
        ballots = await self._challenges.find_ballots(connection, view.id)
        standings = tally(view.plan.voting, ballots, {entry.number: entry.person for entry in entries})
        await self._store.honours.add(connection, honours_of(view, entries, standings, over=now))

    async def _messages(self, connection: AsyncConnection, view: ChallengeView, stage: Stage) -> list[tuple[str, int]]:
        """What is told of a stage, in order, each with the number of an entry or a page."""
        if stage not in ("voting", "closed"):
            return [(stage, 0)]
        entries = await self._challenges.find_entries(connection, view.id)
        if stage == "voting":
            shown = [("entry", entry.number) for entry in entries if entry.is_in]
            return [("voting", 0), *shown, ("ballot", 0)]
        pages = -(-sum(entry.is_listed for entry in entries) // ON_A_PAGE)
        return [("closed", 0), *(("list", page) for page in range(1, pages + 1))]

    async def _plan_next(self, connection: AsyncConnection, view: ChallengeView, now: float) -> None:
        plan = next_of_series(view.plan, after=now)
        if plan is None:
            return
        if plan.prompted:
            theme, demands = prompt_of(view.series, view.place + 1, view.language)
            plan = replace(plan, theme=theme, demands=demands)
        new = new_job_id()
        following = replace(
            view, id=new, plan=plan, stage="planned", numbered=0, place=view.place + 1, created=now, over=None
        )
        await self._challenges.add(connection, following)
        await self.reschedule(connection, new)

    async def post(
        self,
        connection: AsyncConnection,
        challenge: str,
        what: str,
        *,
        number: int = 0,
        serial: int = 0,
    ) -> None:
        """A message about it is due, where it is told of. number, serial: see `bot.making.post`."""
        view = await find_challenge(self._store, connection, challenge)
        post = Post(subject=SUBJECT, target=challenge, what=what, number=number, serial=serial)
        await add_post(self._store, connection, post, address=view.address, language=view.language, now=self._now())


def honours_of(
    view: ChallengeView, entries: Sequence[Entry], standings: Sequence[Standing], *, over: float
) -> list[Honour]:
    """One for each person, by their best entry. entries: those that are in."""
    by_number = {standing.number: standing for standing in standings if standing.score > 0}
    is_contest = len({entry.person for entry in entries}) > 1
    last = 1 + len(entries)
    best: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda entry: (_place(by_number, entry) or last, entry.number)):
        best.setdefault(entry.person, entry)
    named = {person: sum(_votes(by_number, one) for one in entries if one.person == person) for person in best}
    return [
        Honour(
            challenge=view.id,
            person=person,
            scope=view.scope,
            series=view.series if view.plan.every or view.place > 1 else "",
            theme=view.plan.theme,
            name=entry.name,
            piece=entry.piece,
            place=_place(by_number, entry) if is_contest else None,
            votes=named[person],
            over=over,
        )
        for person, entry in best.items()
    ]


def _place(standings: Mapping[int, Standing], entry: Entry) -> int | None:
    return standings[entry.number].place if entry.number in standings else None


def _votes(standings: Mapping[int, Standing], entry: Entry) -> int:
    return standings[entry.number].votes if entry.number in standings else 0


async def find_challenge(store: Store, connection: AsyncConnection, challenge: str) -> ChallengeView:
    """Raises NoSuchChallenge."""
    view = await store.challenges.find(connection, challenge)
    if view is None:
        raise NoSuchChallenge(id=challenge)
    return view
