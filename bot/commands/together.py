"""`/together`: an owner lets others change a piece, all here or some by name, and takes that back.

What those make of it belongs to it: it is told who changed what, and what two change at once is put together bar by
bar. Where both changed the same bars, anybody of them says whose stay. Everybody else may still make pieces of their
own from it. Not covered: putting together (`bot/jobs/together.py`, `generator/onward/merging.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.chat.messages import Action, Button, Reply
from bot.commands.access import acts_for, scope_of, server_key
from bot.commands.changing import ABOUT
from bot.commands.command import Context
from bot.commands.errors import NobodyHere, NoSuchPerson, NotTogether, NotYourPiece, StaleButton
from bot.commands.pieces import find_piece, piece_or_newest
from bot.commands.requests import ask
from bot.making.merge import BOTH, CLASHING, TAKES, Merge
from bot.store import PieceView
from bot.store.together import MOST_PEOPLE, OF, OPEN, Share, share_in
from bot.texts import Language, clean, join, languages, say

EVERYBODY, NOBODY = "all", "off"
SHOWN_NAMES = 8
_MENTION = re.compile(r"<@!?(\d{1,20})>|([a-z]{2,20}):([0-9a-zA-Z_-]{1,40})")

_BETWEEN = re.compile(r"[,，、;]+|\s+(?:and|und)\s+|\s*和\s*")


async def handle_together(context: Context) -> None:
    """Who may change the piece that is meant; and change that. Raises NotYourPiece, NoSuchPerson, NobodyHere."""
    meant = await piece_or_newest(context, context.options.get("piece") or context.options.get(ABOUT))
    root = await _root(context, meant)
    words = str(context.options.get("with") or "").strip()
    if not words:
        await context.reply(await _state(context, root, share_in(root.record)))
        return
    await _check_owner(context, root)
    share = await _share_for(context, words)
    await context.services.store.pieces.note(root.id, **{OPEN: share.to_json() if share else None})
    await context.reply(await _state(context, root, share))


async def press_together(context: Context, action: Action) -> None:
    """For all here, or for nobody else."""
    root = await find_piece(context, action.target)
    await _check_owner(context, root)
    if action.argument not in (EVERYBODY, NOBODY):
        raise StaleButton
    share = _everybody(context) if action.argument == EVERYBODY else None
    await context.services.store.pieces.note(root.id, **{OPEN: share.to_json() if share else None})
    await context.edit(await _state(context, root, share))


async def press_take(context: Context, action: Action) -> None:
    """Whose bars stay where two people changed the same; or both versions. The first who says so decides."""
    piece, language = await find_piece(context, action.target), context.language
    clash, root = piece.record.get(CLASHING), str(piece.record.get(OF) or "")
    if clash is None or action.argument not in TAKES:
        raise StaleButton
    store = context.services.store
    if await store.together.root_for(root, person=context.person.key, scope=scope_of(context.address)) is None:
        raise NotTogether(id=root)
    event_key = f"take:{piece.id}"
    if piece.record.get("took") or await store.jobs.of_event(event_key) is not None:
        await context.reply(Reply(say("merged.taken", language), private=True, language=language))
        return
    if action.argument == BOTH:
        await store.pieces.note(piece.id, took=BOTH)
        text = say("merged.took_both", language, mine=clash["mine"], theirs=clash["theirs"])
        await context.reply(Reply(text, language=language))
        return
    task = Merge.from_json({**clash, "take": action.argument})
    if await ask(context, task, event_key=event_key):
        await store.pieces.note(piece.id, took=action.argument)


async def owns_line(context: Context, piece: PieceView) -> bool:
    """Whether a piece belongs to one that this person has opened."""
    root = await context.services.store.pieces.get(str(piece.record.get(OF) or ""))
    return root is not None and root.deleted is None and await acts_for(context, root.person)


async def _root(context: Context, piece: PieceView) -> PieceView:
    """The piece that was opened, of which this is a version; else the piece itself."""
    of = piece.record.get(OF)
    return piece if not of or share_in(piece.record) else await find_piece(context, str(of))


async def _check_owner(context: Context, root: PieceView) -> None:
    if not await acts_for(context, root.person):
        raise NotYourPiece


# --- who -------------------------------------------------------------------------------------------------------------


async def _share_for(context: Context, words: str) -> Share | None:
    """Raises NoSuchPerson, NobodyHere."""
    said = words.casefold().strip(" .!。！")
    if said == EVERYBODY or said in _words_for("together.said_all"):
        return _everybody(context)
    if said == NOBODY or said in _words_for("together.said_nobody"):
        return None
    server = server_key(context.address)
    known = await context.services.store.jobs.names_in(*server.split(":", 1)) if server is not None else {}
    people = [_person(context, name, known) for name in _BETWEEN.split(words) if name.strip()]
    return Share(people=tuple(dict.fromkeys(people))[:MOST_PEOPLE])


def _words_for(key: str) -> set[str]:
    """What people say for it, in all languages."""
    return {word.strip().casefold() for each in languages() for word in re.split("[,、]", say(key, each))}


def _everybody(context: Context) -> Share:
    if server_key(context.address) is None:
        raise NobodyHere
    return Share(scope=scope_of(context.address))


def _person(context: Context, name: str, known: dict[str, str]) -> str:
    """The key of who is named: by a mention, an id, or the name under which they asked for something here."""
    found = _MENTION.fullmatch(name.strip())
    if found is not None:
        return f"{context.person.platform}:{found[1]}" if found[1] else f"{found[2]}:{found[3]}"
    wanted = name.strip().lstrip("@").casefold()
    keys = {key for called, key in known.items() if called.casefold() == wanted}
    if len(keys) == 1:
        return keys.pop()
    others = tuple(clean(called, limit=40) for called, key in known.items() if key != context.person.key)
    raise NoSuchPerson(name=clean(name.strip()), names=others[-SHOWN_NAMES:] or ("–",))


async def _state(context: Context, root: PieceView, share: Share | None) -> Reply:
    """Who may change it, and the buttons that change who may."""
    language = context.language
    text = await _who_words(context, root, share, language)
    buttons = [Button(say("button.together_off", language), Action("together", root.id, NOBODY))]
    if server_key(context.address) is not None:
        everybody = Button(say("button.together_all", language), Action("together", root.id, EVERYBODY), "primary")
        buttons.insert(0, everybody)
    rows: Sequence[Sequence[Button]] = (buttons,) if await acts_for(context, root.person) else ()
    return Reply(text, title=say("together.title", language, id=root.id), buttons=rows, language=language)


async def _who_words(context: Context, root: PieceView, share: Share | None, language: Language) -> str:
    if share is None or not (share.scope or share.people):
        return say("together.nobody", language, id=root.id)
    if share.scope:
        return say("together.everybody", language, id=root.id)
    server = server_key(context.address)
    known = await context.services.store.jobs.names_in(*server.split(":", 1)) if server is not None else {}
    names = {key: called for called, key in known.items()}
    return say(
        "together.some", language, who=join([clean(names.get(key, key)) for key in share.people], language), id=root.id
    )
