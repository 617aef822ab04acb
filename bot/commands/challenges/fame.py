"""The hall of fame of a server: who won how often, who takes part in a row, and the newest winners to hear.

Promises: whoever is forgotten is not in it; a name that the server does not want to read is not shown; nobody is
called. Not covered: how it is counted (`bot.challenges.fame`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.challenges.fame import LEAST_STREAK, Fame, Honour, Streak, famous, streaks
from bot.chat.messages import Action, Button, Reply
from bot.commands.access import scope_of
from bot.commands.challenges.telling import cut_lines
from bot.commands.command import Context
from bot.commands.errors import NothingToShow
from bot.commands.sharing.words import name_words
from bot.store import PieceView, Store
from bot.store.challenges import ChallengeView
from bot.texts import Language, join, say

LISTED, WINNERS = 10, 5
STREAKS_TOLD = 5


async def handle_fame(context: Context, *, personal: bool = False) -> None:
    """The best of all challenges here that are over. personal: for whoever asked alone. Raises NothingToShow."""
    store, language = context.services.store, context.language
    honours = await store.honours.of(scope_of(context.address))
    if not honours:
        raise NothingToShow(reason="fame")
    ranked, words = famous(honours), context.rules.words
    lines = [fame_line(one, words, language) for one in ranked[:LISTED]]
    own = next((one for one in ranked[LISTED:] if one.person == context.person.key), None)
    lines += ["…", fame_line(own, words, language)] if own is not None else []
    winners = _newest_winners(honours)
    pieces = await store.pieces.some([winner.piece for winner in winners])
    lines += ["", say("challenge.fame_winners", language)] if winners else []
    lines += [
        say("challenge.fame_winner", language, n=n, name=name_words(one.name, language, words), theme=one.theme)
        for n, one in enumerate(winners, 1)
    ]
    lines += ["", say("challenge.fame_rules", language)]
    await context.reply(
        Reply(
            cut_lines(lines),
            title=say("challenge.fame_title", language),
            buttons=_to_hear(winners, pieces, language),
            private=True,
            personal=personal,
            language=language,
        )
    )


async def press_fame(context: Context, _action: Action) -> None:
    """The same by a button, which everybody may press: so it does not fill the chat."""
    await handle_fame(context, personal=True)


def fame_line(one: Fame, words: Iterable[str], language: Language) -> str:
    """For example "1. Bea: 3 wins, 5 times on the podium, 8 challenges 🔥 4 in a row (best: 6)"."""
    merits = [
        say("challenge.fame_wins", language, n=one.wins) if one.wins else "",
        say("challenge.fame_podiums", language, n=one.podiums) if one.podiums else "",
        say("challenge.fame_entered", language, n=one.entered),
    ]
    return say(
        "challenge.fame_line",
        language,
        rank=one.rank,
        name=name_words(one.newest.name, language, words),
        merits=say("heard.between", language).join(filter(None, merits)),
        streak=streak_words(one.streak, language),
    )


def streak_words(streak: Streak, language: Language) -> str:
    """Nothing for what is no row."""
    if streak.best < LEAST_STREAK:
        return ""
    if streak.now < LEAST_STREAK:
        return say("challenge.fame_best", language, best=streak.best)
    return say("challenge.fame_streak", language, now=streak.now, best=streak.best)


async def streaks_line(store: Store, view: ChallengeView, words: Iterable[str], language: Language) -> str:
    """Who of those in a challenge that is over has taken part in a row by then; "" where nobody has."""
    honours = await store.honours.of(view.scope, until=view.over)
    rows = streaks(honours)
    mine = [honour for honour in honours if honour.challenge == view.id and rows[honour.person].now >= LEAST_STREAK]
    mine.sort(key=lambda honour: -rows[honour.person].now)
    told = [
        say("challenge.row_of", language, name=name_words(one.name, language, words), n=rows[one.person].now)
        for one in mine[:STREAKS_TOLD]
    ]
    return say("challenge.rows", language, who=join(told, language)) if told else ""


def _newest_winners(honours: Sequence[Honour]) -> list[Honour]:
    """honours: the newest first."""
    return [honour for honour in honours if honour.place == 1][:WINNERS]


def _to_hear(winners: Sequence[Honour], pieces: dict[str, PieceView], language: Language) -> Sequence[Sequence[Button]]:
    """A button for each winner whose piece is still there."""
    there = [
        Button(say("button.open", language, n=n), Action("recall", one.piece))
        for n, one in enumerate(winners, 1)
        if one.piece in pieces and pieces[one.piece].deleted is None
    ]
    return (there,) if there else ()
