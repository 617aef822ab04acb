"""A contact sheet on which the same request is composed in several ways: temperature × top-p × top-k.

Promises: the pieces of a sheet begin alike, from one seed, so that what differs is how they were drawn; the sheet knows
all that was rated in the rounds before it, so it can be gone on from whatever became of those.
Not covered: which ways are tried (`generator.catalogue.sweeping`), who rates them (`bot/commands/sweeping.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from bot.making.compose import Compose
from bot.making.files import Piece
from bot.making.presets import sampling_of
from bot.making.several import Batch, row_of
from bot.texts import Language, say, signs, style_name
from generator.catalogue.catalogue import Catalogue
from generator.catalogue.style import Style
from generator.catalogue.sweeping import (
    LEAST_STARS,
    MOST_ROUNDS,
    MOST_STARS,
    Found,
    Rated,
    best_of,
    settings_to_try,
)
from generator.errors import BadRequest
from generator.model.sampling_settings import Sampling
from generator.request import sample_seed
from generator.wishes.marks import example_marks

MOST_RATED = 60  # ten rounds of six


@dataclass(frozen=True, kw_only=True)
class Sweep(Batch):
    """first: the request, with the settings around which the first round lies; settings: of each piece.

    number: of the round, from 1; rated: what was rated in the rounds before; parent: their last sheet, "" for none.
    """

    kind = "sweep"

    settings: tuple[Sampling, ...]
    number: int = 1
    rated: tuple[Rated, ...] = ()
    parent: str = ""

    @property
    def is_last(self) -> bool:
        """Whether there is no round after this one."""
        return self.number >= MOST_ROUNDS

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(),
            "settings": [asdict(each) for each in self.settings],
            "number": self.number,
            "rated": [[asdict(one.sampling), one.stars] for one in self.rated],
            "parent": self.parent,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            first=Compose.from_json(values["first"]),
            count=len(values["settings"]),
            settings=tuple(Sampling(**each) for each in values["settings"]),
            number=int(values["number"]),
            rated=tuple(Rated(Sampling(**each), int(stars)) for each, stars in values.get("rated") or ()),
            parent=str(values.get("parent") or ""),
        )

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        what = self.first.describe(catalogue, language)
        return say("sweep.wanted", language, n=self.count, round=self.number, what=what)

    def following(self, rated: Sequence[Rated], *, parent: str) -> Self:
        """The next round. rated: all marks, those of this round too."""
        middle = self.first.request.sampling
        found = best_of(rated, middle)
        number = self.number + 1
        settings = settings_to_try(found.sampling if found else middle, count=self.count, round_=number)
        first = replace(self.first, request=replace(self.first.request, seed=sample_seed()))
        rated = tuple(rated[-MOST_RATED:])
        return replace(self, first=first, settings=settings, number=number, rated=rated, parent=parent)

    def _tasks(self) -> list[Compose]:
        return [replace(self.first, request=replace(self.first.request, sampling=each)) for each in self.settings]

    def _of_sheet(self, piece: Piece, sheet: str, number: int) -> Piece:
        return replace(piece, record={**piece.record, "sweep": {"sheet": sheet, "number": number}})

    def _title(self, pieces: int, language: Language) -> str:
        return say("sweep.title", language, round=self.number)

    def _record(self) -> dict[str, Any]:
        request = self.first.request
        style = {name: getattr(request.style, name) for name in ("period", "composer", "instrumentation")}
        return {"asked": self.to_json(), "style": style, **({"parent": self.parent} if self.parent else {})}

    def _row(self, piece: Piece, language: Language) -> dict[str, Any]:
        sampling = piece.record["sampling"]
        return {**row_of(piece, language), "figure": sampling_words(sampling, language), "sampling": sampling}

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """A line for each piece, and what is to be done with them."""
        return [
            *super().how_made(record, language),
            say("sweep.hint", language, example=example_marks(len(record["sheet"]))),
        ]

    @classmethod
    def deed(cls, record: Mapping[str, Any], language: Language) -> str:
        return say("sweep.title", language, round=int((record.get("asked") or {}).get("number") or 1))

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ("rate",) if record.get("kind") == cls.kind else ()


def sweep_for(first: Compose, *, count: int) -> Sweep:
    """The first round."""
    settings = settings_to_try(first.request.sampling, count=count, round_=1)
    return Sweep(first=first, count=len(settings), settings=settings)


def sweep_in(record: Mapping[str, Any]) -> Sweep | None:
    """What a sheet was made from, by its record."""
    try:
        return Sweep.from_json(record["asked"]) if record.get("kind") == Sweep.kind else None
    except (KeyError, TypeError, ValueError, BadRequest):
        return None


def rated_in(record: Mapping[str, Any], stars: Mapping[str, int]) -> tuple[Rated, ...]:
    """All marks that a sheet knows: of the rounds before, and those of its own pieces. stars: by the ids of these."""
    asked = sweep_in(record)
    before = asked.rated if asked is not None else ()
    own = [(row, stars.get(str(row["id"]))) for row in record.get("sheet") or ()]
    now = [Rated(sampling_of(row["sampling"]), mark) for row, mark in own if mark is not None]
    return (*before, *now)


def is_stars(value: Any) -> bool:
    """Whether it is a mark."""
    return type(value) is int and LEAST_STARS <= value <= MOST_STARS


def sampling_words(values: Mapping[str, Any], language: Language) -> str:
    """For example "temperature 1.4 · top-p 0.9 · top-k 9"."""
    top_k = values.get("top_k") or say("result.every_character", language)
    temperature, top_p = (signs(f"{values.get(name, 0):g}", language) for name in ("temperature", "top_p"))
    return say("sweep.settings", language, temperature=temperature, top_p=top_p, top_k=top_k)


def kept_of(found: Found) -> dict[str, float]:
    """What is kept of what was found: a preset."""
    return asdict(found.sampling)


def found_words(found: Found, style: Style, rounds: int, language: Language) -> str:
    """The sentence at the end: which settings suit the style, or that none was liked better."""
    if not found.is_clear:
        return say("sweep.alike", language, style=style_name(style, language), n=found.pieces)
    return say(
        "sweep.found",
        language,
        style=style_name(style, language),
        settings=sampling_words(asdict(found.sampling), language),
        stars=signs(f"{found.stars:.1f}", language),
        mean=signs(f"{found.mean:.1f}", language),
        pieces=say("count.pieces", language, n=found.pieces),
        n=rounds,
    )
