"""The chat in a terminal: the same commands as everywhere, without a token.

Messages are printed; files are written into a folder and named by their paths; a button has a number, and typing the
number presses it, as long as the session lasts. Progress is one line that vanishes.
Promises: one line of input is one command, button or request; input that is no terminal is read to its end, and what it
asked for is waited for before the next button is pressed and before the end.
Not covered: several people; whoever sits at the terminal is one person, and runs the bot.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from bot.chat.messages import Action, Address, Ask, Attachment, Button, Person, Reply, SentFile
from bot.chat.messenger import MaybeSent, TryLater
from bot.commands import find_command, read_words, refuse, run_action, run_command
from bot.commands.command import Command, Here, Registry, Services
from bot.commands.running import run_answer
from bot.commands.said import COMPOSE, said_line
from bot.commands.words import read_said
from bot.errors import BadInput, CannotWrite
from bot.making.files import open_piece_folder
from bot.platforms.questions import question
from bot.platforms.terminal.progress import ProgressLine, size_in_words
from bot.store import PersonSettings, ServerRules
from bot.texts import Language, explain, language_of, say, signs
from config.errors import NotabotError

NAME = "terminal"
PERSON_ID = "local"
QUIT_WORDS = ("/quit", "/exit", "quit", "exit")
PROMPT = "♪ "


class Screen:
    """Prints replies, and remembers what their buttons do."""

    def __init__(self, console: Console, progress: ProgressLine, folder: Path) -> None:
        self._console, self._progress, self._folder = console, progress, folder
        self._buttons: list[Action] = []

    def show(self, reply: Reply) -> None:
        """Print title, text, paths of the files, numbered buttons, and an empty line. Raises CannotWrite."""
        paths = self._write(reply.attachments)
        self._progress.clear()
        if reply.title:
            self._print(reply.title, style="bold")
        self._print(reply.text)
        for path, size in paths:
            self._print(f"  {signs(size_in_words(size), reply.language):>8}  {path}")
        for row in reply.rows:
            self._print("  ".join(self._numbered(button) for button in row))
        self._print("")

    def show_progress(self, reply: Reply) -> None:
        """One line that the next one replaces."""
        self._progress.show_step(f"{reply.title} · {reply.text.rpartition(chr(10))[2]}")

    def say(self, text: str) -> None:
        """Print a line of our own."""
        self._progress.clear()
        self._print(text)

    def prompt(self) -> None:
        """Show that it is the person's turn."""
        self._console.print(PROMPT, end="")

    def action(self, number: int) -> Action | None:
        """What the button with this number does."""
        return self._buttons[number - 1] if 1 <= number <= len(self._buttons) else None

    def _numbered(self, button: Button) -> str:
        if button.action not in self._buttons:
            self._buttons.append(button.action)
        return f"[{self._buttons.index(button.action) + 1}] {button.label}"

    def _print(self, text: str, *, style: str = "") -> None:
        self._console.print(Text(text, style=style), soft_wrap=True)

    def _write(self, attachments: Sequence[Attachment]) -> list[tuple[Path, int]]:
        """Copy the files into the folder under their own names."""
        if not attachments:
            return []
        try:
            contents = {Path(attachment.name).name: attachment.read() for attachment in attachments}
        except OSError as error:
            raise CannotWrite(reason="file_gone") from error
        with open_piece_folder(self._folder) as folder:
            return [(file.path, file.size_bytes) for file in folder.write("", contents)]


class TerminalMessenger:
    """The terminal as jobs see it. Knows which jobs of this session are still on their way."""

    name = NAME

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._jobs: dict[str, str] = {}  # by message
        self.asked: Ask | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    def follow(self, message: str, job: str) -> None:
        """A job whose result is to be waited for; message: where its result will be shown."""
        self._jobs[message] = job
        self._idle.clear()

    async def wait_for_all(self) -> None:
        """Until every followed job has been shown, or has failed or been cancelled."""
        await self._idle.wait()

    @property
    def is_idle(self) -> bool:
        return self._idle.is_set()

    def parts(self, reply: Reply) -> Sequence[str]:
        """Everything at once."""
        return ("result",)

    async def post_status(self, address: Address, reply: Reply, *, nonce: str) -> Address:
        """Print it."""
        self._screen.show(reply)
        return replace(address, message=nonce)

    async def edit_status(self, address: Address, reply: Reply) -> bool:
        """Show progress in the line that vanishes."""
        self._screen.show_progress(reply)
        return True

    async def sweep(self, address: Address, job: str) -> None:
        """A line that was written stays."""

    async def amend(self, address: Address, reply: Reply) -> None:
        """What is printed stays."""

    async def remove(self, address: Address) -> None:
        """What is printed stays."""

    async def deliver(self, address: Address, part: str, reply: Reply, *, nonce: str, in_doubt: bool) -> str | None:
        """Print the result once. Raises MaybeSent; TryLater if the folder cannot take the files."""
        if in_doubt:
            raise MaybeSent
        try:
            self._screen.show(reply)
        except CannotWrite as error:
            self._screen.say(explain(error, reply.language) or str(error))
            raise TryLater(str(error), after_s=30, sent=False) from error
        self._jobs.pop(address.message or "", None)
        if not self._jobs:
            self._idle.set()
        return nonce


class TerminalContext:
    """One line that was typed."""

    def __init__(
        self,
        services: Services,
        messenger: TerminalMessenger,
        screen: Screen,
        *,
        person: Person,
        language: Language,
        options: Mapping[str, Any],
    ) -> None:
        self.services, self.person, self.language, self.options = services, person, language, options
        self.likes, self.rules, self.here = PersonSettings(), ServerRules(), Here()
        self.address = Address(NAME, person.id, chat=person.id)
        self.event_key = f"{NAME}:{secrets.token_hex(8)}"
        self.pressed: str | None = None
        self.called = PERSON_ID
        self._messenger, self._screen = messenger, screen

    async def reply(self, reply: Reply) -> str | None:
        """Print it; a message about a new job is followed until its result."""
        message = secrets.token_hex(4)
        job = _new_job(reply, self.language)
        if job is not None:
            self._messenger.follow(message, job)
        self._screen.show(reply)
        return message

    async def confirm(self, reply: Reply, *, job: str) -> Address | None:
        """A message that becomes the result."""
        message = await self.reply(reply)
        return None if message is None else replace(self.address, message=message)

    async def ask(self, ask: Ask) -> None:
        """What is typed next is the answer; of several lines, all up to an empty one."""
        self._messenger.asked = ask
        self._screen.show(replace(question(ask, self.language), text="\n".join(filter(None, (ask.label, ask.prefill)))))

    async def edit(self, reply: Reply) -> None:
        """What is printed stays; the new text comes below."""
        self._screen.show(reply)

    async def delete(self) -> None:
        """What is printed stays."""

    async def remove(self, message: str) -> bool:
        """What is printed stays."""
        return False


def _new_job(reply: Reply, language: Language) -> str | None:
    """The job that a message announces."""
    if reply.title != say("status.accepted", language):
        return None
    return next((button.action.target for row in reply.buttons for button in row), None)


class TerminalChat:
    """A session: reads lines and answers them."""

    def __init__(
        self, services: Services, registry: Registry, screen: Screen, *, client_language: str | None, patient: bool
    ) -> None:
        """patient: wait for results before a button is pressed and before the end, because nobody watches."""
        self._services, self._registry, self._screen, self._patient = services, registry, screen, patient
        self._person = Person(NAME, PERSON_ID, client_language)
        self.messenger = TerminalMessenger(screen)
        self._written: list[str] = []

    async def serve(self, lines: AsyncIterator[str]) -> None:
        """Answer until the input ends or somebody quits."""
        self._screen.say(say("terminal.welcome", await self._language()))
        self._prompt()
        async for line in lines:
            if line.strip().lower() in QUIT_WORDS:
                break
            if await self._took_answer(line):
                pass
            elif line.strip():
                await self._answer(line.strip())
            self._prompt()
        await self._leave()

    async def _took_answer(self, line: str) -> bool:
        """Whether a line belongs to what was asked for. An empty line ends it; nothing at all takes it back."""
        ask = self.messenger.asked
        if ask is None:
            return False
        self._written += [line.rstrip()] if line.strip() else []
        if ask.is_long and line.strip():
            return True
        text, self._written, self.messenger.asked = "\n".join(self._written), [], None
        if text:
            if self._patient:
                await self.messenger.wait_for_all()
            await run_answer(self._registry, ask.action.encode(), text, self._context())
        return True

    async def _leave(self) -> None:
        language = await self._language()
        if self._patient and not self.messenger.is_idle:
            self._screen.say(say("terminal.waiting", language))
            await self.messenger.wait_for_all()
        self._screen.say(say("terminal.bye", language))

    async def _answer(self, line: str) -> None:
        if line.isdecimal() and len(line) <= 6:
            await self._press(int(line))
            return
        context = self._context()
        try:
            command, context.options = self._read(line)
        except NotabotError as error:
            await refuse(context, error)
            return
        await run_command(command, context)

    def _read(self, line: str) -> tuple[Command, dict[str, Any]]:
        """A command, with its stroke or without; other words ask for a piece. Raises BadInput."""
        said = said_line(self._registry, self._services.catalogue, line)
        command, rest = find_command(self._registry, said)
        if said != line and command.name == COMPOSE:
            return command, read_said(command, rest)
        return command, read_words(command, rest, file_named=_file_named)

    async def _press(self, number: int) -> None:
        if self._patient:
            await self.messenger.wait_for_all()
        action = self._screen.action(number)
        if action is None:
            self._screen.say(say("terminal.no_button", await self._language(), number=number))
            return
        await run_action(self._registry, action.encode(), self._context())

    def _context(self) -> TerminalContext:
        language = language_of(self._person.client_language)
        return TerminalContext(
            self._services, self.messenger, self._screen, person=self._person, language=language, options={}
        )

    async def _language(self) -> Language:
        likes = await self._services.store.people.settings(self._person.key)
        return likes.language or language_of(self._person.client_language)

    def _prompt(self) -> None:
        if not self._patient:
            self._screen.prompt()


def _file_named(path: str) -> SentFile:
    """A file on this machine, whose owner sits at the terminal. Raises BadInput."""
    file = Path(path).expanduser()
    if not file.is_file():
        raise BadInput(reason="no_such_file", file=path)

    async def fetch(most: int) -> bytes:
        try:
            with file.open("rb") as stream:
                return await asyncio.to_thread(stream.read, most + 1)
        except OSError as error:
            raise BadInput(reason="unreadable", file=path, why=error.strerror) from error

    return SentFile(name=file.name, size=file.stat().st_size, fetch=fetch)


async def read_lines(stream: TextIO) -> AsyncIterator[str]:
    """The lines of a stream as they come. They are read by a thread of their own, which nobody has to wait for."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[str | None] = asyncio.Queue()

    def hand_over(line: str | None) -> None:
        with suppress(RuntimeError):  # the session has ended meanwhile
            loop.call_soon_threadsafe(queue.put_nowait, line)

    def read() -> None:
        try:
            for line in stream:
                hand_over(line)
        finally:
            hand_over(None)

    threading.Thread(target=read, name="input", daemon=True).start()
    while (line := await queue.get()) is not None:
        yield line
