"""What could not be kept of a tune, in sentences with the number of the line where it stands."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

MAX_REMARKS = 30  # a text that is no ABC at all would give thousands


@dataclass(frozen=True)
class Remark:
    """One sentence. `line` is counted from 1 in the text as it came in; None where the whole tune is meant."""

    text: str
    line: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As a dict of plain values."""
        return asdict(self)


class Remarks:
    """Collects remarks; the same sentence about the same line is kept once."""

    def __init__(self) -> None:
        self._remarks: dict[Remark, None] = {}

    def add(self, text: str, line: int | None = None) -> None:
        """Keep a sentence. It ends without a stop; the line is said in front of it by whoever shows it."""
        if len(self._remarks) < MAX_REMARKS:
            self._remarks[Remark(text, line)] = None

    def __iter__(self) -> Iterator[Remark]:
        return iter(sorted(self._remarks, key=lambda remark: remark.line or 0))
