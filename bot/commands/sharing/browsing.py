"""`/top`: what a server likes best, of the week and of all time; `/random`: any piece that all there may see.

Promises: nobody's private piece is shown, nothing that was taken down, and no vote of a challenge that is not over.
"""

from __future__ import annotations

import time
from collections import Counter

from bot.chat.messages import Action, Button, Reply
from bot.commands.access import scope_of, server_key
from bot.commands.challenges.listening import standings_of
from bot.commands.command import Context
from bot.commands.errors import NothingToShow
from bot.commands.pieces import recall
from bot.commands.wording import Facts
from bot.texts import say

WEEK, ALWAYS, GALLERY, ALL = "lately", "ever", "gallery", "everything"
PERIODS, SOURCES = (WEEK, ALWAYS), (ALL, GALLERY)
WEEK_S = 7 * 86_400.0
LISTED, CHALLENGES = 10, 50
ROW = 5
_TITLES = {WEEK: "top.lately", ALWAYS: "top.ever"}


async def handle_top(context: Context) -> None:
    """The pieces with the most stars and votes, a line and a button each. Raises NothingToShow."""
    language, period = context.language, str(context.options.get("period") or WEEK)
    since = time.time() - WEEK_S if period == WEEK else 0.0
    store, scope = context.services.store, scope_of(context.address)
    stars, votes = Counter(await store.stars.best(scope, since=since)), await _votes(context, scope, since)
    banned = await store.exhibits.down(scope)
    found = sorted({*stars, *votes} - banned, key=lambda one: (-(stars[one] + votes[one]), -stars[one], one))
    pieces = await store.pieces.some(found)
    there = [one for one in found if one in pieces and pieces[one].deleted is None][:LISTED]
    if not there:
        raise NothingToShow(reason=period)
    lines = []
    for place, one in enumerate(there, 1):
        voted = say("top.votes", language, n=votes[one]) if votes[one] else ""
        piece = Facts(pieces[one].record, context.services.catalogue).line(language)
        lines.append(f"{place}. ⭐ {stars[one]}{voted} · {piece} · {one}")
    buttons = [
        Button(say("button.open", language, n=place), Action("recall", one)) for place, one in enumerate(there, 1)
    ]
    rows = [buttons[start : start + ROW] for start in range(0, len(buttons), ROW)]
    await context.reply(Reply("\n".join(lines), title=say(_TITLES[period], language), buttons=rows, language=language))


async def _votes(context: Context, scope: str, since: float) -> Counter[str]:
    """How many ballots name a piece, in challenges that are over."""
    store, found = context.services.store, Counter[str]()
    for view in await store.challenges.of(scope, stages=("closed",), limit=CHALLENGES):
        if (view.over or 0.0) < since:
            continue
        entries = await store.challenges.entries(view.id)
        pieces = {entry.number: entry.piece for entry in entries if entry.is_in}
        for standing in standings_of(view, entries, await store.challenges.ballots(view.id)):
            found[pieces[standing.number]] += standing.votes
    return +found


async def handle_random(context: Context) -> None:
    """Of the gallery, or of all that was made or shown here; in private of one's own. Raises NothingToShow."""
    exhibits, scope = context.services.store.exhibits, server_key(context.address)
    if scope is None:
        await recall(context, await _own(context))
        return
    only_gallery = context.options.get("of") == GALLERY
    found = await exhibits.random(scope, only_gallery=only_gallery)
    if found is None:
        raise NothingToShow(reason=GALLERY if only_gallery else ALL)
    await recall(context, found)


async def _own(context: Context) -> str:
    """A piece or a favourite of one's own. Raises NothingToShow."""
    found = await context.services.store.favourites.random(context.person.key)
    if found is None:
        raise NothingToShow(reason="own")
    return found
