"""Which chain somebody means, where they are told of it privately, and what they may do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.chains.rules import MOST_NAME_CHARS, Stage
from bot.chat.messages import Address
from bot.commands.access import acts_for, is_admin, scope_of
from bot.commands.chains.telling import listed
from bot.commands.command import Context, Suggestion
from bot.commands.errors import ElsewhereChain, NoChain, NotStarter, WhichChain
from bot.commands.sharing.words import own_name
from bot.jobs.errors import NoSuchChain
from bot.store.chains import ChainView, Player, Whole
from bot.texts import clean

LIVE: tuple[Stage, ...] = ("gathering", "playing")
EVERY: tuple[Stage, ...] = (*LIVE, "over")


async def chain_meant(
    context: Context, *, stages: Sequence[Stage] = LIVE, named: str | None = None, mine: bool = False
) -> Whole:
    """The one that is named, else the only one here in one of these stages. mine: those that one plays, anywhere.

    Raises NoSuchChain, ElsewhereChain, NoChain, WhichChain.
    """
    wanted = named if named is not None else context.options.get("chain")
    if wanted:
        return await _named(context, clean(str(wanted).strip().lower().removeprefix("#"), limit=20))
    chains = context.services.store.chains
    found = await chains.played_by(context.person.key, stages=stages) if mine else []
    here = [view for view in found if view.scope == scope_of(context.address)]
    found = here or found or await chains.of(scope_of(context.address), stages=stages)
    if not found:
        raise NoChain
    if len(found) > 1 and stages != EVERY:
        found = await _whose_turn_it_is(context, found) or found
    if len(found) > 1 and stages != EVERY:
        raise WhichChain(names=tuple(view.id for view in found))
    return await _named(context, found[0].id)


async def _named(context: Context, id_: str) -> Whole:
    whole = await context.services.store.chains.get(id_) if id_ else None
    if whole is None:
        raise NoSuchChain(id=id_ or "–")
    is_private = context.address.guild is None and context.person.platform == whole.view.platform
    is_player = whole.player(context.person.key) is not None
    if scope_of(context.address) != whole.view.scope and not (is_private and is_player):
        raise ElsewhereChain
    return whole


async def _whose_turn_it_is(context: Context, found: Sequence[ChainView]) -> list[ChainView]:
    """Those of several in which this person writes now."""
    wholes = [await context.services.store.chains.get(view.id) for view in found]
    return [
        whole.view
        for whole in wholes
        if whole is not None and whole.writer is not None and whole.writer.person == context.person.key
    ]


async def check_leads(context: Context, view: ChainView) -> None:
    """Whoever began a chain, runs the bot or manages the place leads it. Raises NotStarter."""
    if is_admin(context.services.settings, context.person):
        return
    if view.starter is not None and await acts_for(context, view.starter):
        return
    if scope_of(context.address) != view.scope or not await context.here.is_managed():
        raise NotStarter


def player_here(context: Context) -> Player:
    """Whoever speaks, as one who plays."""
    name = own_name(context, limit=MOST_NAME_CHARS)
    return Player(
        place=0,
        person=context.person.key,
        name=name,
        language=context.language,
        address=private_address(context) or Address("", "", chat=""),
    )


def private_address(context: Context) -> Address | None:
    """Where nobody else reads along; None where there is no such place."""
    address = replace(
        context.address, guild=None, topic=None, message=None, token=None, token_expires=None, reply_to=None, name=None
    )
    if context.address.guild is None:
        return address
    chat = context.here.private_chat
    return None if chat is None else replace(address, chat=chat, file_limit=None)


async def suggest_chain(context: Context, typed: str) -> Sequence[Suggestion]:
    """Those that are played here, then those that one plays elsewhere, then those that are over."""
    chains, scope = context.services.store.chains, scope_of(context.address)
    found = [
        *await chains.of(scope, stages=LIVE),
        *(await chains.played_by(context.person.key, stages=LIVE) if context.address.guild is None else ()),
        *await chains.of(scope, stages=("over",), limit=10),
    ]
    lines = {view.id: listed(view, context.services.catalogue, context.language) for view in found}
    return [Suggestion(line[:100], id_) for id_, line in lines.items() if typed.strip().lower() in line.lower()]
