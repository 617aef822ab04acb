"""What somebody plans: a theme, what pieces must be, from when to when, how it is voted.

Promises: a plan that exists can be carried out: its times come one after the other, its numbers are within limits.
Moments are seconds since 1970; the zone is there to say them, and to repeat a challenge at the same time of day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Self, get_args

from bot.challenges.demands import Demands

Voting = Literal["one", "approval", "ranking", "pairs"]
Every = Literal["", "day", "week", "month"]
MOST_EACH = 10
MOST_THEME_CHARS = 200
LONGEST_S = 366 * 86_400.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """opens: from when pieces are taken; closes: until when; ends: until when votes are. each: entries of one person.

    every: how often it comes again, "" for once. zone: as the IANA calls it.
    prompted: the bot thinks of the theme, a new one each time. Raises ValueError for what cannot be.
    """

    theme: str
    opens: float
    closes: float
    ends: float
    demands: Demands = field(default_factory=Demands)
    voting: Voting = "one"
    each: int = 1
    every: Every = ""
    zone: str = "UTC"
    prompted: bool = False

    def __post_init__(self) -> None:
        if not self.opens < self.closes < self.ends:
            raise ValueError("times")
        if self.ends - self.opens > LONGEST_S:
            raise ValueError("long")
        if not (1 <= self.each <= MOST_EACH and self.theme.strip() and len(self.theme) <= MOST_THEME_CHARS):
            raise ValueError("limits")
        if self.voting not in get_args(Voting) or self.every not in get_args(Every):
            raise ValueError("choices")

    def to_json(self) -> dict[str, Any]:
        """By name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {"demands": self.demands.to_json()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote; what another version adds is left out."""
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        return cls(**known | {"demands": Demands.from_json(values.get("demands") or {})})
