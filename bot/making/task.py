"""What can be made: a task of some kind, and how the person wants to see its result.

Promises: a task is complete, so that the same task gives the same result again, also after a restart. Jobs, the store,
quotas, the order of turns, progress and delivery know of a task what stands here and nothing of its kind.
Not covered: which kinds there are (`kinds.py`), and what they mean (one module a kind, `compose.py` the first).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self

from bot.making.files import Piece
from bot.making.workshop import Order, Workshop
from bot.texts import Language
from generator.catalogue.catalogue import Catalogue

# What a record says about the piece itself, or of how it came about, and not of what only shows it otherwise.
OF_THE_SOURCE = ("redrawn", "choice", "sheet", "sweep", "duel", "video", "view", "printed", "playing")


class Task(ABC):
    """Something to make. kind: its name in JSON and in the record of what was made."""

    kind: ClassVar[str]

    @property
    @abstractmethod
    def bars(self) -> int:
        """How many bars the result will have: a measure of how long it takes."""

    @property
    def pieces(self) -> int:
        """How many pieces it counts as. More than one is written down as "pieces", where quotas are counted."""
        return 1

    @property
    def changes_bars(self) -> bool:
        """Whether the piece that it is made from goes on in the result with some bars changed, and no other begins."""
        return False

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """All but the kind."""

    @classmethod
    @abstractmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote, in this or another version. Raises GeneratorError, KeyError, TypeError, ValueError."""

    @abstractmethod
    def describe(self, catalogue: Catalogue, language: Language) -> str:
        """What is wanted, in one line: "Chopin keyboard · 16 bars · A minor"."""

    def card(self, catalogue: Catalogue, language: Language) -> str:
        """What is wanted, and what was made of the person's words: a line each."""
        return self.describe(catalogue, language)

    def caution(self, catalogue: Catalogue, language: Language) -> str:
        """What a person should know before it is made, in a sentence; "" if there is nothing."""
        return ""

    @abstractmethod
    async def make(self, workshop: Workshop, order: Order) -> Piece:
        """Make it. Can be cancelled at any moment. Raises GeneratorError, RenderError, BotError."""

    @classmethod
    @abstractmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """What the caption of such a piece says about how it was made, line by line, from its record."""

    @classmethod
    def deed(cls, record: Mapping[str, Any], language: Language) -> str:
        """What was done with the piece that it was made from, in a few words."""
        return next(iter(cls.how_made(record, language)), "")

    @classmethod
    def recipe(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """What would make the same again, for those who look closer."""
        return ()

    @classmethod
    @abstractmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        """The verbs of the buttons that ask for this kind of work below a piece with this record, if it fits."""


class Unmade(Task):
    """Something in the table of tasks of which no piece comes; `make` says why."""

    @property
    def bars(self) -> int:
        return 1

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        return ()

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ()


@dataclass(frozen=True, kw_only=True)
class Showing:
    """How a result is shown, as the person likes it; it does not change the piece.

    pages: further pages as pictures or as one PDF ("picture", "pdf"); audio: with or without an MP3.
    """

    pages: str = "picture"
    audio: bool = True

    def to_json(self) -> dict[str, Any]:
        """By name."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Showing:
        """What is unknown means nothing here, what is missing is as usual."""
        return cls(**{field.name: values[field.name] for field in fields(cls) if field.name in values})
