"""Jobs on a real SQLite store, with a maker that needs no model and platforms that live in memory."""

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from itertools import count

import pytest

from bot.chat.messages import Address, Person, Reply
from bot.jobs import JobLimits, open_jobs
from bot.making.files import Piece
from bot.making.workshop import Drawn
from bot.store import open_store
from generator.request import Progress
from tests.bot.tasks import composing

FREE = JobLimits(
    slots=2,
    max_queue=1000,
    max_waiting_per_person=1000,
    pieces_per_person_per_day=0,
    pieces_per_guild_per_day=0,
    cooldown_s=0,
)
PARTS = ("result", "files")
IN_DOUBT = ", not all of it perhaps"


class Clock:
    """Seconds since 1970 that pass only when told to."""

    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now


class StubMaker:
    """Makes a piece at once, or when `gate` opens; `faults` by seed are raised instead. page: drawn before that."""

    def __init__(self):
        self.made = []  # seeds, in the order in which they began
        self.live = 0
        self.most_live = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.faults = {}
        self.page = None

    async def make(self, job, task, *, language, on_progress, on_step):
        seed = task.request.seed
        self.made.append(seed)
        self.live += 1
        self.most_live = max(self.most_live, self.live)
        try:
            on_progress(Progress(1, task.bars, 0.1, 0.3))
            if self.page is not None:
                on_step(Drawn(self.page))
            await self.gate.wait()
            if seed in self.faults:
                raise self.faults[seed]
            on_step("drawing ...")
            return Piece(
                record={"id": job, "name": f"chopin_keyboard_{job}"},
                files={".abc": job.encode(), ".mid": b"MThd" + job.encode()},
            )
        finally:
            self.live -= 1


class PlainAnnouncer:
    """Says in one word what there is to say."""

    def waiting(self, job, *, place, expected_s):
        return Reply(f"waiting {place}")

    def progress(self, job, *, bar, bars, remaining_s):
        return Reply(f"bar {bar} of {bars}")

    def rendering(self, job, *, remaining_s=None, percent=None, page=None):
        return Reply("rendering" if page is None else f"page {page.decode()}")

    def result(self, job, piece, paths, *, in_doubt=False):
        assert all(paths(file.sha256).is_file() for file in piece.files)
        return Reply(f"result {piece.id}{IN_DOUBT if in_doubt else ''}")

    def failed(self, job):
        return Reply(f"failed {job.error} {job.detail or ''}".strip())

    def cancelled(self, job):
        return Reply("cancelled")


class Platform:
    """A chat platform in memory: messages by id, with all that each of them has said.

    It deduplicates posts by nonce. `fails`: raised by the next deliveries, one each; `fails_late`: likewise, but what
    was sent has arrived. While `open` is not set, calls hang.
    """

    def __init__(self, name="discord", parts=PARTS):
        self.name = name
        self._parts = parts
        self.messages = {}
        self.nonces = {}
        self.fails, self.fails_late = [], []
        self.open = asyncio.Event()
        self.open.set()
        self.calls = []
        self._ids = count(1)

    def parts(self, reply):
        return self._parts

    def post(self, text, nonce=None):
        if nonce is None or nonce not in self.nonces:
            message = f"m{next(self._ids)}"
            self.messages[message] = [text]
            if nonce is not None:
                self.nonces[nonce] = message
            return message
        return self.nonces[nonce]

    async def post_status(self, address, reply, *, nonce):
        await self._before(("post_status", nonce))
        return replace(address, message=self.post(reply.text, nonce))

    async def edit_status(self, address, reply):
        await self._before(("edit_status", reply.text))
        self.messages[address.message].append(reply.text)
        return True

    async def sweep(self, address, job):
        await self._before(("sweep", job))

    async def deliver(self, address, part, reply, *, nonce, in_doubt):
        assert len(nonce) <= 25
        await self._before(("deliver", part, in_doubt))
        if part in ("result", "news") and address.message is not None:
            if self.messages[address.message][-1] != reply.text:
                self.messages[address.message].append(reply.text)
            message = address.message
        else:
            message = self.post(f"{part}: {reply.text}", nonce)
        if self.fails_late and (error := self.fails_late.pop(0)) is not None:
            raise error
        return message

    async def _before(self, call):
        self.calls.append(call)
        await self.open.wait()
        if self.fails and call[0] == "deliver":
            raise self.fails.pop(0)

    def said(self):
        """The last words of every message."""
        return [words[-1] for words in self.messages.values()]


class Bot:
    """Everything open, and how a person talks to it."""

    def __init__(self, jobs, store, maker, platforms):
        self.jobs, self.store, self.maker, self.platforms = jobs, store, maker, platforms
        self._events = count(1)
        self._task = None

    def start(self):
        self._task = asyncio.create_task(self.jobs.run())

    async def stop(self):
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def ask(self, who="ada", *, seed=7, platform="discord", guild=None, event=None, place=True, task=None):
        """Accepted, and the status message posted by the command."""
        event = event or f"{platform}:{who}:{next(self._events)}:{seed}"
        address = Address(platform, f"{platform}:{who}", chat="c1", guild=guild)
        accepted = await self.jobs.accept(
            task or composing(seed), person=Person(platform, who), address=address, language="en", event_key=event
        )
        if place and platform in self.platforms:
            message = self.platforms[platform].post(f"waiting {accepted.place}")
            await self.jobs.placed(accepted.job, replace(address, message=message))
        return accepted

    async def state(self, job):
        return (await self.store.jobs.get(job)).state

    async def deliveries(self, job):
        """State by part."""
        from sqlalchemy import select

        from bot.store.tables import deliveries

        async with self.store.reading() as connection:
            rows = await connection.execute(select(deliveries).where(deliveries.c.job == job))
            return {row.part: row.state for row in rows}

    async def settled(self):
        """Until nothing waits and every message has arrived."""
        await until(self._is_settled)

    async def _is_settled(self):
        summary = await self.jobs.board.summary()
        return summary.queued == summary.running == summary.undelivered == 0


async def until(condition, limit_s=10.0):
    """Wait for a condition; it may be a coroutine function."""
    async with asyncio.timeout(limit_s):
        while True:
            found = condition()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return
            await asyncio.sleep(0.01)


@pytest.fixture
def open_bot(tmp_path):
    """Open everything on the same folder; may be called again for a restart. url: of a database other than SQLite."""

    @asynccontextmanager
    async def opened(*, limits=FREE, maker=None, platforms=None, start=True, now=None, url=None):
        platforms = platforms if platforms is not None else [Platform()]
        maker = maker or StubMaker()
        options = {"report_every_s": 0.03} | ({"now": now} if now else {})
        async with (
            open_store(url, tmp_path / "data") as store,
            open_jobs(store, maker, limits, PlainAnnouncer(), **options) as jobs,
        ):
            for platform in platforms:
                jobs.add_messenger(platform)
            bot = Bot(jobs, store, maker, {platform.name: platform for platform in platforms})
            if start:
                bot.start()
            try:
                yield bot
            finally:
                await bot.stop()

    return opened
