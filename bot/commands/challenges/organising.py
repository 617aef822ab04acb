"""What organisers do, and what everybody can look at: the challenges here, one of them, its results, its log."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from bot.challenges.moments import NotAMoment, parse_moment, said_in
from bot.challenges.stages import OVER, Stage
from bot.chat.messages import Action, Button, Reply
from bot.commands.access import scope_of
from bot.commands.challenges.finding import challenge_meant, check_organiser, doer
from bot.commands.challenges.posting import announcement, results_reply
from bot.commands.challenges.telling import cut_lines, entry_line, listed
from bot.commands.command import Context
from bot.commands.errors import NotATime
from bot.commands.server import channel_called
from bot.commands.sharing.words import check_words, name_words
from bot.jobs.course import SUBJECT
from bot.store.challenges import NAME, ChallengeView, EntryState, LogRow
from bot.texts import clean, moment, say

OVER_LISTED, LOG_LISTED = 5, 15
MOST_REASON_CHARS = 200
ANYTIME: tuple[Stage, ...] = ("announced", "open", "voting", "closed", "ended")


async def handle_show(context: Context) -> None:
    """One challenge, or all that are held here."""
    if context.options.get("challenge"):
        await _show_one(context, await challenge_meant(context))
        return
    challenges, scope, language = context.services.store.challenges, scope_of(context.address), context.language
    live = await challenges.of(scope)
    over = await challenges.of(scope, stages=OVER, limit=OVER_LISTED)
    if len(live) == 1 and not over:
        await _show_one(context, live[0])
        return
    lines = [listed(view, language) for view in (*live, *over)]
    hint = say("challenge.hint" if lines else "challenge.none", language)
    title = say("challenge.all_here", language)
    await context.reply(Reply(cut_lines([*lines, hint]), title=title, private=True, language=language))


async def handle_results(context: Context) -> None:
    """Of the newest that is over, or of the one that is named."""
    view = await challenge_meant(context, stages=("closed",), newest=True)
    if view.stage != "closed":
        await _show_one(context, view)
        return
    services = context.services
    await context.reply(await results_reply(services.store, services.catalogue, view, context.language))


async def _show_one(context: Context, view: ChallengeView) -> None:
    language, store = context.language, context.services.store
    if view.stage == "closed":
        await context.reply(await results_reply(store, context.services.catalogue, view, language))
        return
    shown = announcement(view, "", context.services.catalogue, language)
    entries = await store.challenges.entries(view.id)
    untold = await store.deliveries.untold(f"{SUBJECT}:{view.id}")
    mine = [entry for entry in entries if entry.person == context.person.key]
    lines = [
        listed(view, language),
        *([say("challenge.untold", language, n=untold)] if untold else []),
        *shown.text.splitlines(),
        say("challenge.entries", language, n=sum(entry.is_in for entry in entries)),
        *(
            f"{say('challenge.yours', language, number=entry.number)} {entry_line(entry, language)}".strip()
            for entry in mine
        ),
    ]
    buttons = shown.buttons
    if view.stage == "voting":
        verb = "compare" if view.plan.voting == "pairs" else "ballot"
        buttons = ((Button(say(f"button.{verb}", language), Action(verb, view.id)),),)
    await context.reply(Reply(cut_lines(lines), title=shown.title, buttons=buttons, private=True, language=language))


async def handle_log(context: Context) -> None:
    """What was done, the newest first, for every member."""
    view = await challenge_meant(context, stages=ANYTIME, newest=True)
    language = context.language
    rows = await context.services.store.challenges.log(view.id)
    lines = [_log_line(view, row, context) for row in rows[:LOG_LISTED]]
    title = say("challenge.log_title", language, theme=view.plan.theme)
    await context.reply(Reply(cut_lines(lines) or "–", title=title, private=True, language=language))


def _log_line(view: ChallengeView, row: LogRow, context: Context) -> str:
    language = context.language
    at = moment(said_in(row.at, view.plan.zone), language)
    details = {name: row.details.get(name, "") for name in ("number", "reason")}
    until = row.details.get("until")
    what = say(
        f"challenge.did_{row.what}",
        language,
        number=details["number"],
        reason=clean(str(details["reason"] or "–"), limit=MOST_REASON_CHARS),
        until=moment(said_in(until, view.plan.zone), language) if until else "–",
    )
    return f"{at} · {_who(row, context)} · {what}"


def _who(row: LogRow, context: Context) -> str:
    """Nobody is called by it."""
    if NAME not in row.details:
        return say("challenge.by_itself", context.language)
    return name_words(str(row.details[NAME]), context.language, context.rules.words)


# --- organisers -------------------------------------------------------------------------------------------------------


async def handle_extend(context: Context) -> None:
    """Until later: entering, or voting where that is on."""
    view = await _organised(context)
    text = str(context.options["until"])
    try:
        until = parse_moment(text, now=time.time(), zone=view.plan.zone, is_end=True)
    except NotAMoment as error:
        raise NotATime(value=clean(text)) from error
    changed = await context.services.jobs.host.extend(view.id, by=doer(context), until=until, event=context.event_key)
    await _done(context, changed, "challenge.is_extended")


async def handle_end(context: Context) -> None:
    """What is on ends now."""
    view = await _organised(context)
    host = context.services.jobs.host
    changed = await host.end(view.id, by=doer(context), event=context.event_key)
    await _done(context, changed, "challenge.is_ended")


async def handle_cancel(context: Context) -> None:
    """Called off."""
    view = await _organised(context)
    reason = _reason(context)
    changed = await context.services.jobs.host.call_off(view.id, by=doer(context), reason=reason)
    await _done(context, changed, "challenge.is_called_off")


async def handle_stop(context: Context) -> None:
    """The series ends with the one that is on."""
    view = await _organised(context)
    changed = await context.services.jobs.host.stop_series(view.id, by=doer(context))
    await _done(context, changed, "challenge.is_stopped")


async def handle_move(context: Context) -> None:
    """Told of elsewhere from now on."""
    view = await _organised(context)
    address = context.address
    if where := context.options.get("where"):
        address = context.here.there(address, channel_called(context, str(where).strip()))
    changed = await context.services.jobs.host.move(view.id, by=doer(context), address=address, event=context.event_key)
    await _done(context, changed, "challenge.is_moved")


def putting_out(state: EntryState) -> Callable[[Context], Awaitable[None]]:
    """The command that takes an entry out."""

    async def handle(context: Context) -> None:
        """With a reason that everybody can read in the log."""
        view = await _organised(context)
        number, reason = int(context.options["number"]), _reason(context)
        entry = await context.services.jobs.host.put_out(view.id, number, by=doer(context), state=state, reason=reason)
        language = context.language
        name = name_words(entry.name, language, context.rules.words)
        text = say(f"challenge.put_out_{state}", language, number=entry.number, name=name)
        await context.reply(Reply(text, private=True, language=language))

    return handle


async def _organised(context: Context) -> ChallengeView:
    view = await challenge_meant(context)
    await check_organiser(context, view)
    return view


def _reason(context: Context) -> str:
    """Everybody can read it. Raises ForbiddenWords."""
    reason = clean(str(context.options.get("reason") or ""), limit=MOST_REASON_CHARS)
    check_words(context, reason)
    return reason


async def _done(context: Context, view: ChallengeView, key: str) -> None:
    language = context.language
    text = f"{say(key, language)}\n{listed(view, language)}"
    await context.reply(Reply(text, private=True, language=language))
