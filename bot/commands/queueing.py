"""`/queue` and `/cancel`: who waits for what, and ending it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.messages import Action, Button, Reply
from bot.commands.access import acts_for, is_admin
from bot.commands.command import Context, Suggestion
from bot.commands.errors import NothingToCancel
from bot.jobs import AlreadyFinished, Waiting
from bot.store.jobs import UNFINISHED
from bot.texts import Language, clean, duration, say
from generator.catalogue.catalogue import Catalogue

MOST_LISTED = 10


async def handle_queue(context: Context) -> None:
    """One's own pieces with their places, and how busy the bot is."""
    jobs, language = context.services.jobs, context.language
    own = (await jobs.board.waiting(context.person.key))[:MOST_LISTED]
    summary = await jobs.board.summary()
    lines = [say("queue.busy", language, queued=summary.queued, running=summary.running, slots=summary.slots)]
    if summary.paused:
        lines.append(say("status.paused", language))
    elif summary.expected_s is not None:
        lines.append(say("queue.expected", language, time=duration(summary.expected_s, language)))
    lines += [waiting_line(waiting, context.services.catalogue, language) for waiting in own] or [
        say("queue.none", language)
    ]
    buttons = cancel_buttons(own, language)
    title = say("queue.title", language)
    await context.reply(
        Reply("\n".join(lines), title=title, buttons=buttons, private=True, personal=True, language=language)
    )


async def handle_cancel(context: Context) -> None:
    """Cancel the named job, or the only one; with several, ask which."""
    named = context.options.get("job")
    if named:
        await _cancel(context, clean(named.lower().removeprefix("#"), limit=20))
        return
    own = (await context.services.jobs.board.waiting(context.person.key))[:MOST_LISTED]
    if not own:
        raise NothingToCancel
    if len(own) == 1:
        await _cancel(context, own[0].job.id)
        return
    language = context.language
    lines = [waiting_line(waiting, context.services.catalogue, language) for waiting in own]
    title, buttons = say("cancel.which", language), cancel_buttons(own, language)
    await context.reply(Reply("\n".join(lines), title=title, buttons=buttons, private=True, language=language))


async def press_cancel(context: Context, action: Action) -> None:
    """The button below a job's message; of one that was left over, that it is finished."""
    try:
        await _cancel(context, action.target)
    except AlreadyFinished:
        if not await finish_left_over(context, action.target):
            raise


async def finish_left_over(context: Context, job_id: str) -> bool:
    """A first message that was posted twice would say for ever that the piece is on its way; change it.

    False if it is none. context.pressed: the message.
    """
    job = await context.services.store.jobs.get(job_id)
    if job is None or job.state in UNFINISHED or context.pressed in (None, job.address.message):
        return False
    language = context.language
    recall = [[Button(say("button.show", language), Action("recall", job_id))]] if job.state == "done" else []
    await context.edit(Reply(say("status.elsewhere", language), buttons=recall, language=language))
    return True


async def suggest_job(context: Context, typed: str) -> Sequence[Suggestion]:
    """One's own jobs."""
    catalogue, language = context.services.catalogue, context.language
    own = await context.services.jobs.board.waiting(context.person.key)
    return [
        Suggestion(waiting_line(waiting, catalogue, language)[:100], waiting.job.id)
        for waiting in own
        if typed.lower().strip() in waiting.job.id
    ]


def waiting_line(waiting: Waiting, catalogue: Catalogue, language: Language) -> str:
    """For example "k3f9abcd · Chopin keyboard · 16 bars · bar 5 of 16"."""
    what = f"{waiting.job.id} · {waiting.job.task.describe(catalogue, language)}"
    if waiting.state == "running":
        if waiting.bar is None or waiting.bars is None:
            return f"{what} · {say('queue.running', language)}"
        return f"{what} · {say('status.bar', language, bar=waiting.bar, bars=waiting.bars)}"
    line = f"{what} · {say('queue.place', language, place=waiting.place)}"
    if waiting.expected_s is None:
        return line
    return f"{line} · {say('status.expected', language, time=duration(waiting.expected_s, language))}"


def cancel_buttons(waiting: Sequence[Waiting], language: Language) -> Sequence[Sequence[Button]]:
    """One for each, five in a row."""
    buttons = [
        Button(say("button.cancel_job", language, id=each.job.id), Action("cancel", each.job.id), "danger")
        for each in waiting
    ]
    return [buttons[start : start + 5] for start in range(0, len(buttons), 5)]


async def _cancel(context: Context, job: str) -> None:
    services = context.services
    found = await services.store.jobs.get(job)
    by = found.person if found is not None and await acts_for(context, found.person) else context.person.key
    await services.jobs.cancel(job, by=by, admin=is_admin(services.settings, context.person))
    await context.reply(Reply(say("cancel.done", context.language, id=job), private=True, language=context.language))
