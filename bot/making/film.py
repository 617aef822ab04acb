"""The kind of work that makes a video of a piece: the page as it is played, with the notes that sound in colour.

Promises: not a note changes, and the piece itself stays as it is; the new one holds the video and the notation, and all
else that is made from it is made as from the other. It is filmed in a process of its own, so that nobody waits for it
whose pages are to be drawn, and which goes when it has nothing to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from bot.making.files import Piece, what_of
from bot.making.redraw import OF_THE_DRAWING
from bot.making.task import OF_THE_SOURCE, Task
from bot.making.workshop import Order, Workshop, render_piece
from bot.texts import Language, say
from generator.catalogue.catalogue import Catalogue
from renderers.formats import ABC, TALL_VIDEO, VIDEO, Format
from renderers.video.camera import can_film
from renderers.video.shapes import TALL as TALL_PIXELS
from renderers.video.shapes import WIDE as WIDE_PIXELS
from renderers.video.shapes import Shape


@dataclass(frozen=True)
class FilmShape:
    """A shape that people may choose: what is made, and how large that is."""

    format: Format
    pixels: Shape


SHAPES = {"wide": FilmShape(format=VIDEO, pixels=WIDE_PIXELS), "tall": FilmShape(format=TALL_VIDEO, pixels=TALL_PIXELS)}
WIDE = next(iter(SHAPES))


@dataclass(frozen=True, kw_only=True)
class Film(Task):
    """piece: the id of the one that it comes from; length: how many bars it has; shape: of the video."""

    kind = "video"

    piece: str
    length: int
    shape: str = WIDE

    @property
    def bars(self) -> int:
        return self.length

    def to_json(self) -> dict[str, Any]:
        return {"piece": self.piece, "length": self.length, "shape": self.shape}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        shape = str(values.get("shape") or WIDE)
        if shape not in SHAPES:
            raise ValueError(shape)
        return cls(piece=str(values["piece"]), length=int(values["length"]), shape=shape)

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        return say("task.video", language, id=self.piece)

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        """Raises SourceIsGone, RenderError, StoreError."""
        source = await workshop.find_source(self.piece)
        record = source.record
        kept = {name: value for name, value in record.items() if name not in (*OF_THE_DRAWING, *OF_THE_SOURCE)}
        try:
            piece = await render_piece(
                workshop.camera or workshop.renderer,
                replace(order, formats=(SHAPES[self.shape].format.name,)),
                kind=self.kind,
                name=what_of(str(record.get("name") or "")) or what_of(source.name) or source.name,
                abc=source.abc,
                title=str(record.get("title") or ""),
                credit=str(record.get("credit") or ""),
                card=record.get("report_card"),
                record=kept | {"parent": source.id, "video": self.shape},
                tune=str(record.get("tune") or ""),
            )
        finally:
            if workshop.camera is not None:
                await workshop.camera.rest()
        files = {**piece.files, ABC.ending: source.abc.encode()}
        return replace(
            piece,
            record={**piece.record, "files": [f"{piece.name}{ending}" for ending in files], "remarks": []},
            files=files,
        )

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """Of which piece it is."""
        return [say("filmed.from", language, id=record.get("parent", "?"))]

    @classmethod
    def deed(cls, record: Mapping[str, Any], language: Language) -> str:
        return say("filmed.deed", language)

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        """Below everything that can be filmed, where there is a camera."""
        return ("video",) if record.get("kind") != cls.kind and can_film() else ()
