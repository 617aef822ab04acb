"""What could not be kept of a tune: a reason, the line where it stands, and what there is to say of it.

The sentences that people read are in the texts, under `remark.` and the reason.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_REMARKS = 30  # a text that is no ABC at all would give thousands
MAX_VALUE_CHARS = 60


@dataclass(frozen=True)
class Remark:
    """One thing that could not be kept. `line` is counted from 1 in the text as it came in; 0: the whole tune."""

    reason: str
    line: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As a dict of plain values."""
        return {"reason": self.reason, "line": self.line, "values": dict(self.values)}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Remark":
        """What `to_json` gave."""
        return cls(str(plain["reason"]), int(plain["line"]), dict(plain["values"]))


class Remarks:
    """Collects remarks; the same one about the same line is kept once."""

    def __init__(self) -> None:
        self._remarks: list[Remark] = []

    def add(self, reason: str, line: int = 0, **values: str | int) -> None:
        """Keep one. Values that are texts are cut to what a sentence can hold."""
        short = {name: value[:MAX_VALUE_CHARS] if isinstance(value, str) else value for name, value in values.items()}
        remark = Remark(reason, line, short)
        if len(self._remarks) < MAX_REMARKS and remark not in self._remarks:
            self._remarks.append(remark)

    def __iter__(self) -> Iterator[Remark]:
        return iter(sorted(self._remarks, key=lambda remark: remark.line))
