"""What reading leaves behind: the phrases and values of a request, before they come together (`joining.py`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.catalogue.vocabulary import Meaning
from generator.wishes.said.taking import Found
from generator.wishes.scanning import Item
from generator.wishes.wishes import How, Part


@dataclass
class Draft:
    """A request that is read and not yet put together.

    items: phrases that are wanted; unwanted: those behind a "not"; found: what the grammar found; excluded: of that,
    what nobody wants; fronts: what compounds begin with, as instruments; inside: phrases with an instrument in them;
    but, joins: numbers of the tokens that say "but", and "and"; is_alone: it is said that nobody accompanies.
    """

    said: str
    items: list[Item] = field(default_factory=list)
    unwanted: list[Item] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    fronts: list[Meaning] = field(default_factory=list)
    inside: list[tuple[Item, Meaning]] = field(default_factory=list)
    but: list[int] = field(default_factory=list)
    joins: set[int] = field(default_factory=set)
    is_alone: bool = False

    def first(self, kind: str) -> Found | None:
        return next((found for found in self.found if found.kind == kind), None)

    def entry(self, kind: str) -> tuple[Item, str] | None:
        """The first phrase of a kind, and what it stands for."""
        return next(((item, entry.id) for item in self.items if (entry := item.entry(kind)) is not None), None)

    def entries(self, kind: str) -> list[tuple[Item, str]]:
        return [(item, entry.id) for item in self.items for entry in item.entries if entry.kind == kind]


@dataclass
class Parts:
    """What has been understood so far, in the order in which it was."""

    all: list[Part] = field(default_factory=list)

    def add(self, kind: str, value: object, words: str = "", how: How = "said") -> None:
        self.all.append(Part(kind, str(value), words, how))

    def drop(self, kind: str) -> None:
        self.all = [part for part in self.all if part.kind != kind]
