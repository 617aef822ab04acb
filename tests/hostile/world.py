"""The real commands, jobs and store, a maker of tiny pieces, and a victim whose things nobody else may touch."""

import asyncio
import shutil
from collections.abc import Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.app import open_services
from bot.chat.messages import Address, Ask, Person, Reply
from bot.commands import build_registry, check_options, find_command, read_words, refuse, run_action, run_command
from bot.commands.command import Command, Here
from bot.making.compose import Compose
from bot.making.files import Piece
from bot.store import open_store
from config.settings import Settings
from generator.errors import GeneratorError
from generator.request import Progress
from tests.fakes.stub_bot import HANGS, made

ADMIN, BLOCKED, VICTIM = "1", "13", "900"
ATTACKERS = ("101", "102", "103", "104")
FIRST_DELIVERED = 500_000  # no other message has such a number
PIECES_A_DAY = 8  # making them takes most of the time


class QuickMaker:
    """A piece at once; for the seed HANGS never. What would be made of another piece cannot be made."""

    def __init__(self) -> None:
        self.made = 0

    async def make(self, job: str, task: Any, *, language: Any, on_progress: Any, on_step: Any) -> Piece:
        on_progress(Progress(1, task.bars, 0.1, 1.0))
        if not isinstance(task, Compose):
            raise GeneratorError("This cannot be made here. Ask for another piece.")
        if task.request.seed == HANGS:
            await asyncio.Event().wait()
        self.made += 1
        return made(job, task.request, pages=2)


class Recorder:
    """A messenger that takes everything and remembers it."""

    name = "telegram"

    def __init__(self) -> None:
        self.delivered: list[tuple[Address, Reply]] = []

    def parts(self, reply: Reply) -> tuple[str, ...]:
        return ("result",)

    async def post_status(self, address: Address, reply: Reply, *, nonce: str) -> Address:
        return Address(**{**address.to_json(), "message": f"late {nonce}"})

    async def edit_status(self, address: Address, reply: Reply) -> bool:
        return True

    async def sweep(self, address: Address, job: str) -> None:
        """Nothing is posted twice here."""

    async def deliver(self, address: Address, part: str, reply: Reply, *, nonce: str, in_doubt: bool) -> str:
        self.delivered.append((address, reply))
        return str(FIRST_DELIVERED + len(self.delivered))


@dataclass
class Recorded:
    """A context that remembers what was said."""

    services: Any
    person: Person
    address: Address
    language: str
    event_key: str
    options: dict[str, Any] = field(default_factory=dict)
    replies: list[Reply] = field(default_factory=list)
    deleted: int = 0
    pressed: str | None = None
    here: Here = field(default_factory=Here)
    called: str = ""

    async def reply(self, reply: Reply) -> str:
        self.replies.append(reply)
        return self.event_key.rpartition(":")[2]  # platforms number their messages

    async def confirm(self, reply: Reply, *, job: str) -> Address:
        return replace(self.address, message=await self.reply(reply))

    async def ask(self, ask: Ask) -> None:
        self.replies.append(Reply(ask.title))

    async def edit(self, reply: Reply) -> None:
        self.replies.append(reply)

    async def delete(self) -> None:
        self.deleted += 1

    async def remove(self, message: str) -> bool:
        assert message.isdigit()
        return True

    @property
    def was_answered(self) -> bool:
        return bool(self.replies) or self.deleted > 0


class World:
    """The bot, as people who send anything meet it."""

    def __init__(self, services: Any, maker: QuickMaker, messenger: Recorder) -> None:
        self.services, self.maker, self.messenger = services, maker, messenger
        self.registry = build_registry(services.settings)
        self.data = Path(services.settings.data_dir)
        self._events = 0

    def context(self, who: str, *, language: str = "en", platform: str = "telegram") -> Recorded:
        self._events += 1
        address = Address(platform, who, chat=who)
        return Recorded(self.services, Person(platform, who, language), address, language, f"{platform}:{self._events}")

    async def say(self, line: str, who: str, **circumstances: Any) -> Recorded:
        """A line of text, as a platform without typed options reads it."""
        context = self.context(who, **circumstances)
        try:
            command, words = find_command(self.registry, line)
            context.options = read_words(command, words)
        except Exception as error:
            await refuse(context, error)
            return context
        await run_command(command, context)
        return context

    async def call(self, command: Command, options: dict[str, Any], who: str) -> Recorded:
        """A command with options of any type, as a platform hands them over that has typed ones."""
        context = self.context(who)
        try:
            context.options = check_options(command, options)
        except Exception as error:
            await refuse(context, error)
            return context
        await run_command(command, context)
        return context

    async def press(self, data: str, who: str, **circumstances: Any) -> Recorded:
        context = self.context(who, **circumstances)
        await run_action(self.registry, data, context)
        return context

    async def piece_of(self, who: str, line: str = "/compose chopin keyboard bars=4") -> str:
        """Have a piece made; returns its id."""
        before = len(await self.services.store.pieces.of(f"telegram:{who}", 1000))
        await self.say(line, who)
        async with asyncio.timeout(20):
            while len(pieces := await self.services.store.pieces.of(f"telegram:{who}", 1000)) == before:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return pieces[0].id

    async def hanging_job_of(self, who: str) -> str:
        await self.say(f"/compose chopin keyboard bars=4 seed={HANGS}", who)
        (waiting,) = await self.services.jobs.board.waiting(f"telegram:{who}")
        return waiting.job.id


async def _make_empty(folder: Path) -> None:
    async with open_store(None, folder):
        pass


def copy_empty(template: Path, data: Path) -> None:
    """An empty store; making its tables takes longer than copying them."""
    if not template.is_dir():
        asyncio.run(_make_empty(template))
    shutil.copytree(template, data)


@asynccontextmanager
async def open_world(data: Path, **chosen: Any):
    """With jobs that run."""
    usual = {
        "cooldown_s": 0,
        "admins": f"telegram:{ADMIN},discord:{ADMIN}",
        "blocked_people": f"telegram:{BLOCKED},discord:{BLOCKED}",
        "pieces_per_person_per_day": PIECES_A_DAY,
        "slots": 3,
        "drain_s": 1,
    }
    maker, messenger = QuickMaker(), Recorder()
    async with open_services(Settings(_env_file=None, data_dir=data, **(usual | chosen)), maker=maker) as services:
        services.jobs.add_messenger(messenger)
        task = asyncio.create_task(services.jobs.run())
        try:
            yield World(services, maker, messenger)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


class Stage:
    """A world in an event loop of its own, for tests that hypothesis calls many times.

    own: a piece of each attacker; they may delete it. thrown: how much was thrown at this world so far.
    """

    def __init__(self, data: Path, **chosen: Any) -> None:
        self.loop = asyncio.new_event_loop()
        self._opened = open_world(data, **chosen)
        self.world: World = self.run(self._opened.__aenter__())
        self.thrown = 0
        self.own = tuple(self.run(self.world.piece_of(who)) for who in ATTACKERS)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        try:
            self.run(self._opened.__aexit__(None, None, None))
            self.run(self.loop.shutdown_asyncgens())
            self.run(self.loop.shutdown_default_executor())
        finally:
            self.loop.close()


class Victim:
    """Two pieces, a job that runs and settings, all of which must be as they were in the end."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.pieces: list[str] = []
        self.job = ""
        self._before: dict[str, Any] = {}

    async def settle(self) -> "Victim":
        world = self._world
        self.pieces = [await world.piece_of(VICTIM), await world.piece_of(VICTIM)]
        await world.say("/settings language=zh bars=8", VICTIM)
        self.job = await world.hanging_job_of(VICTIM)
        self._before = await self._all()
        return self

    @property
    def ids(self) -> tuple[str, ...]:
        return (*self.pieces, self.job, VICTIM)

    async def check_untouched(self) -> None:
        after = await self._all()
        for kept, before in self._before.items():
            assert after[kept] == before, (kept, before, after[kept])

    async def _all(self) -> dict[str, Any]:
        """What is kept about the victim, and whether the files are there."""
        store = self._world.services.store
        known = await store.people.export(f"telegram:{VICTIM}")
        paths = [store.blobs.path(file["sha256"]) for file in known["files"]]
        return {
            "settings": known["settings"],
            "pieces": known["pieces"],
            "rules": known["rules"],
            "jobs": [(job["id"], job["state"] in ("queued", "running", "done")) for job in known["jobs"]],
            "files": [(path.name, path.is_file()) for path in paths],
            "waiting": [each.job.id for each in await self._world.services.jobs.board.waiting(f"telegram:{VICTIM}")],
        }
