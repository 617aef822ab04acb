"""`notabot train collect`: what people kept and undid or voted for, as a file of votes for `notabot train prefer`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.results import show_text
from bot.errors import CannotWrite


def collect(
    votes: Annotated[Path, typer.Argument(metavar="VOTES", help="A .jsonl file that is written.", show_default=False)],
) -> None:
    """Write down which edits people kept or undid, and how they voted in duels, one vote between two pieces a line.

    Only of people who said that theirs may teach (/settings), and only of music that was composed here.

    [bold]Example[/bold]

      notabot train collect votes.jsonl && notabot train prefer votes.jsonl runs/liked
    """
    from config.settings import load_settings

    settings = load_settings()

    async def write() -> int:
        from bot.store import open_store
        from bot.store.choices import votes as votes_in

        url = settings.database_url.get_secret_value() if settings.database_url else None
        async with open_store(url, settings.data_dir) as store:
            lines = [json.dumps(vote, ensure_ascii=False) async for vote in votes_in(store)]
        try:
            votes.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        except OSError as error:
            raise CannotWrite(reason="failed", place=votes, why=error.strerror or "?") from error
        return len(lines)

    show_text(f"{asyncio.run(write())} votes in {votes}")
