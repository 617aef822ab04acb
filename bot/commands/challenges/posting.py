"""What the messages of a challenge say when they are sent: announced, opened, each entry, the vote, the result.

Promises: until a challenge is over nobody's name stands beside an entry; a message says what is true when it is sent,
and one that has nothing to tell any more (an entry that is out, a challenge that is gone) is not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.challenges.stages import LIVE, Stage
from bot.challenges.tally import Standing
from bot.chat.messages import Action, Attachment, Button, Reply
from bot.commands.challenges.fame import streaks_line
from bot.commands.challenges.listening import list_reply, playlist_button, standings_of
from bot.commands.challenges.telling import (
    CAPTION_CHARS,
    anonymous_files,
    cut_lines,
    finding_line,
    plan_lines,
    rows,
    score_words,
    when,
)
from bot.commands.sharing.words import name_words
from bot.commands.showing import page_attachment, page_files
from bot.commands.wording import Facts
from bot.jobs.course import ON_A_PAGE, SUBJECT
from bot.making.post import Post
from bot.store import PieceView, Store
from bot.store.challenges import ChallengeView, Entry
from bot.texts import Language, clean, join, say
from generator.catalogue.catalogue import Catalogue

PODIUM = 3
# What is told late is told no more once something else is true.
STAGES_OF: Mapping[str, tuple[Stage, ...]] = {
    "announced": ("announced",),
    "open": ("open",),
    "extended": LIVE,
    "moved": LIVE,
}


class ChallengePoster:
    """A `bot.jobs.ports.Poster`."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store, self._catalogue = store, catalogue

    async def reply(self, post: Post, language: Language) -> Reply | None:
        """As things are now."""
        view = await self._store.challenges.get(post.target) if post.subject == SUBJECT else None
        if view is None:
            return None
        if post.what == "entry":
            return await self._entry(view, post.number, language)
        if post.what == "closed":
            return await results_reply(self._store, self._catalogue, view, language)
        if post.what == "list":
            return await list_reply(self._store, self._catalogue, view, post.number, language)
        if post.what in ("voting", "ballot"):
            return self._vote(view, post.what, await self._in(view), language)
        if view.stage not in STAGES_OF.get(post.what, (view.stage,)):
            return None
        return announcement(view, post.what, self._catalogue, language)

    def admission(self, _post: Post, reply: Reply, /, *, is_there: bool) -> Reply:
        """Said once more that something may be missing."""
        language = reply.language
        note = say("challenge.follower_missing" if is_there else "challenge.may_be_missing", language)
        if is_there:
            return replace(reply, text=f"{reply.text}\n{note}")
        return Reply(note, title=reply.title, buttons=reply.buttons, language=language)

    async def _in(self, view: ChallengeView) -> list[Entry]:
        return [entry for entry in await self._store.challenges.entries(view.id) if entry.is_in]

    async def _entry(self, view: ChallengeView, number: int, language: Language) -> Reply | None:
        """One entry without a name, with its page, its player and its button."""
        entries = await self._in(view)
        entry = next((entry for entry in entries if entry.number == number), None)
        piece = await self._store.pieces.get(entry.piece) if entry is not None else None
        if entry is None or piece is None or piece.deleted is not None or view.stage not in ("voting", "closed"):
            return None
        return entry_reply(view, entry, piece, self._catalogue, self._store.blobs.path, language)

    def _vote(self, view: ChallengeView, what: str, entries: Sequence[Entry], language: Language) -> Reply | None:
        """How it is voted, before the entries; and behind them until when."""
        if view.stage != "voting":
            return None
        plan = view.plan
        ends = say("challenge.ends", language, at=when(plan.ends, plan, language))
        title = say("challenge.title", language, theme=plan.theme)
        if what == "voting":
            lines = [
                say("challenge.voting", language, n=len(entries)),
                say(f"challenge.by_{plan.voting}", language),
                ends,
                say("challenge.rules", language),
            ]
            return Reply("\n".join(lines), title=title, language=language)
        button = (
            Button(say("button.compare", language), Action("compare", view.id), "primary")
            if plan.voting == "pairs"
            else Button(say("button.ballot", language), Action("ballot", view.id))
        )
        text = f"{say('challenge.shown_all', language, n=len(entries))}\n{ends}"
        hear = [playlist_button(view.id, 1, language)] if len(entries) <= ON_A_PAGE else []
        return Reply(text, title=title, buttons=((button, *hear),), language=language)


def announcement(view: ChallengeView, what: str, catalogue: Catalogue, language: Language) -> Reply:
    """Announced, opened, extended, moved or called off."""
    plan = view.plan
    title = say("challenge.title", language, theme=plan.theme)
    if what == "ended":
        return Reply(say("challenge.called_off", language), title=title, language=language)
    said = {
        "announced": say("challenge.announced", language, at=when(plan.opens, plan, language)),
        "open": say("challenge.opened", language, at=when(plan.closes, plan, language)),
        "extended": say("challenge.extended", language),
        "moved": say("challenge.moved", language),
    }.get(what, "")
    is_open = view.stage == "open"
    how = [say("challenge.how_to_enter", language, id=view.id)] if is_open else []
    lines = [said, *plan_lines(plan, catalogue, language), *how]
    buttons = ((Button(say("button.enter", language), Action("enter", "", view.id), "primary"),),) if is_open else ()
    return Reply(cut_lines([line for line in lines if line]), title=title, buttons=buttons, language=language)


def entry_reply(
    view: ChallengeView,
    entry: Entry,
    piece: PieceView,
    catalogue: Catalogue,
    paths: Callable[[str], Path],
    language: Language,
) -> Reply:
    """An entry as those see it who vote."""
    facts = Facts(piece.record, catalogue)
    lines = [facts.music(language), *(finding_line(finding, catalogue, language) for finding in entry.findings)]
    vote = Button(
        say("button.vote", language, number=entry.number), Action("vote", view.id, str(entry.number)), "primary"
    )
    return Reply(
        cut_lines([line for line in lines if line], CAPTION_CHARS) or "♪",
        title=say("challenge.entry_of", language, number=entry.number, theme=view.plan.theme),
        buttons=((vote,),) if view.plan.voting != "pairs" else (),
        attachments=anonymous_files(entry, piece, facts, paths, language),
        language=language,
    )


async def results_reply(store: Store, catalogue: Catalogue, view: ChallengeView, language: Language) -> Reply:
    """The podium with its pages, or why there is none."""
    entries = await store.challenges.entries(view.id)
    ballots = await store.challenges.ballots(view.id)
    standings = standings_of(view, entries, ballots)
    in_it = {entry.number: entry for entry in entries if entry.is_in}
    best = [standing for standing in standings if standing.place <= PODIUM and standing.score > 0]
    words = (await store.servers.rules(view.scope)).words
    lines = _outcome(view, in_it, standings, best, words, language)
    lines += ["", say("challenge.turnout", language, entries=len(in_it), n=len(ballots))] if len(in_it) > 1 else []
    row = await streaks_line(store, view, words, language)
    lines += [row] if row else []
    shown = [in_it[standing.number] for standing in best[:PODIUM]] or list(in_it.values())[:1] * (len(in_it) == 1)
    listen = [
        Button(say("button.listen", language, number=entry.number), Action("recall", entry.piece)) for entry in shown
    ]
    return Reply(
        cut_lines(lines, CAPTION_CHARS),
        title=say("challenge.result_title", language, theme=view.plan.theme),
        attachments=await _first_pages(store, catalogue, shown, language),
        buttons=(*rows(listen), (Button(say("button.fame", language), Action("fame")),)) if in_it else (),
        language=language,
    )


def _outcome(
    view: ChallengeView,
    in_it: Mapping[int, Entry],
    standings: Sequence[Standing],
    best: Sequence[Standing],
    words: Sequence[str],
    language: Language,
) -> list[str]:
    """Each case has its rule, said in words. words: those that the server does not want to read."""

    def named(entry: Entry) -> str:
        return name_words(entry.name, language, words)

    if not in_it:
        return [say("challenge.nobody", language)]
    if len(in_it) == 1:
        (entry,) = in_it.values()
        return [say("challenge.only_one", language, name=named(entry), number=entry.number)]
    if not standings or not best:
        return [say("challenge.no_votes", language)]
    lines = [
        say(
            "challenge.place",
            language,
            place=standing.place,
            name=named(in_it[standing.number]),
            number=standing.number,
            score=score_words(standing, view.plan, language),
        )
        for standing in best[: 2 * PODIUM]
    ]
    winners = [in_it[standing.number] for standing in best if standing.place == 1]
    if len(winners) > 1:
        names = [named(entry) for entry in winners[: 2 * PODIUM]]
        lines.append(say("challenge.shared", language, names=join(names, language)))
    return lines


async def _first_pages(
    store: Store, catalogue: Catalogue, entries: Sequence[Entry], language: Language
) -> list[Attachment]:
    """Of each the first page, if it is still there."""
    pictures = []
    for entry in entries:
        piece = await store.pieces.get(entry.piece)
        if piece is not None and piece.deleted is None and page_files(piece):
            facts = Facts(piece.record, catalogue)
            page = page_attachment(facts, piece, store.blobs.path, 1, language)
            pictures.append(replace(page, name=f"entry_{entry.challenge}_{entry.number}_{clean(page.name)[-8:]}"))
    return pictures
