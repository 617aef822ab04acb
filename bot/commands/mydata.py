"""`/mydata`: what is stored about a person, as a file, and forgetting it."""

from __future__ import annotations

import json
from typing import Any

from bot.chat.messages import Action, Attachment, Button, Reply
from bot.commands.command import Context
from bot.commands.errors import NotYourButton
from bot.commands.preferences import own_language
from bot.jobs.errors import JobsError
from bot.texts import Language, say

NO = "no"


async def handle_show(context: Context) -> None:
    """How much there is, and what it is."""
    language, known = own_language(context, context.likes), await _export(context)
    text = say("mydata.text", language, **_counts(known, language))
    await context.reply(
        Reply(text, title=say("mydata.title", language), private=True, personal=True, language=language)
    )


async def handle_export(context: Context) -> None:
    """All of it, as one JSON file."""
    content = json.dumps(await _export(context), ensure_ascii=False, indent=2, default=str).encode()
    file = Attachment("notabot_mydata.json", "document", data=content)
    language = own_language(context, context.likes)
    text = say("mydata.export", language)
    await context.reply(Reply(text, attachments=(file,), private=True, personal=True, language=language))


async def handle_erase(context: Context) -> None:
    """Say what goes, and ask once."""
    language, person = own_language(context, context.likes), context.person.id.lower()
    buttons = (
        Button(say("button.erase", language), Action("erase", person), "danger"),
        Button(say("button.keep_data", language), Action("erase", person, NO)),
    )
    text = say("mydata.question", language, **_counts(await _export(context), language))
    await context.reply(Reply(text, buttons=(buttons,), private=True, personal=True, language=language))


async def press_erase(context: Context, action: Action) -> None:
    """Forget the person who was asked, and nobody else."""
    if action.target != context.person.id.lower():
        raise NotYourButton
    services, language = context.services, own_language(context, context.likes)
    if action.argument.partition(".")[0] == NO:  # older buttons name a language behind it
        await context.edit(Reply(say("mydata.kept", language), private=True, personal=True, language=language))
        return
    for waiting in await services.jobs.board.waiting(context.person.key):
        try:
            await services.jobs.cancel(waiting.job.id, by=context.person.key)
        except JobsError:
            continue  # it has just finished
    erased = await services.store.people.erase(context.person.key)
    text = say("mydata.erased", language, **_words(language, pieces=erased.pieces, jobs=erased.jobs))
    await context.edit(Reply(text, private=True, personal=True, language=language))


async def _export(context: Context) -> dict[str, Any]:
    return await context.services.store.people.export(context.person.key)


def _counts(known: dict[str, Any], language: Language) -> dict[str, str]:
    pieces = [piece for piece in known.get("pieces", ()) if not piece.get("deleted")]
    files, jobs = len(known.get("files", ())), len(known.get("jobs", ()))
    return {**_words(language, pieces=len(pieces), jobs=jobs), "files": say("count.files", language, n=files)}


def _words(language: Language, *, pieces: int, jobs: int) -> dict[str, str]:
    """For example "1 piece" and "2 requests"."""
    return {"pieces": say("count.pieces", language, n=pieces), "jobs": say("count.requests", language, n=jobs)}
