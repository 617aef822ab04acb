"""A kind of work: a piece edited in words, step by step.

Promises: the piece it comes from stays as it is; the new one says what was done, what was not understood and what found
nothing to change, and shows the bars that differ, old and new side by side. Its title and key say what it is now.
Not covered: the music (`generator.onward.editing`); what becomes of it, kept or undone (`bot/commands/editing.py`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self

from bot.making.files import Piece, what_of
from bot.making.heading import field_of, headed
from bot.making.interleaved import interleave
from bot.making.onward import CARRIED, STYLE_LINES
from bot.making.task import Task
from bot.making.transpose import renamed
from bot.making.workshop import Order, Source, Workshop, render_piece
from bot.texts import FALLBACK, Language, join, say
from bot.texts.titles import Named, pace_of
from generator.catalogue.catalogue import Catalogue
from generator.critic import ReportCard
from generator.errors import NotationError
from generator.notation import Header, Tune
from generator.notation.keys import Key, read_key, read_key_field, tonic_at, tonic_fifths
from generator.onward.brought import Brought, bring
from generator.onward.comparing import comparison_of
from generator.onward.door import Worked
from generator.onward.editing import Edited
from generator.onward.step import Does, Edit
from generator.request import sample_seed
from renderers.errors import RenderError
from renderers.formats import COMPARISON, PAGES

log = logging.getLogger(__name__)
KEPT, UNDONE = "kept", "undone"  # what a person decided about it, in its record
MARK = "edited"


@dataclass(frozen=True, kw_only=True)
class EditPiece(Task):
    """piece: the id of the one that it comes from, "" for music that somebody sent: that is `abc`, called `name`.

    length: how many bars it has; written: how many the network writes. missed: words that were not understood.
    instead_of: the id of the edit in whose place this one is asked for, "" for none.
    """

    kind = "edit"

    edit: Edit
    length: int
    written: int
    piece: str = ""
    name: str = ""
    abc: str = ""
    missed: tuple[str, ...] = ()
    instead_of: str = ""

    @property
    def bars(self) -> int:
        return max(1, self.written)

    @property
    def changes_bars(self) -> bool:
        return True

    def to_json(self) -> dict[str, Any]:
        return {
            "edit": self.edit.to_json(),
            "length": self.length,
            "written": self.written,
            "piece": self.piece,
            "name": self.name,
            "abc": self.abc,
            "missed": list(self.missed),
            "instead_of": self.instead_of,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            edit=Edit.from_json(values["edit"]),
            length=int(values["length"]),
            written=int(values["written"]),
            piece=str(values.get("piece") or ""),
            name=str(values.get("name") or ""),
            abc=str(values.get("abc") or ""),
            missed=tuple(str(word) for word in values.get("missed") or ()),
            instead_of=str(values.get("instead_of") or ""),
        )

    def again(self, *, instead_of: str) -> Self:
        """The same with another seed."""
        return replace(self, edit=replace(self.edit, seed=sample_seed()), instead_of=instead_of)

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        named = say("worked.piece", language, id=self.piece) if self.piece else self.name
        return " · ".join(filter(None, (named, edit_words(self.edit.to_json(), language))))

    def card(self, catalogue: Catalogue, language: Language) -> str:
        """What was not understood of the words, too."""
        return "\n".join(filter(None, (self.describe(catalogue, language), missed_words(self.missed, language))))

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        """Raises SourceIsGone, GeneratorError, RenderError, StoreError."""
        if self.piece:
            source = await workshop.find_source(self.piece)
        else:
            source = Source(id="", name=self.name, abc=self.abc, record={})
        more = {"missed": list(self.missed), **({"instead_of": self.instead_of} if self.instead_of else {})}
        return await edit_source(source, self.edit, workshop, order, more=more)

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """Where it comes from, what was done, and what was not."""
        edited = record.get("edited") or {}
        came = record.get("parent") or record.get("came_from") or "?"
        idle = edited.get("idle") or ()
        steps = edited.get("steps") or ()
        done = edit_words({"steps": [step for number, step in enumerate(steps) if number not in idle]}, language)
        left = edit_words({"steps": [step for number, step in enumerate(steps) if number in idle]}, language)
        return [
            say("worked.from", language, piece=came, what=done),
            say("edited.idle", language, what=left) if left else "",
            missed_words(edited.get("missed") or (), language),
        ]

    @classmethod
    def deed(cls, record: Mapping[str, Any], language: Language) -> str:
        return edit_words(record.get("edited") or {}, language)

    @classmethod
    def recipe(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """The seed."""
        edited = record.get("edited") or {}
        return [say("edited.seed", language, seed=edited.get("seed", "?"))]

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        """Until it is decided what becomes of it."""
        if record.get("kind") != cls.kind or record.get("choice"):
            return ()
        is_drawn = bool((record.get("edited") or {}).get("is_drawn"))
        return ("accept", "revert", "other") if is_drawn else ("accept", "revert")


def edit_task(
    edit: Edit, brought: Brought, *, piece: str = "", name: str = "", missed: Sequence[str] = ()
) -> EditPiece:
    """The task that edits this music. piece: its id, "" for music that is not in the store."""
    bars = len(brought.bars)
    return EditPiece(
        edit=edit,
        length=bars,
        written=edit.written(bars),
        piece=piece,
        name=name,
        abc="" if piece else str(brought.tune),
        missed=tuple(missed),
    )


async def edit_source(
    source: Source,
    edit: Edit,
    workshop: Workshop,
    order: Order,
    *,
    more: Mapping[str, Any] | None = None,
    remarks: Sequence[Mapping[str, Any]] = (),
) -> Piece:
    """A new piece from one that there is, in a chat or in a file. more: what else the record says of the edit.

    Raises GeneratorError, RenderError.
    """
    read = await interleave(source.abc, workshop.renderer)
    brought = await asyncio.to_thread(bring, read.abc)
    edit = replace(edit, style=workshop.catalogue.complete(edit.style))
    edited = await _edited(workshop, brought, edit, order)
    done = {**edited.done(), "is_drawn": edit.is_drawn, **(more or {})}
    style = {name: getattr(edit.style, name) for name in STYLE_LINES}
    return await finished(
        source, brought.tune, edited, workshop, order, kind=EditPiece.kind, mark=MARK,
        record={"style": style, "edited": done}, remarks=(*remarks, *read.remarks),
    )  # fmt: skip


async def _edited(workshop: Workshop, brought: Brought, edit: Edit, order: Order) -> Edited:
    async with aclosing(workshop.composer.work_on(brought, edit)) as events:
        async for event in events:
            if isinstance(event, Edited):
                return event
            if not isinstance(event, Worked):
                order.on_progress(event)
    raise AssertionError("an edit ends with Edited")


class Changed(Protocol):
    """A tune in which something was changed. changed: the numbers of the bars that differ, from 1."""

    @property
    def tune(self) -> Tune: ...
    @property
    def abc(self) -> str: ...
    @property
    def changed(self) -> tuple[int, ...]: ...
    @property
    def card(self) -> ReportCard: ...
    @property
    def timings(self) -> Mapping[str, float]: ...


async def finished(
    source: Source,
    before: Tune,
    edited: Changed,
    workshop: Workshop,
    order: Order,
    *,
    kind: str,
    mark: str,
    record: Mapping[str, Any],
    remarks: Sequence[Mapping[str, Any]] = (),
) -> Piece:
    """The piece with all its files, and the picture of what differs. mark: what its credit says was done."""
    old = source.record
    title, carried = _named(source, before, edited.tune)
    credit = credited(str(old.get("credit") or field_of(source.abc, "C")), mark)
    plain = what_of(str(old.get("name") or source.name))
    piece = await render_piece(
        workshop.renderer,
        order,
        kind=kind,
        name=plain or f"{source.name}_{kind}"[:60].strip("_"),
        abc=headed(edited.abc, title=title, credit=credit),
        title=title,
        credit=credit,
        card=edited.card,
        timings=edited.timings,
        record={
            "key": edited.tune.header.key,
            **carried,
            **({"parent": source.id} if source.id else {"came_from": source.name}),
            "model": dict(workshop.model),
            **record,
        },
        remarks=remarks,
    )
    return await _with_comparison(piece, before, edited, workshop, order)


async def _with_comparison(piece: Piece, before: Tune, edited: Changed, workshop: Workshop, order: Order) -> Piece:
    """The picture is a help: where it cannot be drawn the piece comes without it."""
    titles = (say("edited.before", order.language), say("edited.now", order.language))
    text = comparison_of(before, edited.tune, edited.changed, titles=titles)
    if not text or PAGES.name not in order.formats:
        return piece
    try:
        rendering = await workshop.renderer.render_most(text, [COMPARISON.name], title="", composer="")
    except RenderError as error:
        log.warning("no comparison: %s", type(error).__name__)
        return piece
    picture = rendering.files.get(COMPARISON.ending)
    if picture is None:
        return piece
    files = {**piece.files, COMPARISON.ending: picture}
    return Piece(record={**piece.record, "files": [piece.name + ending for ending in files]}, files=files)


def credited(credit: str, mark: str) -> str:
    """Whose it was, and that it was edited."""
    by = mark if "Notabot" in credit else f"{mark} by Notabot"
    return credit if credit.endswith((mark, by)) else f"{credit}, {by}" if credit else by


# --- what it is called now -------------------------------------------------------------------------------------------


def _named(source: Source, before: Tune, after: Tune) -> tuple[str, dict[str, Any]]:
    """The title, and what the record carries on to name it in other languages."""
    old = source.record
    title = str(old.get("title") or field_of(source.abc, "T") or source.name)
    carried = {name: old[name] for name in CARRIED if name in old}
    was, now = _key_of(before.header), _key_of(after.header)
    heard = read_key(carried["title_key"]) if carried.get("title_key") else was
    new = _moved(heard, was, now)
    if "title_key" in carried and new is not None:
        carried["title_key"] = new.abc
    if before.header.tempo != after.header.tempo:
        carried["pace"] = pace_of(after.header.tempo)
    if before.header.lines == after.header.lines:
        return title, carried
    if "genre" not in carried:
        return renamed(title, heard, new), carried
    pace = str(carried.get("pace") or pace_of(after.header.tempo))
    named = Named(genre=str(carried["genre"]), metre=after.header.field("M") or "", pace=pace, key=new)
    return named.title(FALLBACK), carried


def _key_of(header: Header) -> Key | None:
    try:
        found = read_key_field(header.key)
    except NotationError:
        return None
    return found.key if found is not None else None


def _moved(heard: Key | None, was: Key | None, now: Key | None) -> Key | None:
    """The key that is heard, moved as the signature was."""
    if heard is None or was is None or now is None:
        return heard
    mode = now.mode if now.mode != was.mode else heard.mode
    return Key(tonic_at(tonic_fifths(heard.tonic) + tonic_fifths(now.tonic) - tonic_fifths(was.tonic)), mode)


# --- in words --------------------------------------------------------------------------------------------------------


def edit_words(edit: Mapping[str, Any], language: Language) -> str:
    """What is done, in a few words: "bars 5–8: calmer; ends in major; left hand: simpler"."""
    return say("heard.between", language).join(_step_words(step, language) for step in edit.get("steps") or ())


def _step_words(step: Mapping[str, Any], language: Language) -> str:
    where = _where(step, language)
    what = _what(step, language)
    return say("edited.there", language, where=where, what=what) if where else what


def _where(step: Mapping[str, Any], language: Language) -> str:
    hand, first, last = str(step.get("hand") or "all"), step.get("first"), step.get("last")
    parts = [] if hand == "all" else [say(f"edited.hand_{hand}", language)]
    if first is not None and last is not None:
        parts.append(bars_words(int(first), int(last), language))
    return join(parts, language)


def bars_words(first: int, last: int, language: Language) -> str:
    """For example "bars 5–8"."""
    bars = str(first) if first == last else f"{first}–{last}"
    return say("edited.bars", language, n=1 if first == last else 2, bars=bars)


def _what(step: Mapping[str, Any], language: Language) -> str:
    does, aim = str(step.get("does") or ""), str(step.get("aim") or "")
    if does == Does.TEMPO:
        if step.get("tempo"):
            return say("edited.tempo", language, tempo=step["tempo"])
        return say("edited.faster" if float(step.get("factor") or 1) > 1 else "edited.slower", language)
    if does == Does.TRANSPOSE:
        return say("edited.transpose", language, words=aim.partition(":")[2])
    if does == Does.SHIFT:
        steps = int(aim or 7)
        way = "up" if steps > 0 else "down"
        return say(f"edited.{way}_octave" if abs(steps) == 7 else f"edited.{way}", language, n=abs(steps))
    if does == Does.HAND:
        return say("edited.hand", language)
    if does == Does.LOUDNESS and aim.startswith("="):
        return aim[1:]  # as it stands in the score
    if does == Does.LOUDNESS and aim[:1] in ("+", "-"):
        return say("edited.louder" if aim.startswith("+") else "edited.softer", language)
    if does == Does.COPY:
        first, last = aim.split("-")
        return say(
            "edited.copy", language, n=1 if first == last else 2, bars=first if first == last else f"{first}–{last}"
        )
    known = (f"{does}_{aim}".replace("-", "_") if aim else does) if does else "rewrite"
    return say(f"edited.{known}", language)


def missed_words(missed: Sequence[str], language: Language) -> str:
    """Which words were not understood, in a sentence; "" if there are none."""
    return say("edited.missed", language, words=list(missed)) if missed else ""
