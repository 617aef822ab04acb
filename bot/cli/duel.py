"""`notabot duel ratings`: how strong styles, settings and weights are by the votes in this bot's duels."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.options import Json, client_language
from bot.cli.results import show_text

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from bot.duels.ratings import Rating
    from bot.duels.sides import Kind

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode="rich", help="Duels between two pieces, which people hear blind."
)


@app.callback()
def duel() -> None:
    """Duels between two pieces, which people hear blind and vote on (/duel in the chats)."""


@app.command()
def ratings(as_json: Json = False) -> None:
    """Show how strong styles, settings and weights are by people's votes, with 95 % intervals.

    Bradley-Terry with ties, as Davidson has it: "both" and "neither" are ties.

    [bold]Example[/bold]

      notabot duel ratings --json
    """
    from bot.commands.duels.telling import ratings_text
    from bot.texts import language_of
    from config.settings import load_settings
    from generator.catalogue.catalogue import load_catalogue

    settings = load_settings()
    url = settings.database_url.get_secret_value() if settings.database_url else None
    rated = asyncio.run(_rated(url, settings.data_dir))
    if as_json:
        written = {kind: [asdict(rating) for rating in found] for kind, found in rated.items()}
        show_text(json.dumps(written, ensure_ascii=False, indent=2))
        return
    show_text(ratings_text(rated, load_catalogue(settings.weights), language_of(client_language())))


async def _rated(url: str | None, folder: Path) -> dict[Kind, tuple[Rating, ...]]:
    from bot.duels.ratings import rate
    from bot.store import open_store

    async with open_store(url, folder) as store:
        return {kind: rate(votes) for kind, votes in (await store.duels.votes()).items()}
