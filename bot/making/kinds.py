"""The one table of what can be made, and how a task is written down and read again.

Promises: whatever stands in the table of jobs is read as some task; what this version does not understand, because a
newer one wrote it, is kept as it is, and making it ends in a sentence. What the version wrote that composed only, a
request without a kind, is a composition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from bot.errors import BadInput
from bot.making.compose import Compose
from bot.making.duel import Duel
from bot.making.edit import EditPiece
from bot.making.engrave import Engrave
from bot.making.files import Piece
from bot.making.film import Film
from bot.making.hear import Hear
from bot.making.merge import Merge
from bot.making.onward import ONWARD_KINDS
from bot.making.playalong import PlayAlong
from bot.making.post import Post
from bot.making.print_out import PrintOut
from bot.making.redraw import Redraw
from bot.making.several import Batch
from bot.making.sweep import Sweep
from bot.making.takes import ThreeTakes
from bot.making.task import Showing, Task, Unmade
from bot.making.transpose import Transpose
from bot.making.unveil import Unveil
from bot.making.workshop import Order, Workshop
from bot.texts import Language, say
from generator.catalogue.catalogue import Catalogue
from generator.errors import GeneratorError

ALL_KINDS: tuple[type[Task], ...] = (
    *(
        Hear,
        EditPiece,
        Compose,
        Transpose,
        Engrave,
        Redraw,
        PlayAlong,
        Batch,
        Sweep,
        Merge,
        Duel,
        Post,
        ThreeTakes,
        Unveil,
    ),
    *ONWARD_KINDS,
    Film,
    PrintOut,
)
KINDS: dict[str, type[Task]] = {kind.kind: kind for kind in ALL_KINDS}


@dataclass(frozen=True, kw_only=True)
class Unreadable(Unmade):
    """What another version asked for. values: as they stand in the table."""

    kind = "unreadable"

    values: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        return dict(self.values)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(values=values)

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        return say("task.unreadable", language)

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        raise UnreadableTask


class UnreadableTask(BadInput):
    """Another version of this program accepted this, and this one cannot read it. Ask for it again."""


def write_task(task: Task, showing: Showing) -> dict[str, Any]:
    """One object for the table of jobs."""
    return {"kind": task.kind, **task.to_json(), "showing": showing.to_json()}


def read_task(values: Mapping[str, Any]) -> tuple[Task, Showing]:
    """What `write_task` wrote, in this version or another."""
    written = values if "kind" in values else _with_kind(values)
    showing = Showing.from_json(written.get("showing") or {})
    kind = KINDS.get(written["kind"], Unreadable)
    try:
        return kind.from_json(written), showing
    except (GeneratorError, KeyError, TypeError, ValueError):
        return Unreadable(values=values), showing


def kind_of(record: Mapping[str, Any]) -> type[Task]:
    """Which kind of work a piece came from, by its record. Old records, which do not say, are of compositions."""
    return KINDS.get(record.get("kind", Compose.kind), Unreadable)


def _with_kind(wish: Mapping[str, Any]) -> dict[str, Any]:
    """A wish of the version that composed only: request, sampling and showing in one row of names."""
    sampled = ("temperature", "top_k", "top_p", "guidance")
    sampling = {name: wish[name] for name in sampled if name in wish}
    asked = ("period", "composer", "instrumentation", "seed", "bars", "key", "metre", "tempo")
    request = {name: wish[name] for name in asked if name in wish}
    return {
        "kind": Compose.kind,
        "request": {**request, "sampling": sampling},
        "parent": wish.get("parent"),
        "guidance_asked": wish.get("guidance_asked", False),
        "showing": {name: wish[name] for name in ("pages", "audio") if name in wish},
    }
