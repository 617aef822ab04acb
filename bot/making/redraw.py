"""The fourth kind of work: a piece is drawn and played once more, for what could not be made the first time.

Promises: not a note changes, and the piece itself stays as it is; the new one says how it was composed, as the other
did, and what is still missing, if it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from bot.making.files import Piece, what_of
from bot.making.task import Task
from bot.making.workshop import Order, Workshop, render_piece
from bot.texts import Language, say
from generator.catalogue.catalogue import Catalogue

# What is written down anew, whoever made the piece.
OF_THE_DRAWING = ("id", "name", "kind", "title", "credit", "made", "files", "missing", "timings", "versions")


@dataclass(frozen=True, kw_only=True)
class Redraw(Task):
    """piece: the id of the one that it comes from; length: how many bars it has."""

    kind = "redraw"

    piece: str
    length: int

    @property
    def bars(self) -> int:
        return self.length

    def to_json(self) -> dict[str, Any]:
        return {"piece": self.piece, "length": self.length}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(piece=str(values["piece"]), length=int(values["length"]))

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        return say("task.redraw", language, id=self.piece)

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        """Raises SourceIsGone, RenderError, StoreError."""
        source = await workshop.find_source(self.piece)
        record = source.record
        timings = {name: value for name, value in (record.get("timings") or {}).items() if name != "render_s"}
        piece = await render_piece(
            workshop.renderer,
            order,
            kind=str(record.get("kind") or "compose"),  # what it was: so it is described, and has the same buttons
            name=what_of(str(record.get("name") or "")) or what_of(source.name) or source.name,
            abc=source.abc,
            title=str(record.get("title") or ""),
            credit=str(record.get("credit") or ""),
            card=record.get("report_card"),
            timings=timings,
            record={name: value for name, value in record.items() if name not in OF_THE_DRAWING}
            | {"redrawn": source.id},
            tune=str(record.get("tune") or ""),
        )
        # The same ABC is remarked on alike; what was not kept before there was ABC stands only in the old record.
        return replace(piece, record={**piece.record, "remarks": record.get("remarks") or piece.record["remarks"]})

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        return ()

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ()
