"""Challenges: begun and led by organisers, entered by people.

What is promised: whether somebody may enter is looked at in the transaction that writes it down, by the time it is
then. All that organisers do is in the log that members can read. A change that is refused has written nothing.
What is not: what happens by itself at its time (`bot.jobs.course`), votes (`bot.jobs.balloting`), and who is an
organiser; commands ask the platform.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.challenges.demands import Finding
from bot.challenges.plan import Plan
from bot.challenges.stages import LIVE, Stage, first_stage, takes_entries, why_not
from bot.chat.messages import Address
from bot.jobs.course import SUBJECT, Course, find_challenge
from bot.jobs.errors import (
    AlreadyEntered,
    AnotherStage,
    NoEntriesNow,
    NoMoreEntries,
    NoSuchEntry,
    WrongTimes,
)
from bot.jobs.intake import new_job_id
from bot.jobs.posting import public
from bot.jobs.writer import Writer
from bot.store import Store
from bot.store.challenges import ChallengeView, Doer, Entry, EntryState
from bot.texts import Language

LEAST_S = 0.001  # so that times come one after the other

T = TypeVar("T")
Act = Callable[[AsyncConnection, ChallengeView], Awaitable[T]]


class Host:
    """on_posted: there are messages to deliver. now: seconds since 1970."""

    def __init__(
        self,
        store: Store,
        writer: Writer,
        course: Course,
        *,
        on_posted: Callable[[], None],
        now: Callable[[], float],
    ) -> None:
        self._store, self._writer, self._course, self._on_posted, self._now = store, writer, course, on_posted, now
        self._challenges = store.challenges

    # --- organisers ----------------------------------------------------------------------------------------------

    async def draft(
        self, plan: Plan, *, scope: str, address: Address, organiser: str, language: Language, series: str = ""
    ) -> ChallengeView:
        """Written down, and told to nobody yet. address: where it will be told of. series: its id, "" for any."""
        new, now = series or new_job_id(), self._now()
        view = ChallengeView(
            id=new,
            scope=scope,
            platform=address.platform,
            organiser=organiser,
            language=language,
            address=public(address),
            plan=plan,
            stage="draft",
            numbered=0,
            series=new,
            place=1,
            created=now,
        )

        async def add(connection: AsyncConnection) -> None:
            await self._challenges.add(connection, view)
            await self._course.reschedule(connection, new)

        await self._write(add)
        return view

    async def discard(self, challenge: str) -> None:
        """A draft is not wanted."""

        async def discard(connection: AsyncConnection) -> None:
            await self._challenges.discard(connection, challenge)
            await self._course.reschedule(connection, challenge)

        await self._write(discard)

    async def announce(self, challenge: str, *, by: Doer) -> ChallengeView:
        """A draft becomes a challenge. Raises NoSuchChallenge, AnotherStage."""

        async def announce(connection: AsyncConnection, view: ChallengeView) -> None:
            self._check_stage(view, "draft")
            stage = first_stage(view.plan, now=self._now())
            await self._course.become(connection, view, stage, by=by)
            await self._course.advance(connection, view.id)

        return await self._act(challenge, announce)

    async def extend(self, challenge: str, *, by: Doer, until: float, event: str) -> ChallengeView:
        """Pieces, or votes, are taken until then; votes as long after that as before.

        Raises NoSuchChallenge, AnotherStage, WrongTimes.
        """

        async def extend(connection: AsyncConnection, view: ChallengeView) -> None:
            self._check_stage(view, "announced", "open", "voting")
            if until <= self._now():
                raise WrongTimes(reason="past")
            plan = view.plan
            moved = (
                {"ends": until}
                if view.stage == "voting"
                else {"closes": until, "ends": plan.ends + until - plan.closes}
            )
            await self._replan(connection, view, moved)
            number = await self._challenges.note(
                connection, challenge, "extended", by=by, at=self._now(), until=until, event=event
            )
            await self._course.post(connection, challenge, "extended", serial=number)

        return await self._act(challenge, extend, event=event)

    async def end(self, challenge: str, *, by: Doer, event: str) -> ChallengeView:
        """What is on now ends now: entering, or voting. Raises NoSuchChallenge, AnotherStage."""

        async def end(connection: AsyncConnection, view: ChallengeView) -> None:
            self._check_stage(view, "open", "voting")
            plan, now = view.plan, self._now()
            if view.stage == "open":
                closes = max(now, plan.opens + LEAST_S)
                moved = {"closes": closes, "ends": plan.ends + closes - plan.closes}
            else:
                moved = {"ends": max(now, plan.closes + LEAST_S)}
            await self._replan(connection, view, moved)
            await self._challenges.note(connection, challenge, "ended_early", by=by, at=now, event=event)
            await self._course.advance(connection, challenge)

        return await self._act(challenge, end, event=event)

    async def call_off(self, challenge: str, *, by: Doer, reason: str) -> ChallengeView:
        """It ends without a result. Raises NoSuchChallenge, AnotherStage."""

        async def call_off(connection: AsyncConnection, view: ChallengeView) -> None:
            self._check_stage(view, *LIVE)
            await self._course.become(connection, view, "ended", by=by, reason=reason)

        return await self._act(challenge, call_off)

    async def stop_series(self, challenge: str, *, by: Doer) -> ChallengeView:
        """The one that is on is the last; one that was planned behind it is dropped. Raises NoSuchChallenge."""

        async def stop(connection: AsyncConnection, view: ChallengeView) -> None:
            if not view.plan.every:
                raise AnotherStage(stage="once", id=challenge)
            for one in await self._challenges.find_series(connection, view.series):
                if one.stage == "planned":
                    await self._course.become(connection, one, "ended", by=by, quietly=True)
                    await self._course.reschedule(connection, one.id)
                elif one.stage in LIVE:
                    await self._replan(connection, one, {"every": ""})
            await self._challenges.note(connection, challenge, "series_stopped", by=by, at=self._now())

        return await self._act(challenge, stop)

    async def move(self, challenge: str, *, by: Doer, address: Address, event: str) -> ChallengeView:
        """It is told of elsewhere from now on. Raises NoSuchChallenge, AnotherStage."""

        async def move(connection: AsyncConnection, view: ChallengeView) -> None:
            self._check_stage(view, *LIVE)
            await self._challenges.readdress(connection, challenge, public(address))
            stream = f"{SUBJECT}:{challenge}"
            await self._store.deliveries.move_posts(connection, stream, public(address), now=self._now())
            number = await self._challenges.note(connection, challenge, "moved", by=by, at=self._now(), event=event)
            await self._course.post(connection, challenge, "moved", serial=number)

        return await self._act(challenge, move, event=event)

    async def put_out(
        self,
        challenge: str,
        number: int,
        *,
        by: Doer,
        state: EntryState,
        reason: str = "",
    ) -> Entry:
        """An organiser removes an entry, or disqualifies it. Raises NoSuchChallenge, NoSuchEntry, AnotherStage."""

        async def put_out(connection: AsyncConnection, view: ChallengeView) -> Entry:
            self._check_stage(view, "open", "voting")
            entry = await self._entry(connection, view, number)
            await self._challenges.mark(connection, entry, state, reason=reason)
            await self._challenges.note(
                connection, challenge, state, by=by, at=self._now(), number=number, reason=reason
            )
            return entry

        return await self._with(challenge, put_out)

    # --- people --------------------------------------------------------------------------------------------------

    async def enter(
        self,
        challenge: str,
        *,
        person: str,
        name: str,
        piece: str,
        findings: Sequence[Finding],
    ) -> Entry:
        """Raises NoSuchChallenge, NoEntriesNow, NoMoreEntries, AlreadyEntered."""

        async def enter(connection: AsyncConnection, view: ChallengeView) -> Entry:
            now = self._now()
            if not takes_entries(view.stage, view.plan, now=now):
                raise NoEntriesNow(reason=why_not(view.stage, view.plan, now=now), id=challenge)
            entries = await self._challenges.find_entries(connection, challenge)
            mine = [entry for entry in entries if entry.person == person]
            if any(entry.piece == piece and entry.state != "withdrawn" for entry in entries):
                raise AlreadyEntered(id=piece)
            if sum(entry.state != "withdrawn" for entry in mine) >= view.plan.each:
                raise NoMoreEntries(limit=view.plan.each)
            entry = Entry(
                challenge=challenge,
                number=0,
                person=person,
                name=name,
                piece=piece,
                state="in",
                entered=now,
                findings=tuple(findings),
            )
            return await self._challenges.enter(connection, entry)

        return await self._with(challenge, enter)

    async def withdraw(self, challenge: str, number: int, *, person: str) -> Entry:
        """Until voting ends. Raises NoSuchChallenge, NoSuchEntry, AnotherStage."""

        async def withdraw(connection: AsyncConnection, view: ChallengeView) -> Entry:
            self._check_stage(view, "open", "voting")
            entry = await self._entry(connection, view, number, person=person)
            await self._challenges.mark(connection, entry, "withdrawn")
            return entry

        return await self._with(challenge, withdraw)

    # --- what is looked at within a transaction ------------------------------------------------------------------

    async def _entry(
        self, connection: AsyncConnection, view: ChallengeView, number: int, *, person: str | None = None
    ) -> Entry:
        """One that is in, and perhaps somebody's own."""
        for entry in await self._challenges.find_entries(connection, view.id):
            if entry.number == number and entry.is_in and person in (None, entry.person):
                return entry
        raise NoSuchEntry(number=number, id=view.id)

    async def _replan(self, connection: AsyncConnection, view: ChallengeView, changes: dict[str, Any]) -> None:
        try:
            plan = replace(view.plan, **changes)
        except ValueError as error:
            raise WrongTimes(reason=str(error)) from error
        await self._challenges.change(connection, view, stage=view.stage, plan=plan)

    def _check_stage(self, view: ChallengeView, *stages: Stage) -> None:
        if view.stage not in stages:
            raise AnotherStage(stage=view.stage, id=view.id)

    # --- writing -------------------------------------------------------------------------------------------------

    async def _act(self, challenge: str, act: Act[None], *, event: str = "") -> ChallengeView:
        """Do something with a challenge; returns what it is then.

        event: its key. What the log has of this very event, which platforms may send again, is done already.
        """

        async def change(connection: AsyncConnection) -> ChallengeView:
            view = await find_challenge(self._store, connection, challenge)
            rows = await self._challenges.find_log(connection, challenge) if event else []
            if any(row.details.get("event") == event for row in rows):
                return view
            await act(connection, view)
            await self._course.reschedule(connection, challenge)
            await self._challenges.look(connection)
            return await find_challenge(self._store, connection, challenge)

        changed = await self._write(change)
        self._on_posted()
        return changed

    async def _with(self, challenge: str, act: Act[T]) -> T:
        async def change(connection: AsyncConnection) -> T:
            return await act(connection, await find_challenge(self._store, connection, challenge))

        return await self._write(change)

    async def _write(self, change: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        return await self._writer.write(change, urgent=True)
