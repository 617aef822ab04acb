"""How somebody wants a piece to be printed: on which paper, how large, and what stands at its foot.

Promises: plain values that can be written down; loading this loads nothing heavy. Not covered: what is made of it
(`paper.py`, `engraving.py`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class Size(StrEnum):
    """The sheets that there are."""

    A4 = "a4"
    LETTER = "letter"


@dataclass(frozen=True, kw_only=True)
class Printing:
    """size: of the sheet. large: for people who see little. colophon: how the piece was made, at the foot of the last
    page.
    """

    size: Size = Size.A4
    large: bool = False
    colophon: str = ""

    @property
    def is_usual(self) -> bool:
        """Whether nobody asked for anything."""
        return self == Printing()

    def to_json(self) -> dict[str, Any]:
        """By name."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote. Raises KeyError, ValueError."""
        return cls(size=Size(values["size"]), large=bool(values["large"]), colophon=str(values.get("colophon") or ""))


PRINTED_AS_EVER = Printing()
