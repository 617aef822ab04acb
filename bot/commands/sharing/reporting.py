"""Reports about what is shown to others, and what those who manage a server do about them.

Promises: who reported is told to nobody; the same person reports a piece in a server once, and not very often;
what is taken down has a reason that its author reads where they would show it again.
"""

from __future__ import annotations

from dataclasses import replace

from bot.chat.messages import Action, Ask, Button, Reply
from bot.commands.access import is_admin, server_key
from bot.commands.changing import ABOUT
from bot.commands.command import Context
from bot.commands.errors import MissingOption, NotManager, NotReportable, StaleButton
from bot.commands.pieces import find_piece
from bot.commands.server import check_manager
from bot.commands.sharing.favourites import scope_meant
from bot.commands.wording import Facts
from bot.texts import clean, say

MOST_REASON_CHARS = 200
CASES = 10


async def handle_report(context: Context) -> None:
    """`/report piece=k3f9abcd reason="..."`, in the server or in private. Raises NotReportable, MissingOption."""
    wanted, said = context.options.get("piece") or context.options.get(ABOUT), str(context.options.get("reason") or "")
    if not wanted:  # its id stands before the reason
        wanted, _, said = said.strip().partition(" ")
    if not wanted:
        raise MissingOption(name="piece", reason="report")
    piece, reason = await find_piece(context, str(wanted)), clean(said, limit=MOST_REASON_CHARS)
    here = server_key(context.address)
    scopes = [here] if here is not None else await _scopes(context, piece.id)
    if not scopes:
        raise NotReportable(id=piece.id)
    for scope in scopes:
        await _report(context, piece.id, scope, reason)
    await _thank(context)


async def press_report(context: Context, action: Action) -> None:
    """Below what is shown: at once, without a reason."""
    piece = await find_piece(context, action.target)
    scope = await scope_meant(context, piece, action.argument)
    if scope is None:
        raise NotReportable(id=piece.id)
    await _report(context, piece.id, scope, "")
    await _thank(context)


async def _scopes(context: Context, piece_id: str) -> list[str]:
    """The servers of this platform where all may see it."""
    store, platform = context.services.store, context.person.platform
    piece = await find_piece(context, piece_id)
    made = [f"{piece.platform}:{piece.guild}"] if piece.guild is not None else []
    shown = [exhibit.scope for exhibit in await store.exhibits.of(piece_id)]
    return [one for one in dict.fromkeys([*made, *shown]) if one.startswith(f"{platform}:")]


async def _report(context: Context, piece_id: str, scope: str, reason: str) -> None:
    store = context.services.store
    async with store.reading() as connection:
        is_shown = await store.exhibits.is_public(connection, scope, piece_id)
    if not is_shown:
        raise NotReportable(id=piece_id)
    await context.services.jobs.curator.report(
        piece_id, person=context.person.key, scope=scope, reason=reason, language=context.language
    )


async def _thank(context: Context) -> None:
    text = say("reported.thanks", context.language)
    await context.reply(Reply(text, private=True, personal=False, language=context.language))


# --- those who manage the server --------------------------------------------------------------------------------------


async def press_takedown(context: Context, action: Action) -> None:
    """Ask why. Raises NotManager."""
    await _check_scope(context, action)
    language = context.language
    ask = Ask(
        action=Action("takedown", action.target, action.argument),
        title=say("reported.why_title", language, id=action.target),
        label=say("reported.why", language),
    )
    await context.ask(ask)


async def answer_takedown(context: Context, action: Action, text: str) -> None:
    """Take it down for the reason that was written. Raises NotManager."""
    scope = await _check_scope(context, action)
    await _take_down(context, action.target, scope, text)


async def press_dismiss(context: Context, action: Action) -> None:
    """Nothing is wrong with it. Raises NotManager."""
    scope = await _check_scope(context, action)
    await context.services.jobs.curator.dismiss(action.target, scope=scope)
    text = say("reported.dismissed", context.language, id=action.target)
    await context.reply(Reply(text, private=True, language=context.language))


async def handle_takedown(context: Context) -> None:
    """`/server takedown piece=... reason=...`."""
    scope = await check_manager(context)
    piece = await find_piece(context, str(context.options["piece"]))
    await _take_down(context, piece.id, scope, str(context.options["reason"]))


async def handle_allow(context: Context) -> None:
    """What was taken down may be shown again."""
    scope, language = await check_manager(context), context.language
    piece = await find_piece(context, str(context.options["piece"]))
    allowed = await context.services.jobs.curator.allow(piece.id, scope=scope)
    text = say("reported.allowed" if allowed else "reported.was_allowed", language, id=piece.id)
    await context.reply(Reply(text, private=True, language=language))


async def handle_reports(context: Context) -> None:
    """What nobody has looked at yet, and where reports are told."""
    scope, language = await check_manager(context), context.language
    store = context.services.store
    ids = await store.reports.open_cases(scope, limit=CASES)
    pieces = await store.pieces.some(ids)
    lines, buttons = [], []
    for id_ in ids:
        piece, case = pieces.get(id_), await store.reports.case(scope, id_)
        if piece is None or piece.deleted is not None or case is None:
            continue
        people = say("reported.people", language, n=case.people)
        lines.append(f"{id_} · {Facts(piece.record, context.services.catalogue).line(language)} · {people}")
        lines += [f"– {clean(reason, limit=MOST_REASON_CHARS)}" for reason in case.reasons[:2]]
        argument = scope.partition(":")[2]
        buttons.append(
            [
                Button(say("button.take_down_one", language, id=id_), Action("takedown", id_, argument), "danger"),
                Button(say("button.dismiss_one", language, id=id_), Action("dismiss", id_, argument)),
            ]
        )
    text = "\n".join(lines) or say("reported.none", language)
    title = say("reported.title", language)
    reply = Reply(text[:1900], title=title, buttons=buttons[:5], private=True, language=language)
    await context.reply(replace(reply, personal=bool(lines)))


async def _take_down(context: Context, piece_id: str, scope: str, why: str) -> None:
    reason, language = clean(why, limit=MOST_REASON_CHARS), context.language
    await context.services.jobs.curator.take_down(piece_id, scope=scope, reason=reason)
    text = say("reported.taken_down", language, id=piece_id)
    await context.reply(Reply(text, private=True, language=language))


async def _check_scope(context: Context, action: Action) -> str:
    """The server that a button is about: this one, or in a private talk or another chat one that this person manages.

    Raises NotManager, StaleButton.
    """
    if not action.argument:
        raise StaleButton
    scope = f"{context.person.platform}:{action.argument}"
    if server_key(context.address) == scope:
        return await check_manager(context)
    is_managed = await context.here.manages(action.argument)
    if not (is_admin(context.services.settings, context.person) or is_managed):
        raise NotManager
    return scope
