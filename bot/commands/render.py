"""`/render`: pages, sound and files of a score that somebody sends."""

from __future__ import annotations

from bot.commands.command import Context
from bot.commands.errors import NoFile
from bot.commands.files import fetch, read_content
from bot.commands.hear import hear_content
from bot.commands.requests import ask
from bot.commands.sharing.words import check_music
from bot.making.engrave import Engrave
from renderers.score.files import RECORDING, kind_of


async def handle_render(context: Context) -> None:
    """Read the file and ask for it to be drawn. A recording is listened to.

    What cannot be read is said at once, and counts for nothing.
    """
    file, tune = context.options.get("file"), str(context.options.get("tune") or "")
    if file is None:
        raise NoFile(reason=context.person.platform)
    content = await fetch(file)
    if kind_of(content).name == RECORDING:
        await hear_content(context, file, content)
        return
    score = await read_content(context, file, content, tune=tune)
    await check_music(context, score.abc, score.title, score.composer, score.name)
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
