"""Votes: by the button of an entry, or between two of them, and what one has chosen so far.

Promises: pressing the same button again changes nothing; whoever pressed is told alone; two entries are shown in
an order that chance decides. Not covered: who may vote; that is `bot.jobs.balloting`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from bot.chat.messages import Action, Attachment, Button, Reply
from bot.commands.challenges.finding import challenge_meant
from bot.commands.challenges.telling import anonymous_files, rows
from bot.commands.command import Context
from bot.commands.errors import StaleButton
from bot.commands.wording import Facts
from bot.jobs.balloting import Cast
from bot.jobs.errors import WrongBallot
from bot.store.challenges import ChallengeView, Entry
from bot.texts import Language, join, say

_PAIR = re.compile(r"([1-9]\d{0,5})\.([1-9]\d{0,5})\.(0|[1-9]\d{0,5})")
_NUMBER = re.compile(r"[1-9]\d{0,5}")


async def press_vote(context: Context, action: Action) -> None:
    """For the entry whose button it is."""
    if _NUMBER.fullmatch(action.argument) is None:
        raise StaleButton
    view = await challenge_meant(context, named=action.target)
    cast = await context.services.jobs.ballots.vote(view.id, int(action.argument), person=context.person.key)
    text = say("challenge.counted", context.language, ballot=ballot_words(cast, context.language))
    await context.reply(Reply(text, private=True, language=context.language))


async def handle_votes(context: Context) -> None:
    """What one has chosen so far."""
    await _show(context, await challenge_meant(context, stages=("voting",)))


async def press_ballot(context: Context, action: Action) -> None:
    """The same by a button."""
    await _show(context, await challenge_meant(context, named=action.target))


async def press_unvote(context: Context, action: Action) -> None:
    """Take a vote back, or all of them."""
    view = await challenge_meant(context, named=action.target)
    number = int(action.argument) if _NUMBER.fullmatch(action.argument) else None
    cast = await context.services.jobs.ballots.take_back(view.id, number, person=context.person.key)
    await context.edit(_ballot_reply(cast, context.language))


async def press_compare(context: Context, action: Action) -> None:
    """Two entries of others that this person has not compared yet, for them alone."""
    view = await challenge_meant(context, named=action.target)
    if view.plan.voting != "pairs":
        raise WrongBallot
    cast = await context.services.jobs.ballots.ballot(view.id, person=context.person.key)
    await context.reply(await _pair_reply(context, view, cast))


async def press_better(context: Context, action: Action) -> None:
    """Which of the two."""
    found = _PAIR.fullmatch(action.argument)
    if found is None:
        raise StaleButton
    view = await challenge_meant(context, named=action.target)
    first, second, better = map(int, found.groups())
    cast = await context.services.jobs.ballots.compare(view.id, first, second, better, person=context.person.key)
    language = context.language
    text = say("challenge.compared", language, n=len(cast.ballot))
    button = Button(say("button.compare_next", language), Action("compare", view.id), "primary")
    await context.edit(Reply(text, buttons=((button,),), private=True, personal=True, language=language))


def ballot_words(cast: Cast, language: Language) -> str:
    """For example "entry 3", "entry 3, entry 5", "1. entry 5, 2. entry 3"."""
    voting = cast.challenge.plan.voting
    if voting == "pairs":
        return say("challenge.compared", language, n=len(cast.ballot))
    entries = [say("challenge.entry", language, number=number) for number in cast.ballot]
    if voting == "ranking":
        entries = [f"{place}. {entry}" for place, entry in enumerate(entries, start=1)]
    return join(entries, language) or say("challenge.no_vote_yet", language)


async def _show(context: Context, view: ChallengeView) -> None:
    cast = await context.services.jobs.ballots.ballot(view.id, person=context.person.key)
    await context.reply(_ballot_reply(cast, context.language))


def _ballot_reply(cast: Cast, language: Language) -> Reply:
    view = cast.challenge
    numbers = cast.ballot if view.plan.voting != "pairs" else []
    buttons = [
        Button(say("button.unvote", language, number=number), Action("unvote", view.id, str(number)))
        for number in numbers[:20]
    ]
    if cast.ballot:
        buttons.append(Button(say("button.unvote_all", language), Action("unvote", view.id), "danger"))
    text = say("challenge.your_ballot", language, ballot=ballot_words(cast, language))
    title = say("challenge.title", language, theme=view.plan.theme)
    return Reply(text, title=title, buttons=rows(buttons), private=True, personal=True, language=language)


async def _pair_reply(context: Context, view: ChallengeView, cast: Cast) -> Reply:
    language = context.language
    pair = next_pair([entry for entry in cast.entries if entry.person != context.person.key], cast.ballot)
    if pair is None:
        text = say("challenge.all_compared", language, n=len(cast.ballot))
        return Reply(text, private=True, personal=True, language=language)
    files: list[Attachment] = []
    for entry in pair:
        files += await _files(context, entry)
    first, second = (entry.number for entry in pair)

    def button(label: str, better: int) -> Button:
        return Button(label, Action("better", view.id, f"{first}.{second}.{better}"))

    buttons = (
        button(say("button.better", language, number=first), first),
        button(say("button.better", language, number=second), second),
        button(say("button.neither", language), 0),
    )
    text = say("challenge.which_is_better", language, first=first, second=second)
    return Reply(text, buttons=(buttons,), attachments=files, private=True, personal=True, language=language)


def next_pair(entries: Sequence[Entry], ballot: Sequence[Sequence[int]]) -> tuple[Entry, Entry] | None:
    """Two that were not compared yet; entries that were compared least come first, chance decides the rest."""
    done = {(pair[0], pair[1]) for pair in ballot}
    seen = [number for pair in ballot for number in pair[:2]]
    ordered = sorted(entries, key=lambda entry: (seen.count(entry.number), random.random()))
    for place, first in enumerate(ordered):
        for second in ordered[place + 1 :]:
            low, high = sorted((first.number, second.number))
            if (low, high) not in done:
                return (first, second) if random.random() < 0.5 else (second, first)
    return None


async def _files(context: Context, entry: Entry) -> list[Attachment]:
    store = context.services.store
    piece = await store.pieces.get(entry.piece)
    if piece is None or piece.deleted is not None:
        return []
    facts = Facts(piece.record, context.services.catalogue)
    return anonymous_files(entry, piece, facts, store.blobs.path, context.language)
