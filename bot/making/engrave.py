"""The third kind of work: pages, sound and files of music that somebody sent.

Promises: the piece says what it was made from, and all that could not be kept of it. The music stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from bot.making.files import Piece
from bot.making.task import Task
from bot.making.workshop import Order, Workshop, render_piece
from bot.texts import Language, say
from generator.catalogue.catalogue import Catalogue
from generator.notation.transpose import home_key


@dataclass(frozen=True, kw_only=True)
class Engrave(Task):
    """name: of the file; form: its format; abc: what it says; length: how many bars; remarks: what is not kept.

    tune: the one that is meant, where the ABC holds several.
    """

    kind = "engrave"

    name: str
    form: str
    abc: str
    title: str
    composer: str
    length: int
    tune: str = ""
    remarks: Sequence[Mapping[str, Any]] = ()

    @property
    def bars(self) -> int:
        return max(1, self.length)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "form": self.form,
            "abc": self.abc,
            "title": self.title,
            "composer": self.composer,
            "length": self.length,
            "tune": self.tune,
            "remarks": [dict(remark) for remark in self.remarks],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        texts = {name: str(values[name]) for name in ("name", "form", "abc", "title", "composer", "tune")}
        return cls(length=int(values["length"]), remarks=tuple(values["remarks"]), **texts)

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        return " · ".join((self.title or self.name, say("count.bars", language, n=self.bars)))

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        key = home_key(self.abc)
        return await render_piece(
            workshop.renderer,
            order,
            kind=self.kind,
            name=self.name,
            abc=self.abc,
            title=self.title or self.name,
            credit=self.composer,
            record={
                "key": key.abc if key else "none",
                "source": {"name": self.name, "form": self.form},
                "tune": self.tune,
            },
            remarks=self.remarks,
            tune=self.tune,
        )

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """What it was made from."""
        source = record.get("source") or {}
        return [say("engraved.from", language, name=source.get("name", "?"), form=source.get("form", "?"))]

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ()
