"""A person who talks to the bot through the smallest context there is: real store, jobs and catalogue, stub maker."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace

import pytest

from bot.app import open_services
from bot.chat.messages import Address, Person
from bot.commands import build_registry, find_command, read_words, refuse, run_action, run_command
from bot.commands.command import Here
from bot.making.compose import Compose
from bot.making.files import Piece
from bot.making.workshop import Order, Workshop
from bot.store import PersonSettings, ServerRules
from config.errors import NotabotError
from config.settings import Settings
from generator.request import Progress
from renderers.pipeline import Rendering

PNG, ABC = b"\x89PNG page", b"X:1\n"
TUNE = """X:1
T:Keyboard piece in A minor
C:Notabot, after Chopin
L:1/8
Q:1/4=90
M:3/4
K:Amin
V:1 treble nm="Piano" snm="Pno."
V:2 bass
[V:1]A2 c2 e2|[V:2]A,,2 [E,A,C]4|
[V:1]e2 ^d2 c2|[V:2]A,,6|]
"""


def record_of(piece_id, request):
    return {
        "id": piece_id,
        "name": f"chopin_keyboard_20261121_142312_{piece_id}",
        "title": "Keyboard piece in A minor",
        "credit": "Notabot, after Chopin",
        "key": "Amin",
        "made": "2026-11-21T14:23:12+00:00",
        "request": request.to_json(),
        "seed": request.seed,
        "sampling": asdict(request.sampling),
        "model": {"file": "tiny.safetensors", "sha256": "ab" * 32},
        "report_card": {
            "bars": request.bars,
            "bars_aligned": request.bars,
            "metre": "3/4",
            "tempo": "1/4=90",
            "seconds": 38.0,
        },
        "timings": {"compose_s": 1.5},
        "versions": {"notabot": "0.1.0"},
    }


class StubMaker:
    """Makes pieces of two pages, as soon as it may."""

    def __init__(self):
        self.may_finish = asyncio.Event()
        self.may_finish.set()
        self.tasks = []

    async def make(self, job, task, *, language, on_progress, on_step):
        self.tasks.append(task)
        if not isinstance(task, Compose):
            order = Order(id=job, formats=("abc", "png"), language=language, on_progress=on_progress, on_step=on_step)
            return await task.make(self.workshop, order)
        on_progress(Progress(1, task.bars, 0.1, 2.0))
        await self.may_finish.wait()
        on_step("drawing ...")
        endings = (".abc", ".musicxml", ".mid", ".mp3", ".pdf")
        files = {"_p1.png": PNG, "_p2.png": PNG + b"2"} | {ending: ABC + ending.encode() for ending in endings}
        files |= {"_small.mp3": ABC, ".abc": TUNE.encode()}
        return Piece(record=record_of(job, task.request), files=files)


class NoDrawing:
    """A renderer of one page that says nothing."""

    async def render_most(self, abc, formats, *, title, composer, tune="", **_):
        return Rendering(files={".abc": abc.encode(), "_p1.png": PNG})


class StubMessenger:
    """Takes everything."""

    name = "test"

    def __init__(self):
        self._delivered, self.amended, self.removed = asyncio.Queue(), asyncio.Queue(), asyncio.Queue()

    async def next_delivery(self):
        async with asyncio.timeout(10):
            return await self._delivered.get()

    def parts(self, reply):
        return ("result",)

    async def post_status(self, address, reply, *, nonce):
        raise AssertionError("the command has posted it")

    async def edit_status(self, address, reply):
        return True

    async def sweep(self, address, job):
        """Nothing is posted twice here."""

    async def amend(self, address, reply):
        self.amended.put_nowait((address, reply))

    async def remove(self, address):
        self.removed.put_nowait(address)

    async def deliver(self, address, part, reply, *, nonce, in_doubt):
        self._delivered.put_nowait(reply)
        return "m"


@dataclass
class RecordingContext:
    services: object
    person: Person
    address: Address
    language: str
    event_key: str
    options: dict = field(default_factory=dict)
    replies: list = field(default_factory=list)
    edits: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    deleted: bool = False
    removed: list = field(default_factory=list)
    pressed: str | None = None
    here: Here = field(default_factory=Here)
    likes: PersonSettings = field(default_factory=PersonSettings)
    rules: ServerRules = field(default_factory=ServerRules)

    @property
    def called(self):
        return self.person.id.capitalize()

    async def reply(self, reply):
        self._check(reply)
        self.replies.append(reply)
        return f"message{len(self.replies)}"

    async def confirm(self, reply, *, job):
        return replace(self.address, message=await self.reply(reply))

    async def ask(self, ask):
        self.asked.append(ask)

    async def edit(self, reply):
        self._check(reply)
        self.edits.append(reply)

    def _check(self, reply):
        """A reply says in which language it is; whoever answers may have just chosen another one."""
        is_chinese = any("\u4e00" <= character <= "\u9fff" for character in reply.text.replace("中文", ""))
        assert reply.language == ("zh" if is_chinese else "en"), reply

    async def delete(self):
        self.deleted = True

    async def remove(self, message):
        self.removed.append(message)
        return True


class World:
    """The bot, and ways to talk to it as different people."""

    def __init__(self, services, maker, messenger):
        self.services, self.maker, self.messenger = services, maker, messenger
        self.registry = build_registry(services.settings)
        self._events = 0

    def context(self, who="ann", *, language="en", guild=None, event=None, options=None, pressed=None, here=None):
        self._events += 1
        person = Person("discord", "1") if who == "root" else Person("test", who, language)
        address = Address("test", who, chat="room", guild=guild)
        return RecordingContext(
            self.services, person, address, language, event or f"test:{self._events}", options or {}, pressed=pressed,
            here=here or Here(),
        )  # fmt: skip

    async def say(self, line, who="ann", *, file=None, **circumstances):
        """Type a command, perhaps below a file; returns the context with the answers."""
        context = self.context(who, **circumstances)
        command, rest = find_command(self.registry, line)
        try:
            context.options = read_words(command, rest, file=file)
        except NotabotError as error:
            await refuse(context, error)
            return context
        await run_command(command, context)
        return context

    async def press(self, button, who="ann", **circumstances):
        context = self.context(who, **circumstances)
        await run_action(self.registry, button if isinstance(button, str) else button.action.encode(), context)
        return context

    async def piece(self, line="/compose chopin keyboard bars=4 seed=7", who="ann", **circumstances):
        """Ask for a piece and wait for it; returns the reply that was delivered."""
        asked = await self.say(line, who, **circumstances)
        assert len(asked.replies) == 1, asked.replies
        return await self.messenger.next_delivery()

    async def settled(self, job):
        """Until it is written down that the result has arrived."""
        for _ in range(1000):
            if len(await self.services.store.deliveries.messages(job)) == 2:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the result has not arrived")


@asynccontextmanager
async def open_world(tmp_path, *, running=True, **settings):
    maker, messenger = StubMaker(), StubMessenger()
    chosen = {"data_dir": tmp_path / "data", "cooldown_s": 0.0, "admins": {"discord:1"}} | settings
    async with open_services(Settings(**chosen), maker=maker) as services:
        maker.workshop = Workshop(
            composer=None,
            renderer=NoDrawing(),
            catalogue=services.catalogue,
            model={},
            find_source=services.store.pieces.source,
        )
        services.jobs.add_messenger(messenger)
        task = asyncio.create_task(services.jobs.run()) if running else None
        try:
            yield World(services, maker, messenger)
        finally:
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def world(tmp_path):
    async with open_world(tmp_path) as world:
        yield world


@pytest.fixture
async def still_world(tmp_path):
    """Nothing is composed: all that is accepted waits."""
    async with open_world(tmp_path, running=False) as world:
        yield world


def button(reply, verb):
    return next(each for row in reply.buttons for each in row if each.action.verb == verb)
