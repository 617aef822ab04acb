"""`notabot describe`: what a piece or a file of notation is, in words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import Out
from bot.cli.sources import MUSIC_OR_ID, find_music
from bot.texts import FALLBACK

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from bot.commands.describing import Description
    from bot.making.workshop import Source
    from config.settings import Settings
    from renderers.score.files import ScoreFile


def describe(
    piece: Annotated[str, typer.Argument(metavar="FILE_OR_ID", help=MUSIC_OR_ID, show_default=False)], out: Out = None
) -> None:
    """Say what a piece is: key, metre, tempo, length, who plays, and what to write for another one like it.

    [bold]Examples[/bold]

      notabot describe k3f9

      notabot describe quartet.mxl
    """
    from config.settings import load_settings

    settings = load_settings()
    source, file = find_music(piece, out or settings.out_dir)
    found = asyncio.run(_describe(source, file, settings))
    print("\n".join(found.lines(FALLBACK)))  # noqa: T201


async def _describe(source: Source, file: ScoreFile | None, settings: Settings) -> Description:
    """file: in another format than ABC, from which the tune is read first."""
    from bot.commands.describing import describe_record, describe_score
    from bot.commands.wording import Facts
    from bot.making.workshop import open_renderer_for
    from generator.catalogue.catalogue import load_catalogue
    from renderers.formats import ABC
    from renderers.score.files import ScoreFile

    if source.record:
        return describe_record(Facts(source.record, load_catalogue(settings.weights)), source.abc, FALLBACK)
    async with open_renderer_for(settings) as renderer:
        score = file or ScoreFile(name=source.name, content=source.abc.encode())
        read = await renderer.render_most(score, [ABC.name])
    title, abc = read.title or source.name, read.files[ABC.ending].decode()
    return describe_score(abc, title, read.composer or "", bars=read.bars, language=FALLBACK)
