"""A piece enters a challenge: by the button below it, out of one's own list, or as a file; and leaves it again.

Promises: what does not meet the demands is refused with every reason, and nothing is lost; whoever enters is told
privately; a file is drawn without title and names, so that nobody can tell whose it is.
Not covered: who may enter when, how often; that is `bot.jobs.hosting`.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.challenges.demands import Finding, Music, check, fails
from bot.challenges.stages import takes_entries
from bot.chat.messages import Action, Button, Reply, SentFile
from bot.commands.access import acts_for, scope_of
from bot.commands.challenges.finding import challenge_meant, check_place
from bot.commands.challenges.telling import finding_line, listed, rows, words_for
from bot.commands.command import Context
from bot.commands.errors import NoChallenge, NoOwnPiece, NotAllowedIn, NotYourEntry
from bot.commands.files import fetch, plain_name
from bot.commands.pieces import find_piece
from bot.commands.sharing.words import check_music, check_piece
from bot.commands.wording import Facts
from bot.errors import FileNotFetched
from bot.jobs.errors import NoEntriesNow, NoMoreEntries, NoSuchEntry
from bot.jobs.intake import ID_ALPHABET
from bot.making.files import PieceName
from bot.making.interleaved import interleave
from bot.store import PieceView
from bot.store.challenges import ChallengeView, Entry
from bot.texts import clean, say
from renderers.formats import ABC, AUDIO, MIDI, MUSICXML, PAGES
from renderers.pipeline import Rendering
from renderers.score.files import ScoreFile

PIECES_LISTED = 10
_OF_A_PERSON = re.compile(r"^(?:[TCOSHNRZABDFG]:|%%(?:header|footer|text|center)).*\n?", re.MULTILINE)


async def handle_enter(context: Context) -> None:
    """A piece that is named, a file, or a list of one's own to choose from."""
    file, piece = context.options.get("file"), context.options.get("piece")
    view = await challenge_meant(context, stages=("open",))
    _check_open(view)
    if file is not None:
        await _enter_file(context, view, file)
    elif piece:
        await _enter_piece(context, view, await find_piece(context, str(piece)))
    else:
        await _offer_own(context, view)


async def press_enter(context: Context, action: Action) -> None:
    """The button below a piece (target), below a challenge (argument), or of a list (both)."""
    if not action.target:
        view = await challenge_meant(context, named=action.argument)
        _check_open(view)
        await _offer_own(context, view)
        return
    piece = await find_piece(context, action.target)
    if action.argument:
        await _enter_piece(context, await challenge_meant(context, named=action.argument), piece)
        return
    found = await context.services.store.challenges.of(scope_of(context.address), stages=("open",))
    if not found:
        raise NoChallenge(reason="open")
    if len(found) == 1:
        await _enter_piece(context, found[0], piece)
        return
    language = context.language
    buttons = [Button(listed(view, language)[:80], Action("enter", piece.id, view.id)) for view in found]
    text = say("challenge.which_to_enter", language)
    await context.reply(Reply(text, buttons=rows(buttons, 1), private=True, personal=True, language=language))


async def handle_withdraw(context: Context) -> None:
    """One's own entry, by its number or the only one."""
    view = await challenge_meant(context, stages=("open", "voting"))
    entries = await context.services.store.challenges.entries(view.id)
    mine = [entry for entry in entries if entry.person == context.person.key and entry.is_in]
    number = context.options.get("number") or (mine[0].number if len(mine) == 1 else None)
    if number is None and mine:
        await _offer_withdrawing(context, view, mine)
        return
    await _withdraw(context, view.id, int(number or 0))


async def press_withdraw(context: Context, action: Action) -> None:
    """The button of one's own entry."""
    number = int(action.argument) if action.argument.isdecimal() else 0
    await _withdraw(context, action.target, number)


async def _withdraw(context: Context, id_: str, number: int) -> None:
    if number <= 0:
        raise NoSuchEntry(number=number, id=id_)
    entry = await context.services.jobs.host.withdraw(id_, number, person=context.person.key)
    text = say("challenge.withdrawn", context.language, number=entry.number)
    await context.reply(Reply(text, private=True, personal=True, language=context.language))


async def _offer_withdrawing(context: Context, view: ChallengeView, mine: Sequence[Entry]) -> None:
    language = context.language
    buttons = [
        Button(
            say("button.withdraw", language, number=entry.number),
            Action("withdraw", view.id, str(entry.number)),
            "danger",
        )
        for entry in mine
    ]
    text = say("challenge.which_to_withdraw", language)
    await context.reply(Reply(text, buttons=rows(buttons), private=True, personal=True, language=language))


async def _offer_own(context: Context, view: ChallengeView) -> None:
    """One's own newest pieces as buttons."""
    own = await context.services.store.pieces.of(context.person.key, PIECES_LISTED)
    language = context.language
    if not own:
        raise NoOwnPiece(reason="enter", words=words_for(view.plan.demands, context.services.catalogue, language))
    catalogue = context.services.catalogue
    lines = [f"{piece.id} · {Facts(piece.record, catalogue).line(language)}" for piece in own]
    buttons = [Button(piece.id, Action("enter", piece.id, view.id)) for piece in own]
    text = "\n".join([say("challenge.which_piece", language), *lines])
    title = say("challenge.title", language, theme=view.plan.theme)
    await context.reply(Reply(text, title=title, buttons=rows(buttons), private=True, personal=True, language=language))


# --- a piece ----------------------------------------------------------------------------------------------------------


async def _enter_piece(context: Context, view: ChallengeView, piece: PieceView) -> None:
    check_place(context, view)
    _check_open(view)
    if not await acts_for(context, piece.person):
        raise NotYourEntry
    await check_piece(context, piece, scope=view.scope)
    source = await context.services.store.pieces.source(piece.id)
    abc = (await interleave(source.abc, context.services.reader)).abc
    style = Facts(piece.record, context.services.catalogue).style
    named = {"composer": style.composer, "instrumentation": style.instrumentation}
    findings = await _check(context, view, Music(abc=abc, style=named))
    await _enter(context, view, piece.id, findings)


async def _check(context: Context, view: ChallengeView, music: Music) -> tuple[Finding, ...]:
    """Raises NotAllowedIn."""
    findings = await asyncio.to_thread(check, view.plan.demands, music)
    if failed := fails(findings):
        lines = (finding_line(finding, context.services.catalogue, context.language) for finding in failed)
        raise NotAllowedIn(lines=" · ".join(lines))
    return findings


async def _enter(context: Context, view: ChallengeView, piece: str, findings: Sequence[Finding]) -> None:
    services, language = context.services, context.language
    name = clean(context.called or "", limit=40)
    entry = await services.jobs.host.enter(
        view.id, person=context.person.key, name=name, piece=piece, findings=findings
    )
    lines = [
        say("challenge.entered", language, number=entry.number, theme=view.plan.theme),
        *(finding_line(finding, services.catalogue, language) for finding in findings),
    ]
    button = Button(
        say("button.withdraw", language, number=entry.number), Action("withdraw", view.id, str(entry.number)), "danger"
    )
    await context.reply(Reply("\n".join(lines), buttons=((button,),), private=True, personal=True, language=language))


def _check_open(view: ChallengeView) -> None:
    """Before anything is read. Raises NoEntriesNow."""
    if not takes_entries(view.stage, view.plan, now=time.time()):
        reason = "not_yet" if view.stage in ("planned", "announced") else "over"
        raise NoEntriesNow(reason=reason, id=view.id)


# --- a file -----------------------------------------------------------------------------------------------------------


async def _enter_file(context: Context, view: ChallengeView, file: SentFile) -> None:
    """Read, checked, drawn and kept as a piece of whoever sent it. Raises BotError, RenderError."""
    services = context.services
    if services.reader is None:
        raise FileNotFetched
    await _check_room(context, view)
    source = ScoreFile(name=plain_name(file.name), content=await fetch(file))
    abc = anonymous((await interleave(source, services.reader)).abc)
    await check_music(context, abc, scope=view.scope)
    music = Music(abc=abc, style={})
    findings = await _check(context, view, music)
    theme = view.plan.theme[:80]
    formats = [ABC.name, PAGES.name, AUDIO.name, MIDI.name, MUSICXML.name]
    drawn = await services.reader.render_most(ScoreFile(name="entry", content=abc.encode()), formats, title=theme)
    id_ = id_of_event(context.event_key)
    if await services.store.pieces.get(id_) is None:
        await _keep(context, id_, music, drawn, title=theme)
    await _enter(context, view, id_, findings)


async def _check_room(context: Context, view: ChallengeView) -> None:
    """Before anything is drawn. Raises NoMoreEntries."""
    entries = await context.services.store.challenges.entries(view.id)
    mine = [entry for entry in entries if entry.person == context.person.key and entry.state != "withdrawn"]
    if len(mine) >= view.plan.each:
        raise NoMoreEntries(limit=view.plan.each)


async def _keep(context: Context, id_: str, music: Music, drawn: Rendering, *, title: str) -> None:
    """As a piece of whoever sent it."""
    store = context.services.store
    name = PieceName("entry", datetime.now(UTC), id_)
    record = {
        "id": id_,
        "name": str(name),
        "kind": "engrave",
        "title": title,
        "credit": "",
        "key": music.key or "none",
        "source": {"name": "entry", "form": "abc"},
        "report_card": {"bars": music.bars, "metre": music.metre or "none", "seconds": drawn.seconds},
        "made": name.made.isoformat(timespec="seconds"),
        "files": sorted(drawn.files),
        "seconds": drawn.seconds,
        "request": {},
    }
    stored = await store.pieces.put_files(str(name), drawn.files)
    async with store.writing() as connection:
        await store.pieces.add(
            connection,
            id=id_,
            person=context.person.key,
            platform=context.person.platform,
            guild=context.address.guild,
            record=record,
            files=stored,
            created=time.time(),
        )


def id_of_event(event_key: str) -> str:
    """The same when the same event comes again, so that one file makes one piece."""
    digest = hashlib.sha256(event_key.encode()).digest()
    return "".join(ID_ALPHABET[byte % len(ID_ALPHABET)] for byte in digest[:12])


def anonymous(abc: str) -> str:
    """The tune without the fields that may say whose it is."""
    return _OF_A_PERSON.sub("", abc)
