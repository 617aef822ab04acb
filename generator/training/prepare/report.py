"""What preparing a corpus found: what was taken, what was dropped and why, what was guessed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

LISTED = 12  # files of a kind that are named for a person; the JSON names all


@dataclass(frozen=True)
class Dropped:
    """A file, or a piece of it, that gives no row."""

    file: str
    reason: str


@dataclass(frozen=True)
class Duplicate:
    """A piece that is another one, perhaps in another key. share: of its melodies, 0 to 1."""

    file: str
    same_as: str
    share: float


@dataclass(frozen=True, kw_only=True)
class Report:
    """Counts are pieces, unless they say files. guessed: by file what it itself told, because nobody said it."""

    files: int
    files_read: int
    pieces: int
    train: int
    held_out: int
    odd: tuple[str, ...]
    works: int
    styles: Mapping[str, int]
    licences: Mapping[str, int]
    private: int
    dropped: tuple[Dropped, ...]
    duplicates: tuple[Duplicate, ...]
    guessed: Mapping[str, Mapping[str, str]]
    remarks: tuple[str, ...]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Everything, for a file."""
        return asdict(self)

    def lines(self) -> list[str]:
        """For a person to read."""
        lines = [
            f"{self.files_read} of {self.files} files read, {self.pieces} pieces of {self.works} works: "
            f"{self.train} to train on, {self.held_out} held out",
            *(f"  {count:>5}  {style}" for style, count in self.styles.items()),
        ]
        lines += _listed("dropped", [f"{one.file}: {one.reason}" for one in self.dropped])
        lines += _listed(
            "the same as another piece, dropped", [f"{one.file}: {one.same_as}" for one in self.duplicates]
        )
        lines += _listed("not trained on, because the voices are not equally long", list(self.odd))
        lines += _listed("guessed", [f"{file}: {_fields(fields)}" for file, fields in self.guessed.items()])
        if self.private:
            lines.append(
                f"{self.private} pieces have licences that do not let everybody use them: weights trained on them are "
                "for yourself, not to be passed on."
            )
        return [*lines, *self.remarks]


def _listed(what: str, items: list[str]) -> list[str]:
    """A heading with the number of items and the first of them, indented; nothing for no items."""
    if not items:
        return []
    more = [f"  and {len(items) - LISTED} more"] if len(items) > LISTED else []
    return [f"{what}: {len(items)}", *(f"  {item}" for item in items[:LISTED]), *more]


def _fields(fields: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in fields.items())


def count_styles(styles: list[str]) -> dict[str, int]:
    """How many pieces each style has, the most first."""
    return dict(sorted(Counter(styles).items(), key=lambda item: (-item[1], item[0])))
