"""`/render`: pages, sound and files of a score that somebody sends."""

from __future__ import annotations

from bot.commands.command import Context
from bot.commands.errors import NoFile
from bot.commands.files import read_sent
from bot.commands.requests import ask
from bot.making.engrave import Engrave


async def handle_render(context: Context) -> None:
    """Read the file and ask for it to be drawn. What cannot be read is said at once, and counts for nothing."""
    file, tune = context.options.get("file"), str(context.options.get("tune") or "")
    if file is None:
        raise NoFile
    score = await read_sent(context, file, tune=tune)
    task = Engrave(
        name=score.name,
        form=score.kind,
        abc=score.abc,
        title=score.title,
        composer=score.composer,
        length=score.bars,
        tune=tune if score.kind == "abc" else "",
        remarks=score.remarks,
    )
    await ask(context, task)
