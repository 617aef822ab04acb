"""`/play`: pieces aloud in the voice channel where somebody sits, one after another, with what is playing and its page.

Promises: only who sits there, or manages the server, pauses, skips or ends; entries of a challenge are played in their
order and without names until it is over; nothing is played that was taken down in this server. Where there is no voice
channel, a piece is shown with its player. Not covered: how sound gets there (`bot.chat.hall`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from bot.chat.hall import Hall, NotInHall, Programme, Track
from bot.chat.messages import Action, Attachment, Button, Reply
from bot.commands.access import is_admin, scope_of
from bot.commands.challenges.finding import challenge_meant
from bot.commands.challenges.organising import ANYTIME
from bot.commands.changing import ABOUT
from bot.commands.command import Context, Services
from bot.commands.errors import NoHallHere, NothingPlays, NothingToPlay
from bot.commands.pieces import find_piece, piece_or_newest, recall, what_was_printed
from bot.commands.showing import page_attachment, page_files
from bot.commands.wording import Facts
from bot.store import PieceView
from bot.texts import Language, say
from renderers.formats import OPUS

PAUSE, RESUME, SKIP, STOP = "pause", "resume", "skip", "stop"
FAVOURITES, OWN, GALLERY = "favourites", "own", "gallery"
DEEDS, LISTS = (PAUSE, RESUME, SKIP, STOP), (FAVOURITES, OWN, GALLERY)
MOST_LISTED = 25  # pieces of a list
NEXT_SHOWN, FAILED_SHOWN = 5, 3
_DONE = {PAUSE: "hall.did_pause", RESUME: "hall.did_resume", SKIP: "hall.did_skip", STOP: "hall.did_stop"}
_ENDED = {
    "finished": "hall.ended_finished",
    "stopped": "hall.ended_stopped",
    "alone": "hall.ended_alone",
    "thrown_out": "hall.ended_thrown_out",
    "cut_off": "hall.ended_cut_off",
}
_BETWEEN = re.compile(r"[\s,;、，]+")

Do = Callable[[Hall], Awaitable[object]]


async def handle_play(context: Context) -> None:
    """Without options the newest piece of one's own; while something plays, what that is.

    Raises NoHallHere, NotInHall, HallClosed, HallBusy, HallFull, NothingToPlay, NothingPlays, and what finding a piece
    raises.
    """
    options, hall = context.options, context.here.hall
    deed = options.get("do")
    is_plain = not any(options.get(name) for name in ("piece", ABOUT, "list", "challenge"))
    if hall is None:
        if deed or not (is_plain or options.get("piece") or options.get(ABOUT)):
            raise NoHallHere
        (piece, *_) = await _pieces_named(context)
        await recall(context, (await what_was_printed(context, piece)).id)
    elif deed:
        await _do(context, hall, str(deed))
    elif is_plain and hall.programme is not None:
        await context.reply(replace(await board(context.services, context.language, hall.programme), private=True))
    else:
        await _play(context, hall, await _tracks(context))


async def press_pause(context: Context, _action: Action) -> None:
    """Of the button below what is playing; the same lets it go on."""
    await _press(context, lambda hall: hall.pause())


async def press_skip(context: Context, _action: Action) -> None:
    """The next piece."""
    await _press(context, lambda hall: hall.skip())


async def press_stop(context: Context, _action: Action) -> None:
    """The end."""
    await _press(context, lambda hall: hall.leave())


# --- what is to be heard --------------------------------------------------------------------------------------------


async def _tracks(context: Context) -> list[Track]:
    """Raises NothingToPlay and what finding a piece or a challenge raises."""
    if context.options.get("challenge"):
        return await _entries(context)
    which = context.options.get("list")
    pieces = await _pieces_listed(context, str(which)) if which else await _pieces_named(context)
    banned = await context.services.store.exhibits.down(scope_of(context.address))
    tracks = [_track(context, piece) for piece in pieces if piece.id not in banned]
    if not tracks:
        raise NothingToPlay(reason="taken_down" if pieces else str(which))
    return tracks


async def _pieces_named(context: Context) -> list[PieceView]:
    """Those whose ids were given, the one that was answered, or the newest of one's own."""
    named = [word for word in _BETWEEN.split(str(context.options.get("piece") or "")) if word]
    if not named:
        return [await piece_or_newest(context, context.options.get(ABOUT))]
    return [await find_piece(context, word) for word in dict.fromkeys(named)]


async def _pieces_listed(context: Context, which: str) -> list[PieceView]:
    """Of a list, in the order in which its own command shows them."""
    store, person = context.services.store, context.person.key
    if which == OWN:
        return [piece for piece in await store.pieces.of(person, MOST_LISTED) if "sheet" not in piece.record]
    if which == GALLERY:
        ids = await store.exhibits.gallery([scope_of(context.address)], limit=MOST_LISTED)
    else:
        ids = await store.favourites.of(person, limit=MOST_LISTED)
    found = await store.pieces.some(ids)
    return [found[id_] for id_ in ids if id_ in found and found[id_].deleted is None]


async def _entries(context: Context) -> list[Track]:
    """All entries of a challenge in their order."""
    view = await challenge_meant(context, stages=ANYTIME)
    if view.stage not in ("voting", "closed"):
        raise NothingToPlay(reason="not_yet")
    store, language = context.services.store, context.language
    entries = [entry for entry in await store.challenges.entries(view.id) if entry.is_in]
    pieces = await store.pieces.some([entry.piece for entry in entries])
    tracks = []
    for entry in entries:
        piece = pieces.get(entry.piece)
        if piece is not None and piece.deleted is None:
            title = say("challenge.entry", language, number=entry.number)
            is_over = view.stage == "closed"
            whole = f"{title} · {Facts(piece.record, context.services.catalogue).title(language)}" if is_over else title
            tracks.append(replace(_track(context, piece), title=whole, is_anonymous=not is_over))
    if not tracks:
        raise NothingToPlay(reason="no_entries")
    return tracks


def _track(context: Context, piece: PieceView) -> Track:
    title = Facts(piece.record, context.services.catalogue).title(context.language)
    return Track(piece=piece.id, title=title, fetch=partial(sound_of, context.services, piece))


async def sound_of(services: Services, piece: PieceView) -> bytes:
    """A piece as Ogg Opus: as it came, or made now.

    Raises RenderError, NothingToPlay, StoreError, SourceIsGone, OSError.
    """
    file = piece.file(OPUS.ending)
    if file is not None:
        return await asyncio.to_thread(services.store.blobs.path(file.sha256).read_bytes)
    if services.reader is None:
        raise NothingToPlay
    source = await services.store.pieces.source(piece.id)
    record = piece.record
    rendering = await services.reader.render_most(
        source.abc,
        [OPUS.name],
        title=str(record.get("title") or ""),
        composer=str(record.get("credit") or ""),
        tune=str(record.get("tune") or ""),
    )
    for error in rendering.missing.values():
        raise error
    return rendering.files[OPUS.ending]


# --- playing --------------------------------------------------------------------------------------------------------


async def _play(context: Context, hall: Hall, tracks: Sequence[Track]) -> None:
    """The answer to who begins is the board; whoever adds something is told its place."""
    services, language = context.services, context.language
    await hall.enter()
    before = hall.add(tracks)
    if before:
        text = say("hall.added", language, n=len(tracks), title=tracks[0].title, before=before)
        await context.reply(Reply(text, private=True, language=language))
        return
    first, *others = tracks
    shown = Programme(hall=hall.programme.hall if hall.programme else "", playing=first, following=tuple(others))
    message = await context.reply(await board(services, language, shown))
    if message is not None:
        hall.show(replace(context.address, message=message), partial(board, services, language))


async def _do(context: Context, hall: Hall, deed: str) -> None:
    """Raises NothingPlays, NotInHall."""
    programme = await _may_do(context, hall)
    if deed in (PAUSE, RESUME):
        if programme.is_paused is (deed == RESUME):
            await hall.pause()
    elif deed == SKIP:
        await hall.skip()
    else:
        await hall.leave()
    text = say(_DONE[deed], context.language, hall=programme.hall)
    await context.reply(Reply(text, private=True, language=context.language))


async def _press(context: Context, do: Do) -> None:
    """The board changes by itself."""
    hall = context.here.hall
    if hall is None or hall.programme is None:
        await context.edit(Reply(say("hall.over", context.language), language=context.language))
        return
    await _may_do(context, hall)
    await do(hall)


async def _may_do(context: Context, hall: Hall) -> Programme:
    """Raises NothingPlays, NotInHall."""
    programme = hall.programme
    if programme is None:
        raise NothingPlays
    is_allowed = hall.hears or is_admin(context.services.settings, context.person) or await context.here.is_managed()
    if not is_allowed:
        raise NotInHall(reason="listener", name=programme.hall)
    return programme


# --- what is shown --------------------------------------------------------------------------------------------------


async def board(services: Services, language: Language, programme: Programme) -> Reply:
    """What is playing, with its first page, what follows, and buttons; or that it is over."""
    if programme.ended:
        lines = [say(_ENDED[programme.ended], language, hall=programme.hall), *_failures(programme, language)]
        return Reply("\n".join(lines), title=say("hall.title_over", language), language=language)
    track = programme.playing
    if track is None and not programme.following:
        lines = [say("hall.idle", language, hall=programme.hall), *_failures(programme, language)]
        return Reply("\n".join(lines), title=say("hall.idle_title", language), language=language)
    piece = await services.store.pieces.get(track.piece) if track is not None else None
    lines = [say("hall.in_paused" if programme.is_paused else "hall.in", language, hall=programme.hall)]
    if piece is not None and track is not None and not track.is_anonymous:
        lines.append(" · ".join((Facts(piece.record, services.catalogue).length(language), piece.id)))
    lines += _following(programme, language) + _failures(programme, language)
    title = track.title if track is not None else say("hall.title_between", language)
    pictures = [_page(services, piece, track, language)] if piece is not None and track is not None else []
    shown = [Action("recall", track.piece)] if track is not None and not track.is_anonymous else []
    deed = "button.hall_resume" if programme.is_paused else "button.hall_pause"
    buttons = [
        Button(say(deed, language), Action("hallpause"), "primary"),
        Button(say("button.hall_skip", language), Action("hallskip")),
        Button(say("button.hall_stop", language), Action("hallstop"), "danger"),
        *(Button(say("button.hall_show", language), action) for action in shown),
    ]
    attachments = [picture for picture in pictures if picture is not None]
    return Reply("\n".join(lines), title=title, buttons=(buttons,), attachments=attachments, language=language)


def _page(services: Services, piece: PieceView, track: Track, language: Language) -> Attachment | None:
    if piece.deleted is not None or not page_files(piece):
        return None
    page = page_attachment(Facts(piece.record, services.catalogue), piece, services.store.blobs.path, 1, language)
    return replace(page, name="page_p1.png", description=track.title, spare=None) if track.is_anonymous else page


def _following(programme: Programme, language: Language) -> list[str]:
    waiting = programme.following
    lines = [f"{number}. {track.title}" for number, track in enumerate(waiting[:NEXT_SHOWN], 1)]
    if not lines:
        return []
    more = len(waiting) - NEXT_SHOWN
    return [say("hall.next", language), *lines, *([say("hall.more", language, n=more)] if more > 0 else [])]


def _failures(programme: Programme, language: Language) -> list[str]:
    return [say("hall.failed", language, title=title) for title in programme.failed[-FAILED_SHOWN:]]
