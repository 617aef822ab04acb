"""`notabot chat`: the bot's commands in this terminal, without a token."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rich.console import Console

from bot.cli.options import Out, client_language
from bot.cli.weights import settings_with_weights
from bot.platforms import check_keys
from bot.platforms.terminal.progress import ProgressLine
from bot.texts import language_of, say

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from bot.jobs import Maker
    from config.settings import Settings


def chat(out: Out = None) -> None:
    """Talk to the bot here: the commands of the chats, without a token.

    What is typed goes to the bot; lines from a pipe work too.

    [bold]Examples[/bold]

      notabot chat

      echo "/compose chopin keyboard bars=8" | notabot chat
    """
    settings = settings_with_weights()
    check_keys(settings)
    asyncio.run(talk(settings, out=out or settings.out_dir, stream=sys.stdin))


async def talk(settings: Settings, *, out: Path, stream: TextIO, maker: Maker | None = None) -> None:
    """Open everything, answer the lines of `stream`, close everything. maker: a stand-in for composing, for tests."""
    from bot.app import open_services
    from bot.commands import build_registry
    from bot.platforms.terminal.platform import Screen, TerminalChat, read_lines

    settings = settings.model_copy(update={"cooldown_s": 0.0})  # nobody else waits
    with ProgressLine(Console(stderr=True)) as progress, _log_into(settings.data_dir):
        progress.show_step(say("terminal.loading", language_of(client_language())))
        async with open_services(settings, maker=maker) as services:
            session = TerminalChat(
                services,
                build_registry(settings),
                Screen(Console(), progress, out),
                client_language=client_language(),
                patient=not stream.isatty(),
            )
            services.jobs.add_messenger(session.messenger)
            running = asyncio.create_task(services.jobs.run(), name="jobs")
            talking = asyncio.create_task(session.serve(read_lines(stream)), name="chat")
            try:
                done, _ = await asyncio.wait((running, talking), return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in (talking, running):
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task


@contextmanager
def _log_into(folder: Path) -> Iterator[None]:
    """Tracebacks belong into the log file, not among the answers."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(folder / "notabot.log", encoding="utf-8", delay=True)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
