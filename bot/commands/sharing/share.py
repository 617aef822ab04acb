"""`/share`: a piece shown in another channel or chat, with who made it and the family it is of.

Promises: it goes where the bot may speak and whoever asks may write, and nowhere else; only what is theirs, or what all
there may see anyway; once to a chat, however often it is asked for; whoever shared it can take it back. Nobody is
called.
"""

from __future__ import annotations

from bot.chat.messages import Action, Address, Button, Reply
from bot.commands.access import is_admin, may_use, scope_of, server_key
from bot.commands.changing import ABOUT
from bot.commands.command import Context, Elsewhere
from bot.commands.errors import (
    ForbiddenWords,
    MayNotSpeakThere,
    MayNotWriteThere,
    NotShareable,
    NotSharedByYou,
    NowhereToShare,
)
from bot.commands.pieces import piece_or_newest
from bot.commands.server import HERE
from bot.commands.sharing.words import check_piece, may_be_shown
from bot.store import PieceView
from bot.texts import clean, say


async def handle_share(context: Context) -> None:
    """`/share piece=k3f9abcd to=#music`; without a piece the one that is answered, or the newest of one's own."""
    piece = await piece_or_newest(context, context.options.get("piece") or context.options.get(ABOUT))
    place = await _place(context, str(context.options.get("to") or "").strip())
    await _check(context, piece, place)
    exhibit = await context.services.jobs.curator.share(
        piece,
        person=context.person.key,
        sharer=context.called,
        scope=scope_of(place.address),
        address=place.address,
        language=context.rules.language or context.language,
        event=context.event_key,
    )
    language = context.language
    text = say("share.done", language, id=piece.id, place=place.name)
    back = Button(say("button.unshare", language), Action("unshare", exhibit.id))
    await context.reply(Reply(text, buttons=((back,),), private=True, language=language))


async def press_unshare(context: Context, action: Action) -> None:
    """Whoever shared it, or the owner of the piece, takes it out of that chat again. Raises NotSharedByYou."""
    store = context.services.store
    exhibit = await store.exhibits.get(action.target)
    piece = await store.pieces.get(exhibit.piece) if exhibit is not None else None
    owners = {one for one in (exhibit and exhibit.person, piece and piece.person) if one}
    if exhibit is None or exhibit.kind != "share" or context.person.key not in owners:
        raise NotSharedByYou
    await context.services.jobs.curator.unshare(exhibit.id)
    text = say("share.taken_back", context.language, id=exhibit.piece)
    await context.edit(Reply(text, private=True, language=context.language))


async def _place(context: Context, named: str) -> Elsewhere:
    """Where it is to go; without a name here, if others read along. Raises NowhereToShare."""
    if named and named.lower() not in HERE:
        found = await context.here.find_place(named, context.language)
        if found is None:
            raise NowhereToShare(value=clean(named))
        return found
    if context.address.guild is None:
        raise NowhereToShare(reason="private")
    here = context.address
    address = Address(here.platform, "", chat=here.chat, guild=here.guild, topic=here.topic)
    return Elsewhere(address=address, name=say("share.here", context.language))


async def _check(context: Context, piece: PieceView, place: Elsewhere) -> None:
    """Raises MayNotSpeakThere, MayNotWriteThere, NotShareable, ForbiddenWords, NotAllowed."""
    services, scope = context.services, scope_of(place.address)
    await may_use(services, context.person, place.address)
    rules = await services.store.servers.rules(server_key(place.address) or "")
    is_closed = rules.channels and not set(rules.channels) & {place.address.chat, place.address.topic, *place.within}
    if not place.bot_may_speak or (is_closed and not is_admin(services.settings, context.person)):
        raise MayNotSpeakThere(name=place.name)
    if not place.person_may_write:
        raise MayNotWriteThere(name=place.name)
    if piece.person != context.person.key:
        async with services.store.reading() as connection:
            if not await services.store.exhibits.is_public(connection, scope, piece.id):
                raise NotShareable(id=piece.id)
    if not may_be_shown(piece, context.called, rules.words):
        raise ForbiddenWords(reason="music")
    await check_piece(context, piece, scope=server_key(place.address) or "")
