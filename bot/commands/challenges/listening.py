"""The listening list of a challenge: all entries in order, to read and to hear one after another.

Promises: until a challenge is over entries stand by their numbers and without names, afterwards by their places; who
wants to hear them all is sent them alone, so that a chat is not filled. Not covered: who won (`posting.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.challenges.tally import Standing, tally
from bot.chat.messages import Action, Attachment, Button, Reply
from bot.commands.access import TERMINAL
from bot.commands.challenges.finding import challenge_meant
from bot.commands.challenges.telling import (
    anonymous_files,
    cut_lines,
    entry_line,
    finding_line,
    places_of,
    rows,
    score_words,
)
from bot.commands.command import Context
from bot.commands.errors import NothingToShow
from bot.commands.sharing.words import name_words
from bot.commands.wording import Facts
from bot.jobs.course import ON_A_PAGE
from bot.store import PieceView, Store
from bot.store.challenges import ChallengeView, Entry
from bot.texts import Language, say
from generator.catalogue.catalogue import Catalogue


async def list_reply(
    store: Store, catalogue: Catalogue, view: ChallengeView, page: int, language: Language
) -> Reply | None:
    """A page of those that are over, with names, what the demands found, and a button for each."""
    entries = await store.challenges.entries(view.id)
    places = places_of(standings_of(view, entries, await store.challenges.ballots(view.id)))
    shown = page_of(entries, places, page)
    if not shown:
        return None
    words = (await store.servers.rules(view.scope)).words
    pieces = await store.pieces.some([entry.piece for entry in shown])
    lines: list[str] = []
    buttons = []
    for entry in shown:
        title = _title(pieces.get(entry.piece), catalogue, language)
        name = name_words(entry.name, language, words)
        lines += _lines(view, entry, places.get(entry.number), (name, title), catalogue, language)
        if title:
            buttons.append(Button(say("button.listen", language, number=entry.number), Action("recall", entry.piece)))
    hear = [playlist_button(view.id, page, language)] if len(buttons) > 1 else []
    title = say("challenge.list_title", language, theme=view.plan.theme, page=page)
    return Reply(cut_lines(lines), title=title, buttons=(*rows(buttons), hear), language=language)


async def press_playlist(context: Context, action: Action) -> None:
    """What can be heard of a page, in order, for whoever pressed. Raises NothingToShow, FilesAgain, FilesQuota."""
    view = await challenge_meant(context, named=action.target)
    page = int(action.argument) if action.argument.isdecimal() and len(action.argument) < 4 else 1
    store, language = context.services.store, context.language
    entries = await store.challenges.entries(view.id)
    is_over = view.stage == "closed"
    places = places_of(standings_of(view, entries, await store.challenges.ballots(view.id))) if is_over else {}
    shown = page_of([entry for entry in entries if is_over or entry.is_in], places, page)
    if not (is_over or view.stage == "voting"):
        shown = []
    pieces = await store.pieces.some([entry.piece for entry in shown])
    files: list[Attachment] = []
    for entry in shown:
        files += _heard(context, entry, pieces.get(entry.piece), places.get(entry.number), is_over=is_over)
    if not files:
        raise NothingToShow(reason="playlist")
    if context.person.platform != TERMINAL:
        context.services.rations.take(context.person.key, view.id, f"list{page}", context.services.settings)
    title = say("challenge.list_title", language, theme=view.plan.theme, page=page)
    text = say("challenge.playlist", language, n=len(files))
    sent = await context.reply(
        Reply(text, title=title, attachments=files, private=True, personal=True, language=language)
    )
    if sent is None and context.person.platform != TERMINAL:
        context.services.rations.give_back(context.person.key, view.id, f"list{page}")


def playlist_button(challenge: str, page: int, language: Language) -> Button:
    """All of a page to hear."""
    return Button(say("button.playlist", language), Action("playlist", challenge, str(page)))


def page_of(entries: Sequence[Entry], places: Mapping[int, Standing], page: int) -> list[Entry]:
    """By place; those without one behind them by number, those who are out last."""
    last = len(entries) + 1

    def order(entry: Entry) -> tuple[bool, int, int]:
        standing = places.get(entry.number)
        return not entry.is_in, standing.place if standing is not None else last, entry.number

    listed = sorted((entry for entry in entries if entry.is_listed), key=order)
    return listed[(page - 1) * ON_A_PAGE : page * ON_A_PAGE] if page > 0 else []


def standings_of(
    view: ChallengeView, entries: Sequence[Entry], ballots: Mapping[str, Sequence[int]]
) -> tuple[Standing, ...]:
    """What came of the votes; with one entry there was nothing to vote on. ballots: as the store has them."""
    owners = {entry.number: entry.person for entry in entries if entry.is_in}
    return tally(view.plan.voting, ballots, owners)


def _title(piece: PieceView | None, catalogue: Catalogue, language: Language) -> str:
    return "" if piece is None or piece.deleted is not None else Facts(piece.record, catalogue).title(language)


def _lines(
    view: ChallengeView,
    entry: Entry,
    standing: Standing | None,
    named: tuple[str, str],
    catalogue: Catalogue,
    language: Language,
) -> list[str]:
    """named: what the person and the piece are called."""
    values = {"number": entry.number, "name": named[0], "title": named[1] or "–"}
    if not entry.is_in:
        return [f"{say('challenge.list_line', language, **values)} · {entry_line(entry, language)}"]
    if standing is None:
        head = say("challenge.list_line", language, **values)
    else:
        score = score_words(standing, view.plan, language)
        head = say("challenge.list_placed", language, **values, place=standing.place, score=score)
    findings = " · ".join(finding_line(finding, catalogue, language) for finding in entry.findings)
    return [head, f"  {findings}"] if findings else [head]


def _heard(
    context: Context, entry: Entry, piece: PieceView | None, standing: Standing | None, *, is_over: bool
) -> list[Attachment]:
    """The recording of an entry. Players show who it is by only when a challenge is over."""
    if piece is None or piece.deleted is not None:
        return []
    language = context.language
    facts = Facts(piece.record, context.services.catalogue)
    files = anonymous_files(entry, piece, facts, context.services.store.blobs.path, language)
    heard = [file for file in files if file.kind == "audio"]
    if not is_over:
        return heard
    title = facts.title(language)
    performer = name_words(entry.name, language, context.rules.words)
    numbered = f"{standing.place}. {title}" if standing is not None else title
    return [
        replace(
            file,
            title=numbered,
            performer=performer,
            spare=file.spare and replace(file.spare, title=numbered, performer=performer),
        )
        for file in heard
    ]
