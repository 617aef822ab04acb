"""`/chain start`, and who plays: joining, beginning, leaving, ending, and how things are."""

from __future__ import annotations

import time
from typing import Any

from bot.chains.rules import (
    LONGEST_TURN_S,
    SHORTEST_TURN_S,
    USUAL_BARS,
    USUAL_PLAYERS,
    USUAL_TURN_S,
    ChainPlan,
)
from bot.challenges.moments import NotAMoment, parse_moment
from bot.chat.messages import Action, Button, Reply
from bot.commands.access import scope_of
from bot.commands.chains.finding import EVERY, LIVE, chain_meant, check_leads, player_here
from bot.commands.chains.posting import join_buttons
from bot.commands.chains.telling import chain_title, listed, mine_button, music_line, names, plan_line, shown_name
from bot.commands.command import Context
from bot.commands.errors import NoChain, NotATime, OutOfLimits
from bot.commands.requests import longest
from bot.store.chains import Whole
from bot.texts import Language, clean, duration, say
from generator.catalogue.style import Style
from generator.onward.chain import Chain
from generator.request import sample_seed

USUAL_STYLE = Style("", "", "Keyboard")


async def handle_start(context: Context) -> None:
    """A chain that people join by its button. Raises UnknownStyle, BadRequest, NotATime, OutOfLimits."""
    options, catalogue, language = context.options, context.services.catalogue, context.language
    words = str(options.get("style") or "").strip()
    style = catalogue.find(words) if words else USUAL_STYLE
    plan = ChainPlan(
        players=int(options.get("players") or USUAL_PLAYERS),
        bars=int(options.get("bars") or USUAL_BARS),
        rounds=int(options.get("rounds") or 1),
        turn_s=_turn_s(options.get("turn")),
        seed=sample_seed(),
    )
    _check_length(context, plan)
    music = Chain.begin(catalogue, style, seed=plan.seed, key=options.get("key"), metre=options.get("metre"))
    whole = await context.services.jobs.chains.start(
        plan,
        music,
        scope=scope_of(context.address),
        address=context.address,
        starter=player_here(context),
        language=context.rules.language or language,
        event_key=context.event_key,
    )
    text = say("chain.is_started", language, id=whole.view.id)
    await context.reply(Reply(text, title=chain_title(whole.view, language), private=True, language=language))


def _turn_s(said: Any) -> float:
    """Such as "2 hours". Raises NotATime."""
    if not said:
        return USUAL_TURN_S
    now = time.time()
    try:
        turn_s = parse_moment(str(said), now=now, zone="UTC", is_end=True) - now
    except NotAMoment as error:
        raise NotATime(reason="length", value=clean(str(said))) from error
    if not SHORTEST_TURN_S - 1 <= turn_s <= LONGEST_TURN_S:
        raise NotATime(reason="turn", value=clean(str(said)))
    return max(turn_s, SHORTEST_TURN_S)


def _check_length(context: Context, plan: ChainPlan) -> None:
    bars, limit = plan.players * plan.bars * plan.rounds, longest(context)
    if bars > limit:
        raise OutOfLimits(name="bars", value=bars, low="1", high=str(limit))


# --- who plays --------------------------------------------------------------------------------------------------------


async def handle_join(context: Context) -> None:
    """By a command; the same as by the button."""
    whole = await chain_meant(context, stages=("gathering",))
    await _join(context, whole.view.id)


async def press_join(context: Context, action: Action) -> None:
    await _join(context, (await chain_meant(context, named=action.target)).view.id)


async def _join(context: Context, chain: str) -> None:
    language = context.language
    whole = await context.services.jobs.chains.join(chain, player_here(context))
    text = say("chain.is_joined", language, names=names(whole.players, language))
    button = Button(say("button.chain_leave", language), Action("chainleave", chain))
    await context.reply(
        Reply(text, title=chain_title(whole.view, language), buttons=((button,),), private=True, language=language)
    )


async def handle_begin(context: Context) -> None:
    """With those who have joined."""
    await _begin(context, await chain_meant(context, stages=("gathering",)))


async def press_begin(context: Context, action: Action) -> None:
    await _begin(context, await chain_meant(context, named=action.target))


async def _begin(context: Context, whole: Whole) -> None:
    await check_leads(context, whole.view)
    await context.services.jobs.chains.begin(whole.view.id)
    await _say(context, whole, say("chain.is_begun", context.language))


async def handle_leave(context: Context) -> None:
    """What was written stays."""
    await _leave(context, await chain_meant(context, mine=True))


async def press_leave(context: Context, action: Action) -> None:
    await _leave(context, await chain_meant(context, named=action.target))


async def _leave(context: Context, whole: Whole) -> None:
    await context.services.jobs.chains.leave(whole.view.id, person=context.person.key)
    await _say(context, whole, say("chain.is_left", context.language))


async def handle_end(context: Context) -> None:
    """Early; what there is is unveiled."""
    whole = await chain_meant(context)
    await check_leads(context, whole.view)
    await context.services.jobs.chains.end(whole.view.id)
    await _say(context, whole, say("chain.is_ended", context.language))


async def _say(context: Context, whole: Whole, text: str) -> None:
    language = context.language
    await context.reply(Reply(text, title=chain_title(whole.view, language), private=True, language=language))


# --- how things are ---------------------------------------------------------------------------------------------------


async def handle_show(context: Context) -> None:
    """One of them, or all that are here."""
    chains, language = context.services.store.chains, context.language
    if not context.options.get("chain"):
        found = await chains.of(scope_of(context.address), stages=LIVE)
        found = found or await chains.played_by(context.person.key, stages=LIVE)
        if len(found) != 1:
            found = found or await chains.of(scope_of(context.address), stages=("over",), limit=5)
            if not found:
                raise NoChain
            lines = [listed(view, context.services.catalogue, language) for view in found]
            text = "\n".join([*lines, say("chain.hint", language)])
            await context.reply(Reply(text, title=say("chain.titles", language), private=True, language=language))
            return
    whole = await chain_meant(context, stages=EVERY, named=None if context.options.get("chain") else found[0].id)
    await context.reply(_shown(context, whole, language))


def _shown(context: Context, whole: Whole, language: Language) -> Reply:
    view = whole.view
    lines = [
        say(f"chain.stage_{view.stage}", language),
        music_line(view, context.services.catalogue, language),
        plan_line(view.plan, language),
        say("chain.joined_so_far", language, names=names(whole.players, language) or "–"),
    ]
    buttons: tuple[tuple[Button, ...], ...] = ()
    if view.stage == "gathering":
        buttons = join_buttons(view, language)
    elif whole.writer is not None:
        left = duration(max(0.0, (view.due or 0.0) - time.time()), language)
        lines.append(say("chain.now", language, name=shown_name(whole.writer, language), time=left))
        if whole.writer.person == context.person.key:
            buttons = ((mine_button(view, language),),)
    elif view.piece:
        buttons = ((Button(say("button.show", language), Action("recall", view.piece)),),)
    return Reply("\n".join(lines), title=chain_title(view, language), buttons=buttons, private=True, language=language)
