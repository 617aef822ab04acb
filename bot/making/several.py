"""Several pieces of one request, and a picture that shows the beginning of each: a contact sheet.

Promises: the pieces are as if each had been asked for alone, and count as many; they are written down together with the
sheet, or, where the process dies before, made again. One that cannot be made is left out. Not covered: how the sheet
looks (`renderers.pictures`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from bot.making.compose import Compose
from bot.making.files import Piece, PieceName, new_id
from bot.making.task import Task
from bot.making.workshop import Order, Workshop
from bot.texts import Language, say
from bot.texts.report import key_words
from config.errors import NotabotError
from generator.catalogue.catalogue import Catalogue
from generator.notation.keys import read_key
from generator.request import MAX_SEED, Progress
from renderers.formats import PAGES

FEWEST, MOST, USUAL = 2, 6, 4


@dataclass(frozen=True, kw_only=True)
class Batch(Task):
    """first: the first piece; each other has the next seed. count: how many, at least two."""

    kind = "batch"

    first: Compose
    count: int

    @property
    def bars(self) -> int:
        return self.first.bars * self.count

    @property
    def pieces(self) -> int:
        return self.count

    def to_json(self) -> dict[str, Any]:
        return {"first": self.first.to_json(), "pieces": self.count}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(first=Compose.from_json(values["first"]), count=int(values["pieces"]))

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        return say("batch.wanted", language, n=self.count, what=self.first.describe(catalogue, language))

    def caution(self, catalogue: Catalogue, language: Language) -> str:
        return self.first.caution(catalogue, language)

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        """Raises the first error where no piece could be made."""
        name, told = order.id or new_id(), Told(self.bars, order)
        attempts = [
            task.make(workshop, replace(order, id=f"{name}{number}", on_progress=told.of(number), on_step=nothing))
            for number, task in enumerate(self._tasks(), 1)
        ]
        made = await asyncio.gather(*attempts, return_exceptions=True)
        pieces = [
            self._of_sheet(piece, name, number) for number, piece in enumerate(made, 1) if isinstance(piece, Piece)
        ]
        for error in made:
            if isinstance(error, BaseException) and not (pieces and isinstance(error, NotabotError)):
                raise error
        order.on_step("drawing ...")
        return await self._sheet(pieces, name, order.language)

    def _of_sheet(self, piece: Piece, sheet: str, number: int) -> Piece:
        """What a piece knows of its sheet: nothing."""
        return piece

    def _tasks(self) -> list[Compose]:
        first = self.first.request
        seeds = [(first.seed + number) % MAX_SEED for number in range(self.count)]
        return [replace(self.first, request=replace(first, seed=seed)) for seed in seeds]

    async def _sheet(self, pieces: Sequence[Piece], id_: str, language: Language) -> Piece:
        from renderers.pictures.cards import Card, draw_cards  # here: most commands draw no pictures themselves

        rows = [self._row(piece, language) for piece in pieces]
        cards = [
            Card(
                words=(f"{number}  {row['title']}", row["key"], row["figure"], row["id"]),
                page=piece.files.get(PAGES.page_ending(1)),
            )
            for number, (piece, row) in enumerate(zip(pieces, rows, strict=True), 1)
        ]
        picture = await asyncio.to_thread(draw_cards, cards)
        style = self.first.request.style
        named = PieceName(f"{style.composer_slug}_{style.instrumentation_slug}_sheet", datetime.now().astimezone(), id_)
        record = {
            "id": id_,
            "name": str(named),
            "kind": self.kind,
            "title": self._title(len(pieces), language),
            "made": named.made.isoformat(timespec="seconds"),
            "sheet": rows,
            "lost": self.count - len(pieces),
            **self._record(),
        }
        return Piece(record=record, files={PAGES.page_ending(1): picture}, others=tuple(pieces))

    def _title(self, pieces: int, language: Language) -> str:
        return say("batch.title", language, n=pieces)

    def _record(self) -> dict[str, Any]:
        """What else is written down of the sheet."""
        return {}

    def _row(self, piece: Piece, language: Language) -> dict[str, Any]:
        return row_of(piece, language)

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """A line for each piece."""
        lines = [
            " · ".join(filter(None, (str(number), row["title"], row["figure"], row["id"])))
            for number, row in enumerate(record.get("sheet") or (), 1)
        ]
        lost = record.get("lost") or 0
        return [*lines, *([say("batch.lost", language, n=lost)] if lost else [])]

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ()


class Told:
    """How many bars of several pieces are finished, of so many in all."""

    def __init__(self, bars: int, order: Order) -> None:
        self._bars, self._order = bars, order
        self._done: dict[object, int] = {}

    def of(self, piece: object) -> Callable[[Progress], None]:
        """What hears of the progress of one piece."""

        def tell(progress: Progress) -> None:
            self._done[piece] = progress.bar
            bar = min(self._bars, sum(self._done.values()))
            remaining_s = progress.elapsed_s / bar * (self._bars - bar) if bar else None
            self._order.on_progress(Progress(bar, self._bars, progress.elapsed_s, remaining_s))

        return tell


def nothing(_step: str) -> None:
    """Nobody hears of the steps of single pieces."""


def row_of(piece: Piece, language: Language) -> dict[str, Any]:
    """What stands beside a piece on a sheet: what it is called, its key and length, a figure, its id."""
    record = piece.record
    card = record.get("report_card") or {}
    key = record.get("title_key") or record.get("key")
    human = card.get("human") or {}
    bars = say("count.bars", language, n=card["bars"]) if card.get("bars") else ""
    key_said = key_words(read_key(key), language) if key and key != "none" else ""
    figures = human.get("figures")
    figure = say("batch.figure", language, inside=human["inside"], total=len(figures)) if figures else ""
    return {
        "id": str(record["id"]),
        "title": str(record.get("title") or ""),
        "key": " · ".join(filter(None, (key_said, bars))),
        "figure": figure,
    }
