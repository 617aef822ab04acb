"""Takes of the next bars of a chain: asked for by whoever writes now, and one of them taken."""

from __future__ import annotations

from bot.chat.messages import Action, Reply
from bot.commands.chains.finding import chain_meant, private_address
from bot.commands.chains.telling import bars_in_all
from bot.commands.chains.turns import check_turn, number_in, stand, turn_of_takes
from bot.commands.command import Context
from bot.commands.errors import StaleButton
from bot.commands.pieces import find_piece
from bot.commands.requests import ask
from bot.jobs.errors import NotYourTurn
from bot.making.takes import ThreeTakes
from bot.texts import say
from generator.request import sample_seed


async def press_takes(context: Context, action: Action) -> None:
    """Have three composed, which come privately. Raises what `Jobs.accept` raises."""
    whole = await chain_meant(context, named=action.target)
    turn = check_turn(context, whole, number_in(action.argument))
    task = ThreeTakes(
        chain=whole.view.id,
        turn=turn.number,
        standing=len(whole.view.music.bars),
        new=whole.view.plan.bars,
        total=bars_in_all(whole),
        seed=sample_seed(),
    )
    if context.address.guild is None:
        await ask(context, task)
        return
    address, language = private_address(context), context.language
    if address is None:
        raise NotYourTurn(reason="private")
    jobs = context.services.jobs
    accepted = await jobs.accept(
        task, person=context.person, address=address, language=language, event_key=context.event_key
    )
    await jobs.placed(accepted.job, address)  # the words below are its first message; what follows comes there
    await context.reply(Reply(say("chain.takes_coming", language), private=True, language=language))


async def press_take(context: Context, action: Action) -> None:
    """One of them stands."""
    piece = await find_piece(context, action.target)
    chain, number = turn_of_takes(piece.record)
    bars = (piece.record.get("takes") or {}).get("bars") or ()
    which = number_in(action.argument)
    if piece.person != context.person.key or not 1 <= which <= len(bars):
        raise StaleButton
    whole = await chain_meant(context, named=chain)
    await stand(context, whole, number, bars[which - 1], "take")
