"""A turn of a chain: what whoever writes now is shown, and that bars stand.

Promises: what is shown is for whoever writes alone; takes that were not taken are thrown away when bars stand.
Not covered: how bars come about (`bot.commands.chains.taking`, `bot.commands.chains.writing`), and whose turn it is
(`bot.jobs.chaining`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.chains.rules import How
from bot.chat.messages import Action, Reply
from bot.commands.chains.finding import chain_meant
from bot.commands.chains.telling import Drawer, chain_title, turn_reply
from bot.commands.command import Context
from bot.commands.showing import result_reply
from bot.commands.wording import Facts
from bot.jobs.errors import NotYourTurn, WrongStage
from bot.store import PieceView
from bot.store.chains import Turn, Whole
from bot.texts import say

PIECES_LOOKED_AT = 10
_NUMBER = re.compile(r"[1-9]\d{0,3}")


async def handle_turn(context: Context) -> None:
    """The last two bars, for whoever writes now."""
    await _show_turn(context, await chain_meant(context, stages=("playing",), mine=True))


async def press_mine(context: Context, action: Action) -> None:
    await _show_turn(context, await chain_meant(context, named=action.target))


async def _show_turn(context: Context, whole: Whole) -> None:
    check_turn(context, whole)
    services, language = context.services, context.language
    drawer = Drawer(services.reader)
    await context.reply(await turn_reply(whole, drawer, services.catalogue, language, now=time.time()))
    for piece in (await _takes_of(context, whole))[:1]:
        facts = Facts(piece.record, services.catalogue)
        reply = result_reply(facts, piece, services.store.blobs.path, language)
        await context.reply(replace(reply, private=True, personal=True, menu=None, piece="", origin=None))


def check_turn(context: Context, whole: Whole, number: int | None = None) -> Turn:
    """The turn that is on, which is this person's. Raises WrongStage, NotYourTurn."""
    if whole.view.stage != "playing":
        raise WrongStage(reason=whole.view.stage, id=whole.view.id)
    turn, writer = whole.on, whole.writer
    if whole.player(context.person.key) is None:
        raise NotYourTurn(reason="stranger")
    if turn is None or writer is None or writer.person != context.person.key:
        raise NotYourTurn(reason="turn")
    if number is not None and number != turn.number:
        raise NotYourTurn(reason="turn")
    return turn


async def _takes_of(context: Context, whole: Whole) -> list[PieceView]:
    """Those that this person had composed for this turn, the newest first."""
    assert whole.on is not None
    own = await context.services.store.pieces.of(context.person.key, PIECES_LOOKED_AT)
    wanted = whole.view.id, whole.on.number
    return [piece for piece in own if turn_of_takes(piece.record) == wanted]


def turn_of_takes(record: Any) -> tuple[str, int]:
    """For which chain and turn takes were composed; "" and 0 for other pieces."""
    takes = record.get("takes") or {}
    return str(takes.get("chain", "")), int(takes.get("turn", 0))


async def stand(context: Context, whole: Whole, number: int, bars: Sequence[str], how: How) -> None:
    """The bars are the chain's; takes that were not taken are thrown away."""
    services, language = context.services, context.language
    is_on = whole.on is not None and whole.on.number == number
    thrown = await _takes_of(context, whole) if is_on else []
    await services.jobs.chains.answer(
        whole.view.id, number, person=context.person.key, bars=bars, how=how, event_key=context.event_key
    )
    for piece in thrown:
        await services.store.pieces.delete(piece.id)
    text = say("chain.stands", language)
    await context.reply(
        Reply(text, title=chain_title(whole.view, language), private=True, personal=True, language=language)
    )


def number_in(text: str) -> int:
    """Of a button; 0 where there is none."""
    return int(text) if _NUMBER.fullmatch(text) else 0
