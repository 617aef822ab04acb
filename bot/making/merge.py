"""A kind of work: what two people changed at once about the same piece, put together bar by bar.

Promises: bars that only one of them changed are that one's, all others stay as they were; where both changed the same
bars nobody's are lost: what differs is drawn side by side, with ways to take the one, the other, or both as versions.
It counts for no quota, since nobody asked for it. Not covered: who may (`bot.store.together`), the bars
(`generator.onward.merging`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, Self

from bot.making.edit import bars_words, finished
from bot.making.files import Piece, PieceName, new_id, what_of
from bot.making.interleaved import interleave
from bot.making.task import Task
from bot.making.workshop import Order, Source, Workshop
from bot.texts import Language, join, say
from generator.catalogue.catalogue import Catalogue
from generator.critic import ReportCard
from generator.critic.card import report_card
from generator.notation import Tune
from generator.onward.brought import bring
from generator.onward.comparing import comparison_of
from generator.onward.merging import Merged, merge
from renderers.errors import RenderError
from renderers.formats import COMPARISON, PAGES

Take = Literal["", "mine", "theirs"]
CLASHING, BOTH = "clash", "both"
TAKES = ("mine", "theirs", BOTH)
MARK = "put together"


@dataclass(frozen=True, kw_only=True)
class Merge(Task):
    """mine, theirs: two pieces that were made from `base`; length: how many bars it has. take: whose bars stand where
    both changed the same, "" while nobody has said. root: of the piece that is worked on together.
    """

    kind = "merge"

    mine: str
    theirs: str
    base: str
    root: str
    length: int = 1
    take: Take = ""

    @property
    def bars(self) -> int:
        return 1  # nothing is written

    @property
    def pieces(self) -> int:
        return 0

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "pieces": self.pieces}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        take = str(values.get("take") or "")
        return cls(
            **{name: str(values[name]) for name in ("mine", "theirs", "base", "root")},
            length=int(values.get("length") or 1),
            take="mine" if take == "mine" else "theirs" if take == "theirs" else "",
        )

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        return say("merged.wanted", language, mine=self.mine, theirs=self.theirs)

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        """Raises SourceIsGone, GeneratorError, RenderError, StoreError."""
        sources = [await workshop.find_source(id_) for id_ in (self.base, self.mine, self.theirs)]
        brought = [bring((await interleave(source.abc, workshop.renderer)).abc) for source in sources]
        base, mine, theirs = (one.tune for one in brought)
        done = await asyncio.to_thread(merge, base, mine, theirs, take=self.take)
        if done.clashes and not self.take:
            text = comparison_of(theirs, mine, done.clashes, titles=(self.theirs, self.mine))
            return await self._clash(done, sources[1], text, workshop, order)
        record = {
            "merged": {"with": self.theirs, "base": self.base, "take": self.take, **_bars(done)},
            "together_of": self.root,
        }
        return await finished(
            sources[1], mine, _Outcome(tune=done.tune, changed=done.theirs), workshop, order,
            kind=self.kind, mark=MARK, record={**record, **_style(sources[1].record)},
        )  # fmt: skip

    async def _clash(self, done: Merged, source: Source, text: str, workshop: Workshop, order: Order) -> Piece:
        """Both versions side by side, for somebody to choose."""
        files = {}
        if text and PAGES.name in order.formats:
            try:
                rendering = await workshop.renderer.render_most(text, [COMPARISON.name], title="", composer="")
                files = {PAGES.page_ending(1): rendering.files[COMPARISON.ending]}
            except (RenderError, KeyError):
                files = {}  # the words say which bars
        plain = what_of(str(source.record.get("name") or source.name)) or "piece"
        named = PieceName(f"{plain}_clash", datetime.now().astimezone(), order.id or new_id())
        record = {
            "id": named.id,
            "name": str(named),
            "kind": self.kind,
            "title": say("merged.clash_title", order.language),
            "made": named.made.isoformat(timespec="seconds"),
            "sheet": [{"id": self.theirs}, {"id": self.mine}],
            CLASHING: {**self.to_json(), "clashes": list(done.clashes)},
            "together_of": self.root,
        }
        return Piece(record=record, files=files)

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """Whose bars went in, or which are to be decided."""
        clash = record.get(CLASHING)
        if clash:
            bars = ranges_words(clash.get("clashes") or (), language)
            took = record.get("took")
            lines = [say("merged.clash", language, bars=bars, theirs=clash["theirs"], mine=clash["mine"])]
            decided = say(f"merged.took_{took}", language, theirs=clash["theirs"], mine=clash["mine"]) if took else ""
            return [*lines, decided]
        merged = record.get("merged") or {}
        mine, theirs = (ranges_words(merged.get(whose) or (), language) for whose in ("mine", "theirs"))
        parent = str(record.get("parent") or "?")
        other = str(merged.get("with") or "?")
        return [say("merged.from", language, mine=parent, bars=mine, theirs=other, others=theirs)]

    @classmethod
    def deed(cls, record: Mapping[str, Any], language: Language) -> str:
        return say("merged.deed", language, theirs=(record.get("merged") or {}).get("with", "?"))

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ()


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """A `bot.making.edit.Changed` that nobody wrote."""

    tune: Tune
    changed: tuple[int, ...]
    timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def abc(self) -> str:
        return str(self.tune)

    @cached_property
    def card(self) -> ReportCard:
        return report_card(self.tune)


def _style(record: Mapping[str, Any]) -> dict[str, Any]:
    named = record.get("style") or record.get("request") or {}
    style = {name: named[name] for name in ("period", "composer", "instrumentation") if name in named}
    return {"style": style} if style else {}


def _bars(done: Merged) -> dict[str, list[int]]:
    return {"clashes": list(done.clashes), "mine": list(done.mine), "theirs": list(done.theirs)}


def ranges_words(bars: Sequence[int], language: Language) -> str:
    """For example "bars 2–4 and bar 7"; a dash for none."""
    runs: list[list[int]] = []
    for bar in sorted(bars):
        if runs and runs[-1][1] == bar - 1:
            runs[-1][1] = bar
        else:
            runs.append([bar, bar])
    return join([bars_words(first, last, language) for first, last in runs[:6]], language) if runs else "–"
