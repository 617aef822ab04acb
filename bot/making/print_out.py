"""A kind of work: a piece on paper as somebody wants it: another size, large print, each player's part alone.

Promises: not a note changes and the piece stays as it is. Not covered: what the pages look like (`renderers/pages`).
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
from renderers.formats import ABC, LEAD_SHEET, PARTS, PDF, TABLATURE, Format
from renderers.pages.printing import Printing, Size

FORMS: Mapping[str, Format] = {"score": PDF, "parts": PARTS, "lead-sheet": LEAD_SHEET, "tablature": TABLATURE}
SCORE = next(iter(FORMS))


@dataclass(frozen=True, kw_only=True)
class PrintOut(Task):
    """piece: the id of the one that is printed; form: what of it; length: how many bars it has."""

    kind = "print"

    piece: str
    form: str = SCORE
    printing: Printing
    length: int

    @property
    def bars(self) -> int:
        return max(1, self.length)

    def to_json(self) -> dict[str, Any]:
        return {"piece": self.piece, "form": self.form, "printing": self.printing.to_json(), "length": self.length}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        form = str(values["form"])
        if form not in FORMS:
            raise ValueError(form)
        printing = Printing.from_json(values["printing"])
        return cls(piece=str(values["piece"]), form=form, printing=printing, length=int(values["length"]))

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        named = say("printed.piece", language, id=self.piece)
        return " · ".join((named, *_how_printed(self.form, self.printing, language)))

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        """Raises SourceIsGone, RenderError, StoreError."""
        source = await workshop.find_source(self.piece)
        record = source.record
        kept = {name: value for name, value in record.items() if name not in (*OF_THE_DRAWING, *OF_THE_SOURCE)}
        piece = await render_piece(
            workshop.renderer,
            replace(order, formats=(FORMS[self.form].name,), printing=self.printing),
            kind=self.kind,
            name=what_of(str(record.get("name") or "")) or what_of(source.name) or source.name,
            abc=source.abc,
            title=str(record.get("title") or ""),
            credit=str(record.get("credit") or ""),
            card=record.get("report_card"),
            record=kept | {"parent": source.id, "printed": {"form": self.form, **self.printing.to_json()}},
            tune=str(record.get("tune") or ""),
        )
        files = {**piece.files, ABC.ending: source.abc.encode()}  # with it the piece can be worked on like any other
        names = [f"{piece.name}{ending}" for ending in files]
        return replace(piece, record={**piece.record, "files": names, "remarks": []}, files=files)

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """Of which piece it is, and on what."""
        came = say("printed.from", language, id=record.get("parent", "?"))
        return [" · ".join((came, *_as_printed(record, language)))]

    @classmethod
    def deed(cls, record: Mapping[str, Any], language: Language) -> str:
        return " · ".join(_as_printed(record, language))

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ()


def _as_printed(record: Mapping[str, Any], language: Language) -> list[str]:
    """For example ["each part alone", "Letter", "large print"]; only the usual for a record that does not say."""
    printed = {"form": SCORE, **Printing().to_json(), **(record.get("printed") or {})}
    return _how_printed(str(printed["form"]), Printing.from_json(printed), language)


def _how_printed(form: str, printing: Printing, language: Language) -> list[str]:
    told = [say(f"printed.{form}", language), say(f"choice.{printing.size}", language)]
    return [*told, say("printed.large", language)] if printing.large else told


PRINTS = {  # what the buttons below a PDF ask for
    "letter": (SCORE, Printing(size=Size.LETTER)),
    "large": (SCORE, Printing(large=True)),
    "parts": ("parts", Printing()),
    "lead": ("lead-sheet", Printing()),
}
