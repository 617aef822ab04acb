"""How somebody wants a piece to be played: as ever, straight, or so that one can play along.

Promises: plain values that can be written down; loading this loads nothing heavy. Not covered: what is made of it
(`rehearsal.py`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

SLOWEST_PERCENT, USUAL_PERCENT, FASTEST_PERCENT = 25, 100, 200
MOST_COUNTED_BARS, USUAL_LOOPS = 4, 4


@dataclass(frozen=True, kw_only=True)
class Playing:
    """straight: as it is written, without what a player adds. percent: of the written tempo.

    without: parts, by name ("violin"), number ("2") or hand ("left"). count_in: bars of clicks before the music; click:
    on every beat; loop: the first and last bar to be repeated, as they are numbered on the page; times: how often.
    """

    straight: bool = False
    without: tuple[str, ...] = ()
    percent: int = USUAL_PERCENT
    count_in: int = 0
    click: bool = False
    loop: tuple[int, int] | None = None
    times: int = USUAL_LOOPS

    @property
    def is_nothing(self) -> bool:
        """Whether the piece is played as ever."""
        return self == Playing()

    @property
    def is_steady(self) -> bool:
        """Whether the tempo stays as it is written: where it is wanted, or somebody has to keep to a beat."""
        return bool(self.straight or self.count_in or self.click or self.loop)

    def to_json(self) -> dict[str, Any]:
        """By name."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote. Raises KeyError, TypeError, ValueError."""
        loop = values.get("loop")
        return cls(
            straight=bool(values["straight"]),
            without=tuple(str(part) for part in values["without"]),
            percent=int(values["percent"]),
            count_in=int(values["count_in"]),
            click=bool(values["click"]),
            loop=(int(loop[0]), int(loop[1])) if loop else None,
            times=int(values["times"]),
        )


AS_EVER = Playing()
