"""Favourites, stars, galleries, shared pieces and reports: each change one transaction, with the messages it brings.

What is promised: a piece that enough people liked comes into its server's gallery once, whoever dies meanwhile, and the
number of stars below it becomes true again after each change; nobody's star counts for a piece of their own; only what
everybody there may see anyway comes into a gallery. What is taken down goes from its chats and does not come back. A
change that is refused has written nothing.
What is not: who manages a server, and who may write where; commands ask the platform.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Address
from bot.jobs.errors import NotShownHere, ReportedAlready, SharedAlready, TooManyReports, TooManyShares
from bot.jobs.intake import new_job_id
from bot.jobs.posting import add_post, public
from bot.jobs.writer import Writer
from bot.making.post import Post
from bot.store import PieceView, Store
from bot.store.deliveries import AMEND, change_posts
from bot.store.exhibits import AMEND_AFTER_S, Exhibit
from bot.store.tables import exhibits, jobs, reports, stars
from bot.texts import FALLBACK, Language

EXHIBIT, REPORT = "exhibit", "report"  # subjects of posts
SHOWN, CASE = "shown", "case"
USUAL_STARS = 3
HOUR_S, DAY_S = 3600.0, 86_400.0
MOST_SHARES, MOST_REPORTS = 10, 10  # of a person in an hour, in a day

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Starred:
    """What came of a star. is_new: it was no favourite before. stars: how many people like the piece there; None where
    it does not count: it is their own, or not everybody there may see it. is_own: it is their own.
    """

    is_new: bool
    is_own: bool
    stars: int | None = None


class Curator:
    """on_posted: there are messages to deliver. now: seconds since 1970. is_fit: whether a piece may be shown in a
    server, by what it and its author are called, and by the server's own words.
    """

    def __init__(
        self, store: Store, writer: Writer, *, on_posted: Callable[[], None], now: Callable[[], float]
    ) -> None:
        self._store, self._writer, self._on_posted, self._now = store, writer, on_posted, now
        self.is_fit: Callable[[PieceView, str, tuple[str, ...]], bool] = lambda _piece, _credit, _words: True

    # --- favourites and stars ------------------------------------------------------------------------------------

    async def star(self, piece: PieceView, *, person: str, scope: str | None, message: str = "") -> Starred:
        """A favourite, and where others are a star; again changes nothing. scope: the server, None in private."""

        async def star(connection: AsyncConnection) -> Starred:
            now, is_own = self._now(), piece.person == person
            is_new = await self._store.favourites.add(connection, person, piece.id, now=now)
            if scope is None or is_own or not await self._is_shown(connection, scope, piece.id):
                return Starred(is_new=is_new, is_own=is_own)
            is_first = not await self._likes_there(connection, scope, piece.id, person)
            values = {"scope": scope, "piece": piece.id, "person": person, "message": message}
            await self._store.stars.add(connection, **values, now=now)
            number = await self._store.stars.find_count(connection, scope, piece.id)
            if is_first:
                await self._curate(connection, scope, piece, number)
            return Starred(is_new=is_new, is_own=False, stars=number)

        starred = await self._write(star)
        self._on_posted()
        return starred

    async def unstar(self, person: str, *, piece: str | None = None, message: str | None = None) -> bool:
        """It is no favourite any more, and has no star of theirs; or the star below that message alone is gone, and
        the favourite with the last of them. False if there was nothing.
        """

        async def unstar(connection: AsyncConnection) -> bool:
            gone = await self._store.stars.remove(connection, person, piece=piece, message=message)
            pieces = {one for _, one in gone} | ({piece} if piece is not None else set())
            was = bool(gone)
            for one in pieces:
                if not await self._store.stars.likes(connection, person, one):
                    was = await self._store.favourites.remove(connection, person, one) or was
            for scope, one in gone:
                await self._store.exhibits.amend(connection, scope, one, now=self._now())
            return was

        return await self._write(unstar)

    async def _likes_there(self, connection: AsyncConnection, scope: str, piece: str, person: str) -> bool:
        this = stars.c.scope == scope, stars.c.piece == piece, stars.c.person == person
        return await connection.scalar(select(stars.c.piece).where(*this).limit(1)) is not None

    async def _is_shown(self, connection: AsyncConnection, scope: str, piece: str) -> bool:
        """Whether everybody there may see it, and nobody has taken it down."""
        if await self._store.exhibits.find_reason_down(connection, scope, piece) is not None:
            return False
        return await self._store.exhibits.is_public(connection, scope, piece)

    async def _curate(self, connection: AsyncConnection, scope: str, piece: PieceView, number: int) -> None:
        """Into the gallery, if it has become good enough for it; if it is there, its number has changed."""
        rules = await self._store.servers.find_rules(connection, scope)
        known = await self._store.exhibits.find(connection, "gallery", scope, piece.id)
        if known is not None:
            await self._store.exhibits.amend(connection, scope, piece.id, now=self._now())
            return
        credit = await self._credit(connection, piece.id)
        if rules.gallery is None or number < (rules.stars or USUAL_STARS):
            return
        if not self.is_fit(piece, credit, rules.words):
            return
        exhibit = Exhibit(
            id=new_job_id(),
            kind="gallery",
            place=scope,
            scope=scope,
            piece=piece.id,
            person=None,
            credit=credit,
            sharer="",
            is_up=True,
            at=self._now(),
        )
        await self._show(connection, exhibit, place_in(scope, rules.gallery), rules.language or FALLBACK)

    async def _credit(self, connection: AsyncConnection, piece: str) -> str:
        """What the one it was made for was called where they asked for it."""
        job = await self._store.jobs.find(connection, piece)
        return "" if job is None else (job.address.called or job.address.name or "")[:80]

    # --- sharing -------------------------------------------------------------------------------------------------

    async def share(
        self,
        piece: PieceView,
        *,
        person: str,
        sharer: str,
        scope: str,
        address: Address,
        language: Language,
        event: str,
    ) -> Exhibit:
        """Show a piece in another chat. event: its key; the same event shares once.

        Raises NotShownHere, SharedAlready, TooManyShares.
        """

        async def share(connection: AsyncConnection) -> Exhibit:
            now, place = self._now(), _place_of(address)
            reason = await self._store.exhibits.find_reason_down(connection, scope, piece.id)
            if reason is not None:
                raise NotShownHere(why=reason)
            known = await self._store.exhibits.find(connection, "share", place, piece.id)
            if known is not None and known.is_up:
                raise SharedAlready(id=piece.id)
            lately = select(func.count()).where(exhibits.c.person == person, exhibits.c.at > now - HOUR_S)
            if (await connection.scalar(lately) or 0) >= MOST_SHARES:
                raise TooManyShares(limit=MOST_SHARES)
            is_own = piece.person == person
            exhibit = Exhibit(
                id=new_job_id(),
                kind="share",
                place=place,
                scope=scope,
                piece=piece.id,
                person=person,
                credit=sharer[:80] if is_own else await self._credit(connection, piece.id),
                sharer="" if is_own else sharer[:80],
                is_up=True,
                at=now,
            )
            await self._show(connection, exhibit, address, language)
            return exhibit

        shared = await self._write(share)
        self._on_posted()
        return shared

    async def unshare(self, exhibit: str) -> None:
        """Whoever shared it takes it back."""
        await self._write(lambda connection: self._store.exhibits.take_one_down(connection, exhibit, now=self._now()))
        self._on_posted()

    async def _show(self, connection: AsyncConnection, exhibit: Exhibit, address: Address, language: Language) -> None:
        await self._store.exhibits.add(connection, exhibit)
        post = Post(subject=EXHIBIT, target=exhibit.id, what=SHOWN)
        await self._post(connection, post, address, language, job=exhibit.id)

    # --- moderation ----------------------------------------------------------------------------------------------

    async def report(
        self,
        piece: str,
        *,
        person: str,
        scope: str,
        reason: str,
        language: Language,
    ) -> bool:
        """Those who manage the server are asked to look; whether there is a place where they are told at once.

        Raises ReportedAlready, TooManyReports.
        """

        async def report(connection: AsyncConnection) -> bool:
            now = self._now()
            if await self._store.reports.lately(connection, person, since=now - DAY_S) >= MOST_REPORTS:
                raise TooManyReports(limit=MOST_REPORTS)
            values = {"scope": scope, "piece": piece, "person": person, "reason": reason}
            known = reports.c.scope == scope, reports.c.piece == piece, reports.c.person == person
            if await connection.scalar(select(reports.c.piece).where(*known)) is not None:
                raise ReportedAlready(id=piece)
            await self._store.reports.add(connection, **values, now=now)
            rules = await self._store.servers.find_rules(connection, scope)
            if rules.reports is None:
                return False
            closed = select(func.count()).where(
                reports.c.scope == scope, reports.c.piece == piece, reports.c.closed.is_not(None)
            )
            serial = await connection.scalar(closed) or 0
            post = Post(subject=REPORT, target=f"{scope}/{piece}", what=CASE, serial=serial)
            address = place_in(scope, rules.reports)
            if not await self._post(connection, post, address, rules.language or language):
                told = await connection.scalars(select(jobs.c.id).where(jobs.c.event_key == post.key))
                await change_posts(connection, list(told), AMEND, due=now + AMEND_AFTER_S)
            return True

        is_told = await self._write(report)
        self._on_posted()
        return is_told

    async def take_down(self, piece: str, *, scope: str, reason: str) -> None:
        """Out of a server for good, with a reason for its author; reports about it are closed."""

        async def take_down(connection: AsyncConnection) -> None:
            now = self._now()
            await self._store.exhibits.take_down(connection, scope, piece, reason=reason, now=now)
            await self._close(connection, scope, piece, now)

        await self._write(take_down)
        self._on_posted()

    async def dismiss(self, piece: str, *, scope: str) -> int:
        """Nothing is wrong with it. Returns how many reports were closed."""

        async def dismiss(connection: AsyncConnection) -> int:
            return await self._close(connection, scope, piece, self._now())

        closed = await self._write(dismiss)
        self._on_posted()
        return closed

    async def allow(self, piece: str, *, scope: str) -> bool:
        """It may be shown there again. False if it might."""
        return await self._write(lambda connection: self._store.exhibits.allow(connection, scope, piece))

    async def _close(self, connection: AsyncConnection, scope: str, piece: str, now: float) -> int:
        closed = await self._store.reports.close(connection, scope, piece, now=now)
        told = await connection.scalars(select(jobs.c.id).where(jobs.c.person == f"{REPORT}:{scope}/{piece}"))
        await change_posts(connection, list(told), AMEND, due=now)
        return closed

    # --- writing -------------------------------------------------------------------------------------------------

    async def _post(
        self, connection: AsyncConnection, post: Post, address: Address, language: Language, *, job: str = ""
    ) -> bool:
        place = _to_post(address)
        return await add_post(self._store, connection, post, address=place, language=language, now=self._now(), job=job)

    async def _write(self, change: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        return await self._writer.write(change, urgent=True)


def place_in(scope: str, place: str) -> Address:
    """Where a place of a server's rules is: "chat", "chat/topic", or a person's key for their private talk."""
    platform, _, guild = scope.partition(":")
    if place.startswith(f"{platform}:"):
        person = place.partition(":")[2]
        return Address(platform, person, chat=person)
    chat, _, topic = place.partition("/")
    return Address(platform, "", chat=chat, guild=guild, topic=topic or None)


def place_name_of(address: Address) -> str:
    """As rules name it."""
    return address.chat + (f"/{address.topic}" if address.topic else "")


def _place_of(address: Address) -> str:
    """In which a piece stands once."""
    return f"{address.platform}:{place_name_of(address)}"


def _to_post(address: Address) -> Address:
    """The place alone; in a private talk the person is the place."""
    return public(address) if address.guild is not None else address
