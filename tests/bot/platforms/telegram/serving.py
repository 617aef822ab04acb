"""A bot that runs: our platform, a real store and a few small commands, against the small Bot API."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pydantic import SecretStr

from bot.chat.messages import Action, Ask, Attachment, Button, Reply
from bot.commands.command import Command, Option, Registry, Services
from bot.platforms.telegram.platform import open_telegram
from bot.store import open_store
from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from tests.fakes.telegram import TOKEN


async def until(condition, *, limit_s=10.0):
    """Wait for something to become true; returns it."""
    async with asyncio.timeout(limit_s):
        while not (found := condition()):  # noqa: ASYNC110  # nothing announces what a test waits for
            await asyncio.sleep(0.01)
    return found


@dataclass
class Commands:
    """Small commands that remember who called them. gate: "/compose" waits here before it answers."""

    seen: list = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    held: set = field(default_factory=set)  # styles that wait at the gate

    def registry(self) -> Registry:
        registry = Registry()
        registry.commands = [
            Command("compose", self.compose, [Option("style", rest=True), Option("bars", "integer", maximum=64)]),
            Command("help", self.answer("help")),
            Command("queue", self.answer("queue")),
            Command("piece", self.answer("piece"), [Option("id", required=True)]),
            Command("render", self.answer("render"), [Option("file", "file"), Option("tune")]),
            Command("mydata", self.export, private=True),
            Command("settings", self.settings, private=True),
            Command("server", self.answer("server"), private=True, manager=True),
            Command("styles", self.ask, [Option("words", rest=True)], private=True),
            Command(
                "admin",
                admin=True,
                private=True,
                subcommands=[
                    Command("block", self.answer("block"), [Option("who", required=True)], admin=True),
                    Command("stats", self.answer("stats"), private=True, admin=True),
                ],
            ),
        ]
        registry.actions = {
            "pick": self.pick,
            "details": self.details,
            "refuse": self.refuse,
            "slow": self.slow,
            "delete": self.delete,
            "fail": self.fail,
            "files": self.files,
            "long": self.long,
            "hand": self.words_wanted,
        }
        registry.answers = {"hand": self.words}
        return registry

    async def words_wanted(self, context, action):
        await context.ask(Ask(action=action, title="Bars", label="Change these", prefill="1: A|", is_long=True))

    async def words(self, context, action, text):
        self.seen.append(("words", context))
        await context.reply(Reply(f"{action.verb} {action.target}: {text}"))

    def answer(self, name):
        async def handle(context):
            self.seen.append((name, context))
            await context.reply(Reply(f"{name} {dict(context.options)}"))

        return handle

    async def compose(self, context):
        self.seen.append(("compose", context))
        if context.options.get("style") in self.held:
            await self.gate.wait()
        buttons = [
            Button(verb, Action(verb, "k3f9", "0")) for verb in ("pick", "refuse", "slow", "delete", "fail", "hand")
        ]
        await context.reply(Reply(f"compose {dict(context.options)}", buttons=[buttons]))

    async def export(self, context):
        await context.reply(
            Reply("your data", private=True, attachments=[Attachment("data.json", "document", data=b"{}")])
        )

    async def settings(self, context):
        """What is for one person alone, with buttons."""
        self.seen.append(("settings", context))
        buttons = [[Button("pick", Action("pick", "k3f9", "0")), Button("refuse", Action("refuse", "k3f9"))]]
        await context.reply(Reply("your settings", buttons=buttons, private=True, personal=True))

    async def ask(self, context):
        """A question to one person that belongs into the chat."""
        self.seen.append(("ask", context))
        await context.reply(Reply("which?", buttons=[[Button("pick", Action("pick", "k3f9", "0"))]], private=True))

    async def details(self, context, action):
        """Too long for an alert."""
        self.seen.append(("details", context))
        await context.reply(Reply("figures " * 100, private=True, personal=True))

    async def pick(self, context, action):
        self.seen.append(("pick", context))
        following = Action("pick", "", str(int(action.argument) + 1))
        page = Reply(f"page {action.argument}", buttons=[[Button("pick", following)]], private=True)
        await context.edit(page)

    async def refuse(self, context, action):
        await context.reply(Reply("Only Ann may do that.", private=True))

    async def long(self, context, action):
        await context.reply(Reply("for one alone " * 30, private=True, personal=True))

    async def files(self, context, action):
        self.seen.append(("files", action))
        files = [Attachment("x.mid", "document", data=b"mid"), Attachment("x.abc", "document", data=b"abc")]
        await context.reply(Reply("all files", private=True, attachments=files))

    async def slow(self, context, action):
        await self.gate.wait()
        await context.reply(Reply("at last", private=True))

    async def delete(self, context, action):
        await context.delete()

    async def fail(self, context, action):
        raise RuntimeError("a secret detail")

    def calls(self):
        return [(name, dict(context.options)) for name, context in self.seen]


@asynccontextmanager
async def open_platform(telegram, commands, folder, *, token=TOKEN, **settings):
    """The platform, not yet served."""
    chosen = Settings(
        _env_file=None, telegram_token=SecretStr(token), telegram_api_url=telegram.base, data_dir=folder, **settings
    )
    async with open_store(None, folder) as store:
        services = Services(chosen, load_catalogue(), store, None, "test")
        async with open_telegram(chosen, commands.registry(), services) as platform:
            yield platform


@asynccontextmanager
async def serve(telegram, commands, folder, **settings):
    async with open_platform(telegram, commands, folder, **settings) as platform:
        task = asyncio.create_task(platform.serve())
        try:
            await until(lambda: telegram.sent("getUpdates") or task.done())
            yield platform
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
