"""A finished piece in a chat: finding it again, and what its buttons do.

A button works for as long as the piece is in the store. Everybody may look at a piece and make their own from it; only
its owner, or an operator, may delete it, and where a server's rules say so, whoever manages the server. Its files are
sent to whoever asks for them, to nobody else, and not so often that others have to wait (`rationing.py`). What a piece
looks like: `showing.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.chat.messages import Action, Attachment, Button, Reply
from bot.chat.messenger import PlatformError
from bot.commands.access import TERMINAL, acts_for, is_admin, scope_of, server_key
from bot.commands.command import Context, Suggestion
from bot.commands.errors import FileIsGone, KeptByManagers, NoOwnPiece, NoSuchPiece, NotYourPiece, PieceIsGone
from bot.commands.requests import ask_to_compose
from bot.commands.sharing.words import check_piece
from bot.commands.showing import file_attachment, page_attachment, page_files, print_row, result_reply
from bot.commands.wording import Facts, details
from bot.making.compose import COOLER, HOTTER, Compose
from bot.making.edit import UNDONE
from bot.making.print_out import PrintOut
from bot.store import PieceView
from bot.texts import clean, say
from generator.errors import BadRequest
from renderers.formats import PAGES, PDF, format_of

FILES_IN_A_MESSAGE = 10  # on every platform
PIECES_LISTED = 10
SHEETS_BEFORE = 10  # of which nobody means one when they speak of their last piece
MOST_UNDONE = 100  # edits in a row
PRINT = PrintOut.kind


# --- finding a piece ------------------------------------------------------------------------------------------------


async def find_piece(context: Context, piece_id: str) -> PieceView:
    """Raises NoSuchPiece, PieceIsGone."""
    wanted = clean(piece_id.strip().lower().removeprefix("#"), limit=20)
    piece = await context.services.store.pieces.get(wanted) if wanted else None
    if piece is None:
        raise NoSuchPiece(id=wanted or "–")
    if piece.deleted is not None:
        raise PieceIsGone(id=piece.id)
    return piece


async def piece_or_newest(context: Context, wanted: str | None) -> PieceView:
    """The piece that is named, or the newest of one's own. Raises NoOwnPiece, NoSuchPiece, PieceIsGone."""
    if wanted:
        return await find_piece(context, wanted)
    newest = await newest_standing(context)
    if newest is None:
        waiting = await context.services.jobs.board.waiting(context.person.key)
        raise NoOwnPiece(reason="waiting", id=waiting[-1].job.id) if waiting else NoOwnPiece
    return newest


async def newest_standing(context: Context) -> PieceView | None:
    """The newest of one's own; where that was undone, what it came from. What a sweep has tried out is meant only
    where there is nothing else.
    """
    pieces = context.services.store.pieces
    newest = [one for one in await pieces.of(context.person.key, SHEETS_BEFORE) if "sheet" not in one.record]
    piece = next((one for one in newest if "sweep" not in one.record), newest[0] if newest else None)
    for _ in range(MOST_UNDONE):
        if piece is None or (piece.record.get("choice") or {}).get("verdict") != UNDONE:
            return piece
        before = await pieces.get(str(piece.record.get("parent") or ""))
        piece = before if before is not None and before.deleted is None else None
    return piece


async def what_was_printed(context: Context, piece: PieceView) -> PieceView:
    """Of a print the piece that it is of, which has all that is heard and seen; any other piece is itself."""
    pieces = context.services.store.pieces
    for _ in range(MOST_UNDONE):
        before = await pieces.get(str(piece.record.get("parent") or "")) if piece.record.get("kind") == PRINT else None
        if before is None or before.deleted is not None:
            return piece
        piece = before
    return piece


async def recall(context: Context, piece_id: str) -> None:
    """Show a piece again, from the bot's own store."""
    piece = await find_piece(context, piece_id)
    await check_piece(context, piece)
    facts = Facts(piece.record, context.services.catalogue)
    reply = result_reply(
        facts,
        piece,
        context.services.store.blobs.path,
        context.language,
        can_enter=scope_of(context.address) in context.services.store.challenges.open_scopes,
        pdf=context.likes.pages == "pdf",
        audio=context.likes.audio,
    )
    await _hand_over(context, piece, "piece", [reply])


async def handle_piece(context: Context) -> None:
    """`/piece`: without an id, a list of one's own."""
    wanted = context.options.get("id")
    if wanted is not None:
        await recall(context, wanted)
        return
    language = context.language
    own = await context.services.store.pieces.of(context.person.key, PIECES_LISTED)
    if not own:
        await context.reply(Reply(say("piece.none", language), private=True, personal=True, language=language))
        return
    lines = [f"{piece.id} · {Facts(piece.record, context.services.catalogue).line(language)}" for piece in own]
    buttons = [Button(piece.id, Action("recall", piece.id)) for piece in own]
    rows = (buttons[:5], buttons[5:]) if len(buttons) > 5 else (buttons,)
    title = say("piece.yours", language)
    await context.reply(
        Reply("\n".join(lines), title=title, buttons=rows, private=True, personal=True, language=language)
    )


async def press_recall(context: Context, action: Action) -> None:
    """Show the piece of a list."""
    await recall(context, action.target)


# --- buttons that look ----------------------------------------------------------------------------------------------


async def press_details(context: Context, action: Action) -> None:
    """All figures, for the one who asked."""
    piece = await find_piece(context, action.target)
    facts, language = Facts(piece.record, context.services.catalogue), context.language
    await context.reply(
        Reply(details(facts, language), title=facts.title(language), private=True, personal=True, language=language)
    )


async def press_pdf(context: Context, action: Action) -> None:
    """The pages to print."""
    piece = await find_piece(context, action.target)
    file = piece.file(PDF.ending)
    if file is None:
        raise FileIsGone(id=piece.id)
    path = context.services.store.blobs.path(file.sha256)
    text = say("piece.pdf", context.language, id=piece.id)
    files = (Attachment(file.name, "document", path),)
    await _hand_over(
        context,
        piece,
        PDF.name,
        [
            Reply(
                text,
                buttons=(print_row(piece.id, context.language),),
                attachments=files,
                private=True,
                language=context.language,
            )
        ],
    )


async def press_files(context: Context, action: Action) -> None:
    """Every file of the piece, and its record; in several messages if need be."""
    piece = await find_piece(context, action.target)
    record = json.dumps(dict(piece.record), ensure_ascii=False, indent=2).encode()
    name = str(piece.record.get("name") or piece.id)
    endings = [file.ending for file in piece.files if (row := format_of(file.ending)) is None or row.offered]
    endings.sort(key=lambda ending: (PAGES.has(ending), len(ending), ending))
    paths = context.services.store.blobs.path
    attachments = [file for ending in endings if (file := file_attachment(piece, ending, paths)) is not None]
    attachments.append(Attachment(f"{name}.json", "document", data=record))
    lacks = Facts(piece.record, context.services.catalogue).not_of_this(context.language)
    text = "\n".join(filter(None, (say("piece.files", context.language, id=piece.id), lacks)))
    replies = [
        Reply(
            text, attachments=attachments[start : start + FILES_IN_A_MESSAGE], private=True, language=context.language
        )
        for start in range(0, len(attachments), FILES_IN_A_MESSAGE)
    ]
    await _hand_over(context, piece, "files", replies)


async def press_page(context: Context, action: Action) -> None:
    """One page, for whoever asked, with buttons to turn to its neighbours."""
    piece = await find_piece(context, action.target)
    await _hand_over(context, piece, f"page {action.argument}", [_page(context, piece, action)])


async def press_turn(context: Context, action: Action) -> None:
    """Another page in the place of the one that was sent."""
    piece = await find_piece(context, action.target)
    await context.edit(_page(context, piece, action))


def _page(context: Context, piece: PieceView, action: Action) -> Reply:
    """Raises FileIsGone."""
    pages, language = page_files(piece), context.language
    number = int(action.argument) if action.argument.isdecimal() else 1
    if not 1 <= number <= len(pages):
        raise FileIsGone(id=piece.id)
    facts = Facts(piece.record, context.services.catalogue)
    picture = page_attachment(facts, piece, context.services.store.blobs.path, number, language)
    turns = [
        Button(say(f"button.{name}", language), Action("turn", piece.id, str(to)))
        for name, to in (("back", number - 1), ("next", number + 1))
        if 1 <= to <= len(pages)
    ]
    text = say("piece.page", language, id=piece.id, page=number, pages=len(pages))
    buttons = (turns,) if turns else ()
    return Reply(text, buttons=buttons, attachments=(picture,), private=True, language=language)


async def _hand_over(context: Context, piece: PieceView, what: str, replies: Sequence[Reply]) -> None:
    """Send files, unless that was done a moment ago or very often. Raises FilesAgain, FilesQuota."""
    is_counted = context.person.platform != TERMINAL  # whoever sits there is alone with the bot
    rations, person = context.services.rations, context.person.key
    if is_counted:
        rations.take(person, piece.id, what, context.services.settings)
    for reply in replies:
        if await context.reply(reply) is None:  # there is no way to this person yet
            rations.give_back(person, piece.id, what)
            return


# --- buttons that make a new piece ----------------------------------------------------------------------------------


def composition_of(piece: PieceView) -> Compose:
    """What a piece was composed from. Raises FileIsGone for a record that does not say."""
    try:
        return Compose.of_record(piece.record, parent=piece.id)
    except (KeyError, TypeError, BadRequest) as error:
        raise FileIsGone(id=piece.id) from error


async def press_again(context: Context, action: Action) -> None:
    """The same with a new seed; it belongs to whoever pressed."""
    await ask_to_compose(context, composition_of(await find_piece(context, action.target)).again())


async def press_hotter(context: Context, action: Action) -> None:
    """The same seed, more daring."""
    await ask_to_compose(context, composition_of(await find_piece(context, action.target)).warmer(HOTTER))


async def press_cooler(context: Context, action: Action) -> None:
    """The same seed, less daring."""
    await ask_to_compose(context, composition_of(await find_piece(context, action.target)).warmer(COOLER))


# --- deleting -------------------------------------------------------------------------------------------------------


async def press_delete(context: Context, action: Action) -> None:
    """Ask once. Pressed again on the message of a deleted piece, the message goes too."""
    language = context.language
    try:
        piece = await find_piece(context, action.target)
    except PieceIsGone:
        await _check_owner(context, action.target)
        await context.delete()
        return
    await _check_owner(context, piece.id)
    buttons = (
        Button(say("button.sure", language), Action("sure", piece.id), "danger"),
        Button(say("button.keep", language), Action("keep", piece.id)),
    )
    facts = Facts(piece.record, context.services.catalogue)
    text = say("delete.question", language, id=piece.id, title=facts.title(language))
    await context.reply(Reply(text, buttons=(buttons,), private=True, language=language))


async def press_sure(context: Context, action: Action) -> None:
    """Delete the piece for everybody, and take its messages out of this chat."""
    await _check_owner(context, action.target)
    if not await context.services.store.pieces.delete(action.target):
        raise PieceIsGone(id=action.target)
    key = "delete.done" if await _remove_messages(context, action.target) else "delete.message_stays"
    text = say(key, context.language, id=action.target)
    await context.edit(Reply(text, private=True, language=context.language))


async def _remove_messages(context: Context, piece_id: str) -> bool:
    """Those that came as the result, if that was here. Which they are is never read from a button."""
    store, here = context.services.store, context.address
    job = await store.jobs.get(piece_id)
    if job is None or (job.address.platform, job.address.chat) != (here.platform, here.chat):
        return False
    messages = await store.deliveries.messages(job.id)
    are_gone = bool(messages)
    for message in messages:
        try:
            are_gone = await context.remove(message) and are_gone
        except PlatformError:  # the piece is deleted all the same, and the person is told
            are_gone = False
    return are_gone


async def press_keep(context: Context, action: Action) -> None:
    """Not deleted after all."""
    text = say("delete.kept", context.language, id=action.target)
    await context.edit(Reply(text, private=True, language=context.language))


async def _check_owner(context: Context, piece_id: str) -> None:
    """Raises NoSuchPiece, NotYourPiece."""
    piece = await context.services.store.pieces.get(piece_id)
    if piece is None:
        raise NoSuchPiece(id=clean(piece_id))
    if is_admin(context.services.settings, context.person):
        return
    is_here = piece.guild is not None and f"{piece.platform}:{piece.guild}" == server_key(context.address)
    deleting = context.rules.deleting if is_here else "asker"
    is_askers = piece.person == context.person.key
    if is_askers and deleting != "managers":
        return
    if is_here and deleting != "asker" and await context.here.is_managed():
        return
    if not is_askers and await acts_for(context, piece.person):
        return
    raise KeptByManagers if is_askers else NotYourPiece


async def suggest_piece(context: Context, typed: str) -> Sequence[Suggestion]:
    """One's own newest pieces."""
    own = await context.services.store.pieces.of(context.person.key, 25)
    suggestions = []
    for piece in own:
        label = f"{piece.id} · {Facts(piece.record, context.services.catalogue).line(context.language)}"
        if typed.strip().lower() in label.lower():
            suggestions.append(Suggestion(label[:100], piece.id))
    return suggestions
