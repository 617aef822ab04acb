"""`/tree`: where a piece comes from and what was made of it, as a picture, with a button to open each piece.

Who sees what: the pieces that were made in this chat, and one's own; of others only those that one's own were made
from, unless they were made in somebody's private talk. All others are without a name or not there at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.chat.messages import Action, Address, Attachment, Button, Reply
from bot.commands.access import server_key
from bot.commands.changing import ABOUT
from bot.commands.command import Context
from bot.commands.pieces import piece_or_newest
from bot.commands.showing import page_files
from bot.commands.wording import Facts
from bot.jobs.intake import ID_CHARS
from bot.making.family import Family, Member, family_of
from bot.making.kinds import kind_of
from bot.store import PieceView
from bot.store.lineage import Parents, ancestors, parent_of
from bot.texts import Language, clean, moment, say
from renderers.pictures.cards import Card, draw_cards

MOST_SHOWN = 12
BUTTONS_IN_A_ROW = 4
LINE_CHARS = 62  # so that twelve of them, and what stands around them, are a caption
MAX_NAME_CHARS = 40


async def handle_tree(context: Context) -> None:
    """Draw the family of the piece that is meant. Raises NoOwnPiece, NoSuchPiece, PieceIsGone."""
    meant = await piece_or_newest(context, context.options.get("piece") or context.options.get(ABOUT))
    await show_tree(context, meant)


async def press_tree(context: Context, action: Action) -> None:
    """The same by button."""
    await show_tree(context, await piece_or_newest(context, action.target))


async def show_tree(context: Context, meant: PieceView) -> None:
    """The picture, the same in words, and the buttons."""
    store, language = context.services.store, context.language
    parents = await store.lineage.family(meant.id)
    pieces = await store.pieces.some(list(parents))
    jobs = {id_: id_ if len(id_) <= ID_CHARS else id_[:-1] for id_ in parents}  # several of one job carry a number
    asked = await store.jobs.addresses(list(jobs.values()))
    places = {id_: asked[job] for id_, job in jobs.items() if job in asked}
    seen = _seen(context, parents, pieces, places) | {meant.id}
    family = family_of(parents, meant.id, seen=seen, most=MOST_SHOWN)
    words = [_words(context, member, pieces.get(member.id), places.get(member.id)) for member in family.members]
    cards = [
        Card(
            words=said.lines(number),
            page=_page(context, pieces[member.id]) if member.is_seen else None,
            depth=member.depth,
            parent=member.parent,
            marked=member.id == meant.id,
        )
        for number, (member, said) in enumerate(zip(family.members, words, strict=True), 1)
    ]
    picture = await asyncio.to_thread(draw_cards, cards)
    text = _text(family, words, language)
    file = Attachment(f"notabot_tree_{meant.id}.png", "picture", data=picture, description=text[:1000])
    title = say("tree.title", language, id=meant.id)
    buttons = _buttons(family, meant, language)
    await context.reply(Reply(text, title=title, buttons=buttons, attachments=(file,), language=language))


def _seen(
    context: Context, parents: Parents, pieces: Mapping[str, PieceView], places: Mapping[str, Address]
) -> set[str]:
    here, is_private = context.address, server_key(context.address) is None
    there = {id_: piece for id_, piece in pieces.items() if piece.deleted is None}
    in_chat = {
        one for one in there if one in places and (places[one].platform, places[one].chat) == (here.platform, here.chat)
    }
    own = {id_ for id_, piece in there.items() if piece.person == context.person.key}
    if not is_private:
        return in_chat | {id_ for id_ in own if there[id_].guild == here.guild}
    above = {ancestor for one in own for ancestor in ancestors(one, parents)}
    return in_chat | own | {id_ for id_ in above if id_ in there and there[id_].guild is not None}


@dataclass(frozen=True, kw_only=True)
class _Words:
    """title: also of one that is not shown. deed: what was done to make it. whose: who made it."""

    title: str
    deed: str = ""
    id: str = ""
    whose: str = ""
    made: str = ""

    def lines(self, number: int) -> tuple[str, ...]:
        """Beside the music."""
        return (f"{number}  {self.title}", self.deed, " · ".join(filter(None, (self.id, self.whose, self.made))))

    def line(self, number: int) -> str:
        """Where there is no picture; who did what comes first where the line is too long for all of it."""
        usual = " · ".join(filter(None, (str(number), self.id, self.title, self.deed, self.whose)))
        short = " · ".join(filter(None, (str(number), self.id, self.whose, self.deed, self.title)))
        return usual if len(usual) <= LINE_CHARS else short


def _words(context: Context, member: Member, piece: PieceView | None, place: Address | None) -> _Words:
    language = context.language
    if not member.is_seen or piece is None:
        is_gone = piece is None or piece.deleted is not None
        return _Words(title=say("tree.gone" if is_gone else "tree.not_shown", language))
    facts = Facts(piece.record, context.services.catalogue)
    return _Words(
        title=facts.title(language),
        deed=deed(piece.record, facts, language),
        id=piece.id,
        whose=_maker(context, piece, place),
        made=moment(str(piece.record.get("made") or "")[:16], language),
    )


def _maker(context: Context, piece: PieceView, place: Address | None) -> str:
    if piece.person == context.person.key and server_key(context.address) is None:
        return say("tree.you", context.language)
    name = place.name if place is not None and place.chat == context.address.chat else None
    return clean(name, limit=MAX_NAME_CHARS) if name else ""


def deed(record: Mapping[str, Any], facts: Facts, language: Language) -> str:
    """What was done to make it from its parent; of one without, in whose style it is."""
    if record.get("redrawn"):
        return say("tree.redrawn", language)
    return kind_of(record).deed(record, language) if parent_of(record) else facts.players(language)


def _page(context: Context, piece: PieceView) -> bytes | None:
    pages = page_files(piece)
    try:
        return context.services.store.blobs.path(pages[0].sha256).read_bytes() if pages else None
    except OSError:
        return None


def _text(family: Family, words: Sequence[_Words], language: Language) -> str:
    lines = [
        "\u2003" * min(member.depth, 6) + clean(said.line(number), limit=LINE_CHARS)
        for number, (member, said) in enumerate(zip(family.members, words, strict=True), 1)
    ]
    shown = sum(member.is_seen for member in family.members)
    lines += [say("tree.more", language, shown=shown, n=family.of)] if shown < family.of else []
    lines += [say("tree.alone", language)] if len(family.members) == 1 else []
    return "\n".join(lines)


def _buttons(family: Family, meant: PieceView, language: Language) -> list[list[Button]]:
    """One to open each piece, and the way back to the parent of the one that was asked about."""
    opening = [
        Button(say("button.open", language, n=number), Action("recall", member.id))
        for number, member in enumerate(family.members, 1)
        if member.is_seen
    ]
    rows = [opening[start : start + BUTTONS_IN_A_ROW] for start in range(0, len(opening), BUTTONS_IN_A_ROW)]
    place = next((member.parent for member in family.members if member.id == meant.id), None)
    if place is not None and family.members[place].is_seen:
        back = Button(
            say("button.undo_to", language, n=place + 1), Action("recall", family.members[place].id), "primary"
        )
        rows.append([back])
    return rows
