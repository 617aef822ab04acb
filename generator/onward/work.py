"""What is to be done with a piece: a request as complete as one for a new piece.

Promises: a `Work` is typed and within its limits, so the same work on the same piece gives the same result; what it
says about bars is held against the piece by `fit`, which completes it.
Bars count from 1 here, as people count them. Not covered: doing it (`door.py`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Self

from generator.catalogue.style import Style
from generator.errors import BadRequest
from generator.model.sampling_settings import Sampling
from generator.onward.errors import NotWorkable
from generator.onward.hands import EVERYTHING, Hand
from generator.request import MAX_BARS, MAX_SEED

USUAL_MORE, THEME_BARS = 8, 8


class Kind(StrEnum):
    """What is done with a piece."""

    CONTINUE = "continue"
    REWRITE = "rewrite"
    VARY = "vary"
    RESTYLE = "restyle"
    HARMONISE = "harmonise"
    SIMPLIFY = "simplify"
    ENRICH = "enrich"


class How(StrEnum):
    """In which way a piece is varied."""

    ORNAMENT = "ornament"
    EVERY_SECOND_BAR = "every-second-bar"
    SAME_HARMONY = "same-harmony"
    SAME_RHYTHM = "same-rhythm"


BY_RULE = (Kind.SIMPLIFY, Kind.ENRICH)
GOES_ON = (Kind.CONTINUE, Kind.RESTYLE)  # what has new bars behind those that stay


@dataclass(frozen=True, kw_only=True)
class Work:
    """One piece of work. style: under whose prompt the network writes.

    bars: how many new ones come behind (continue, restyle); first, last: the bars that are worked on; of `continue` the
    first new one, of `restyle` the theme. how, how_far: of `vary`; how_far is the share of bars that change, above 0
    and up to 1. hand: of `rewrite`, who gets new notes; aim: calmer, livelier or "". What is None is as usual.
    Raises BadRequest for values outside what is possible.
    """

    kind: Kind
    style: Style
    seed: int
    bars: int | None = None
    first: int | None = None
    last: int | None = None
    how: How = How.EVERY_SECOND_BAR
    how_far: float = 0.5
    hand: Hand = EVERYTHING
    aim: str = ""
    sampling: Sampling = field(default_factory=Sampling)

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= MAX_SEED:
            raise BadRequest(reason="seed")
        if self.bars is not None and not 1 <= self.bars <= MAX_BARS:
            raise BadRequest(reason="bars", high=MAX_BARS, value=self.bars)
        if not 0 < self.how_far <= 1:
            raise BadRequest(reason="how_far", value=self.how_far)
        for bar in (self.first, self.last):
            if bar is not None and bar < 1:
                raise BadRequest(reason="bars_from_one", value=bar)
        if self.first is not None and self.last is not None and self.first > self.last:
            raise BadRequest(reason="bars_backwards", first=self.first, last=self.last)

    @property
    def is_by_rule(self) -> bool:
        """Whether the network has no part in it."""
        return self.kind in BY_RULE or (self.kind is Kind.VARY and self.how is How.ORNAMENT)

    def fit(self, bars: int, *, most_bars: int = MAX_BARS) -> Self:
        """The same with all that is usual for a piece of so many bars. Raises NotWorkable for bars it does not have."""
        first, last, more = self.first, self.last, self.bars
        if self.kind is Kind.CONTINUE:
            first, last = first or bars + 1, None
        elif self.kind is Kind.RESTYLE:
            first, last = first or 1, last or min(bars, (first or 1) + THEME_BARS - 1)
        else:
            first, last = first or 1, last or (bars if first is None else first)
        if self.kind is Kind.CONTINUE and first < 2:
            raise NotWorkable(reason="nothing_before")
        furthest = bars + 1 if self.kind is Kind.CONTINUE else bars
        if max(first, last or first) > furthest:
            if (last or first) == first:
                raise NotWorkable(reason="no_such_bar", bar=first, bars=bars)
            raise NotWorkable(reason="no_such_bars", first=first, last=last, bars=bars)
        if self.kind in GOES_ON:
            more = more or USUAL_MORE
            total = (first - 1 if self.kind is Kind.CONTINUE else (last or first) - first + 1) + more
            if total > most_bars:
                raise NotWorkable(reason="no_room", bars=total, high=most_bars)
        else:
            more = None
        if self.kind is Kind.REWRITE and self.first is None:
            raise NotWorkable(reason="name_bars", bars=bars)
        return replace(self, first=first, last=last, bars=more)

    def to_json(self) -> dict[str, Any]:
        """For the database and the record beside a piece. Of the style only its three names."""
        return {
            "kind": self.kind.value,
            "period": self.style.period,
            "composer": self.style.composer,
            "instrumentation": self.style.instrumentation,
            "seed": self.seed,
            "bars": self.bars,
            "first": self.first,
            "last": self.last,
            "how": self.how.value,
            "how_far": self.how_far,
            "hand": self.hand.value,
            "aim": self.aim,
            "sampling": asdict(self.sampling),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote, also in another version. Raises BadRequest, KeyError, TypeError, ValueError."""
        sampling = values.get("sampling") or {}
        known = {item.name: sampling[item.name] for item in fields(Sampling) if item.name in sampling}
        style = Style(*(str(values[name]) for name in ("period", "composer", "instrumentation")))
        whole = {name: None if values.get(name) is None else int(values[name]) for name in ("bars", "first", "last")}
        return cls(
            kind=Kind(values["kind"]),
            style=style,
            seed=int(values["seed"]),
            how=How(values.get("how") or How.EVERY_SECOND_BAR),
            how_far=float(values.get("how_far") or 0.5),
            hand=Hand(values.get("hand") or EVERYTHING),
            aim=str(values.get("aim") or ""),
            sampling=Sampling(**known),
            **whole,
        )
