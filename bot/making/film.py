"""The kind of work that makes a video of a piece: the page as it is played, with the notes that sound in colour, or a
keyboard and what falls on it.

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
from renderers.formats import ABC, ROLL, TALL_ROLL, TALL_VIDEO, VIDEO, Format
from renderers.video.camera import can_film
from renderers.video.shapes import TALL as TALL_PIXELS
from renderers.video.shapes import WIDE as WIDE_PIXELS
from renderers.video.shapes import Shape


@dataclass(frozen=True)
class FilmForm:
    """A video that people may choose: what is made, and how large that is."""

    format: Format
    pixels: Shape


PAGE, AS_ROLL = VIEWS = ("page", "roll")
WIDE, TALL = SHAPES = ("wide", "tall")
FORMS = {
    (PAGE, WIDE): FilmForm(format=VIDEO, pixels=WIDE_PIXELS),
    (PAGE, TALL): FilmForm(format=TALL_VIDEO, pixels=TALL_PIXELS),
    (AS_ROLL, WIDE): FilmForm(format=ROLL, pixels=WIDE_PIXELS),
    (AS_ROLL, TALL): FilmForm(format=TALL_ROLL, pixels=TALL_PIXELS),
}
OTHERWISE = {AS_ROLL: "roll", PAGE: "follow"}  # the button that asks for it below another video


def view_of(record: Mapping[str, Any]) -> str:
    """What is seen in the video of a piece that holds one; videos were of pages only."""
    return str(record.get("view") or PAGE)


def form_of(record: Mapping[str, Any]) -> FilmForm | None:
    """What the video of a piece is, if it holds one."""
    return FORMS.get((view_of(record), str(record.get("video") or "")))


@dataclass(frozen=True, kw_only=True)
class Film(Task):
    """piece: the id of the one that it comes from; length: how many bars it has; view, shape: of the video."""

    kind = "video"

    piece: str
    length: int
    view: str = PAGE
    shape: str = WIDE

    @property
    def bars(self) -> int:
        return self.length

    def to_json(self) -> dict[str, Any]:
        return {"piece": self.piece, "length": self.length, "view": self.view, "shape": self.shape}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        view, shape = view_of(values), str(values.get("shape") or WIDE)
        if (view, shape) not in FORMS:
            raise ValueError(f"{view} {shape}")
        return cls(piece=str(values["piece"]), length=int(values["length"]), view=view, shape=shape)

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
                replace(order, formats=(FORMS[self.view, self.shape].format.name,)),
                kind=self.kind,
                name=what_of(str(record.get("name") or "")) or what_of(source.name) or source.name,
                abc=source.abc,
                title=str(record.get("title") or ""),
                credit=str(record.get("credit") or ""),
                card=record.get("report_card"),
                record=kept | {"parent": source.id, "view": self.view, "video": self.shape},
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
        return [say(f"filmed.{view_of(record)}", language, id=record.get("parent", "?"))]

    @classmethod
    def deed(cls, record: Mapping[str, Any], language: Language) -> str:
        return say("filmed.deed", language)

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        """Below all that can be filmed, where there is a camera; below a video the one that shows it otherwise."""
        if not can_film():
            return ()
        if record.get("kind") != cls.kind:
            return ("video",)
        return tuple(verb for view, verb in OTHERWISE.items() if view != view_of(record))
