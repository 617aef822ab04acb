"""`/favourites`, and the star below a piece: found again by whoever pressed it, and counted in its server.

Promises: a star can be pressed any number of times; one's own piece becomes a favourite and gets no star. Not covered:
what stars lead to; that is `bot.jobs.curating`.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.messages import Action, Button, Reply
from bot.commands.access import server_key
from bot.commands.changing import ABOUT
from bot.commands.command import Context, Suggestion
from bot.commands.errors import NoFavourite
from bot.commands.pieces import find_piece, piece_or_newest
from bot.commands.wording import Facts
from bot.jobs.curating import Starred
from bot.store import PieceView
from bot.store.deliveries import RESULT
from bot.texts import say

LISTED = 20
ROW = 5


async def handle_show(context: Context) -> None:
    """One's own, the newest first, with a button for each."""
    store, language = context.services.store, context.language
    ids = await store.favourites.of(context.person.key, limit=LISTED)
    pieces = await store.pieces.some(ids)
    if not ids:
        text = say("favourites.none", language)
        await context.reply(Reply(text, private=True, personal=True, language=language))
        return
    lines = [f"{id_} · {Facts(pieces[id_].record, context.services.catalogue).line(language)}" for id_ in ids]
    number = await store.favourites.count(context.person.key)
    if number > len(ids):
        lines.append(say("favourites.more", language, n=number - len(ids)))
    buttons = [Button(id_, Action("recall", id_)) for id_ in ids]
    rows = [buttons[start : start + ROW] for start in range(0, len(buttons), ROW)]
    title = say("favourites.title", language)
    await context.reply(
        Reply("\n".join(lines), title=title, buttons=rows, private=True, personal=True, language=language)
    )


async def handle_add(context: Context) -> None:
    """The piece that is named or answered, else one's newest."""
    piece = await piece_or_newest(context, context.options.get("piece") or context.options.get(ABOUT))
    await star(context, piece, scope=server_key(context.address))


async def handle_remove(context: Context) -> None:
    """The piece that is named or answered; its star goes, too. Raises NoFavourite."""
    wanted = context.options.get("piece") or context.options.get(ABOUT)
    piece = await find_piece(context, str(wanted or ""))
    if not await context.services.jobs.curator.unstar(context.person.key, piece=piece.id):
        raise NoFavourite(id=piece.id)
    text = say("favourites.removed", context.language, id=piece.id)
    await context.reply(Reply(text, private=True, language=context.language))


async def press_star(context: Context, action: Action) -> None:
    """Below a piece, or below one that is shown in a gallery or was shared (argument: which)."""
    piece = await find_piece(context, action.target)
    await star(context, piece, scope=await scope_meant(context, piece, action.argument))


async def scope_meant(context: Context, piece: PieceView, exhibit_id: str) -> str | None:
    """The server for which something that is shown counts: a gallery may be a chat of its own. What a client made up
    counts where it came from.
    """
    store, here = context.services.store, server_key(context.address)
    exhibit = await store.exhibits.get(exhibit_id) if exhibit_id else None
    if exhibit is None or exhibit.piece != piece.id:
        return here
    post = await store.jobs.get(exhibit.id)
    is_there = post is not None and (post.address.platform, post.address.chat) == (
        context.address.platform,
        context.address.chat,
    )
    if not is_there:
        return here
    if context.pressed is not None and await store.deliveries.message_of(exhibit.id, RESULT) is None:
        await store.deliveries.learn(exhibit.id, RESULT, context.pressed)  # so that it can be changed, and taken down
    return exhibit.scope


async def star(context: Context, piece: PieceView, *, scope: str | None) -> None:
    """Say what came of it, to whoever pressed alone."""
    starred = await context.services.jobs.curator.star(piece, person=context.person.key, scope=scope)
    await context.reply(Reply(_words(context, piece, starred), private=True, language=context.language))


def _words(context: Context, piece: PieceView, starred: Starred) -> str:
    language = context.language
    said = say("favourites.added" if starred.is_new else "favourites.is_one", language, id=piece.id)
    if starred.is_own and server_key(context.address) is not None:
        return f"{said} {say('favourites.own', language)}"
    return said if starred.stars is None else f"{said} {say('favourites.stars', language, n=starred.stars)}"


async def suggest_favourite(context: Context, typed: str) -> Sequence[Suggestion]:
    """One's own, the newest first."""
    store = context.services.store
    ids = await store.favourites.of(context.person.key, limit=25)
    pieces = await store.pieces.some(ids)
    lines = [
        (f"{one} · {Facts(pieces[one].record, context.services.catalogue).line(context.language)}", one) for one in ids
    ]
    return [Suggestion(line[:100], one) for line, one in lines if typed.strip().lower() in line.lower()]
