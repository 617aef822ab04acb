"""The kinds of work that go on from a piece: further, some bars anew, varied, under another style, with more voices.

Promises: the piece it comes from stays as it is; the new one says where it comes from and what was done, in its record,
its credit and its caption. Music that somebody sent stands in the task itself, so it is there after a restart.
Not covered: the music (`generator.onward`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from bot.making.files import Piece, what_of
from bot.making.heading import field_of, headed
from bot.making.interleaved import interleave
from bot.making.part_names import name_parts
from bot.making.task import Task
from bot.making.workshop import Order, Source, Workshop, render_piece
from bot.texts import Language, say, style_name
from generator.catalogue.catalogue import Catalogue
from generator.catalogue.style import Style
from generator.onward.brought import Brought, bring
from generator.onward.door import Worked
from generator.onward.work import GOES_ON, Kind, Work
from generator.request import Progress

CREDITED = {
    Kind.CONTINUE: "continued",
    Kind.REWRITE: "partly rewritten",
    Kind.VARY: "varied",
    Kind.RESTYLE: "taken further",
    Kind.HARMONISE: "harmonised",
    Kind.SIMPLIFY: "simplified",
    Kind.ENRICH: "enriched",
}
CARRIED = ("title_key", "genre", "pace")  # what a title is made of in other languages
STYLE_LINES = ("period", "composer", "instrumentation")


@dataclass(frozen=True, kw_only=True)
class WorkOn(Task):
    """piece: the id of the one that it comes from, "" for music that somebody sent: that is `abc`, in the form that is
    worked on, called `name`. length: how many bars the result has; written: how many of them are new.
    """

    work: Work
    length: int
    written: int
    piece: str = ""
    name: str = ""
    abc: str = ""

    done: ClassVar[Kind]

    @property
    def bars(self) -> int:
        return max(1, self.written)

    @property
    def changes_bars(self) -> bool:
        return self.done not in (Kind.RESTYLE, Kind.HARMONISE)

    def to_json(self) -> dict[str, Any]:
        return {
            "work": self.work.to_json(),
            "length": self.length,
            "written": self.written,
            "piece": self.piece,
            "name": self.name,
            "abc": self.abc,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            work=Work.from_json(values["work"]),
            length=int(values["length"]),
            written=int(values["written"]),
            piece=str(values.get("piece") or ""),
            name=str(values.get("name") or ""),
            abc=str(values.get("abc") or ""),
        )

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        work = self.work
        named = say("worked.piece", language, id=self.piece) if self.piece else self.name
        style = style_name(catalogue.complete(work.style), language) if work.style.composer else ""
        return " · ".join(filter(None, (named, done_words(work.to_json(), language), style)))

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        """Raises SourceIsGone, GeneratorError, RenderError, StoreError."""
        if self.piece:
            source = await workshop.find_source(self.piece)
        else:
            source = Source(id="", name=self.name, abc=self.abc, record={})
        return await work_on_source(source, self.work, workshop, order)

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """Where it comes from and what was done."""
        worked = record.get("worked") or {}
        came = record.get("parent") or record.get("came_from") or "?"
        return [say("worked.from", language, piece=came, what=done_words(worked, language))]

    @classmethod
    def deed(cls, record: Mapping[str, Any], language: Language) -> str:
        return done_words(record.get("worked") or {}, language)

    @classmethod
    def recipe(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """The seed and the sampling."""
        worked = record.get("worked") or {}
        sampling = {"temperature": "?", "top_k": "?", "top_p": "?", "guidance": 0} | dict(worked.get("sampling") or {})
        sampling["top_k"] = sampling["top_k"] or say("result.every_character", language)
        return [say("result.recipe", language, seed=worked.get("seed", "?"), **sampling)]

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ()


class Continue(WorkOn):
    """More bars behind those that are there."""

    kind = "continue"
    done = Kind.CONTINUE

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ("continue",) if record.get("key") else ()


class Rewrite(WorkOn):
    """Some bars anew."""

    kind = "rewrite"
    done = Kind.REWRITE

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        """Both ask for words: which bars and how, or the bars themselves."""
        return ("bars", "hand") if record.get("key") else ()


class Vary(WorkOn):
    """A part of the bars anew, in some way like those that were there."""

    kind = "vary"
    done = Kind.VARY

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ("vary",) if record.get("key") else ()


class Restyle(WorkOn):
    """The theme as the beginning of a piece under another style."""

    kind = "restyle"
    done = Kind.RESTYLE


class Harmonise(WorkOn):
    """The melody with other voices below it."""

    kind = "harmonise"
    done = Kind.HARMONISE


class Simplify(WorkOn):
    """The same, easier to play."""

    kind = "simplify"
    done = Kind.SIMPLIFY


class Enrich(WorkOn):
    """The same, with more notes."""

    kind = "enrich"
    done = Kind.ENRICH


ONWARD_KINDS: tuple[type[WorkOn], ...] = (Continue, Rewrite, Vary, Restyle, Harmonise, Simplify, Enrich)


def task_for(work: Work, brought: Brought, *, piece: str = "", name: str = "") -> WorkOn:
    """The task that does such work, which fits the piece. piece: its id, "" for music that is not in the store."""
    of_kind = next(each for each in ONWARD_KINDS if each.done is work.kind)
    length, written = sizes(work, len(brought.bars))
    abc = "" if piece else str(brought.tune)
    return of_kind(work=work, length=length, written=written, piece=piece, name=name, abc=abc)


def sizes(work: Work, bars: int) -> tuple[int, int]:
    """How many bars the result has, and how many of them the network writes."""
    assert work.first is not None
    if work.is_by_rule:
        return bars, 0
    if work.kind in GOES_ON:
        new = work.bars or 0
        standing = work.first - 1 if work.kind is Kind.CONTINUE else (work.last or bars) - work.first + 1
        return standing + new, new
    span = (work.last or bars) - work.first + 1
    return bars, max(1, round(span * work.how_far)) if work.kind is Kind.VARY else span


async def work_on_source(
    source: Source, work: Work, workshop: Workshop, order: Order, *, remarks: Sequence[Mapping[str, Any]] = ()
) -> Piece:
    """A new piece from one that there is, in a chat or in a file. remarks: what was not kept when it was read.

    Raises GeneratorError, RenderError.
    """
    read = await interleave(source.abc, workshop.renderer)
    brought = await asyncio.to_thread(bring, read.abc)
    work = replace(work, style=workshop.catalogue.complete(work.style))
    worked = await _worked(workshop, brought, work, on_progress=order.on_progress)
    record = source.record
    title = str(record.get("title") or field_of(source.abc, "T") or source.name)
    credit = credited(str(record.get("credit") or field_of(source.abc, "C")), work.kind)
    style = {name: getattr(work.style, name) for name in STYLE_LINES}
    abc = headed(worked.abc, title=title, credit=credit)
    if work.kind is Kind.HARMONISE:  # its parts are ours, named as those of a composed piece
        abc = name_parts(abc, order.language)
    came = {"parent": source.id} if source.id else {"came_from": source.name}
    return await render_piece(
        workshop.renderer,
        order,
        kind=work.kind.value,
        name=_what(str(record.get("name") or source.name), work),
        abc=abc,
        title=title,
        credit=credit,
        card=worked.card,
        timings=worked.timings,
        record={
            "key": worked.tune.header.key,
            **{name: record[name] for name in CARRIED if name in record},
            "style": style,
            **came,
            "worked": worked.done(),
            "model": dict(workshop.model),
        },
        remarks=(*remarks, *read.remarks),
    )


async def _worked(
    workshop: Workshop, brought: Brought, work: Work, *, on_progress: Callable[[Progress], None]
) -> Worked:
    async with aclosing(workshop.composer.work_on(brought, work)) as events:
        async for event in events:
            if isinstance(event, Worked):
                return event
            on_progress(event)
    raise AssertionError("work ends with Worked")


def credited(credit: str, kind: Kind) -> str:
    """Whose it was, and what was done by whom: "Bach, harmonised by Notabot"."""
    done = CREDITED[kind]
    mark = f"{done} by Notabot" if "Notabot" not in credit else done
    return credit if credit.endswith(done) else f"{credit}, {mark}" if credit else mark


def _what(name: str, work: Work) -> str:
    """How the files of a piece begin, from the name of another: "chopin_keyboard"; else a plain form of the name.

    What goes on in another style is called by that.
    """
    if work.kind is Kind.RESTYLE and work.style.composer:
        return f"{work.style.composer_slug}_{work.style.instrumentation_slug}"
    plain = re.sub(r"[^\w-]+", "_", name)[:60].strip("_")
    return what_of(name) or f"{plain}_{work.kind.value}".strip("_")


def style_in(record: Mapping[str, Any]) -> Style | None:
    """The style that a record names."""
    named = record.get("style") or record.get("request") or {}
    return Style(*(str(named[name]) for name in STYLE_LINES)) if all(name in named for name in STYLE_LINES) else None


# --- in words --------------------------------------------------------------------------------------------------------


def done_words(work: Mapping[str, Any], language: Language) -> str:
    """What was done, in a few words: "bars 5–8 written anew"."""
    kind, first, last = work.get("kind", "?"), work.get("first"), work.get("last")
    bars = str(first) if first == last else f"{first}–{last}"
    if kind == Kind.REWRITE:
        return say("worked.rewrite", language, n=1 if first == last else 2, bars=bars)
    if kind == Kind.CONTINUE:
        return say("worked.continue", language, n=work.get("bars") or 0, first=first)
    if kind == Kind.VARY:
        percent = round(100 * float(work.get("how_far") or 0))
        how = str(work.get("how")).replace("-", "_")
        return say(f"worked.vary_{how}", language, percent=percent)
    if kind == Kind.RESTYLE:
        return say("worked.restyle", language, n=1 if first == last else 2, bars=bars)
    if kind == Kind.SIMPLIFY:
        return say("worked.simplify", language)
    return say("worked.enrich" if kind == Kind.ENRICH else "worked.harmonise", language)
