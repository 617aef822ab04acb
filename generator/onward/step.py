"""What is to be changed about a piece, step by step: "bars 5-8 calmer, end in major, left hand simpler".

Promises: an `Edit` is typed and complete, so the same edit of the same piece gives the same result; bars count from 1,
or from the end (-1 is the last one) until `fit` has seen the piece. Not covered: doing it (`editing.py`), and the words
(`said.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Self

from generator.catalogue.style import Style
from generator.errors import BadRequest
from generator.model.sampling_settings import Sampling
from generator.onward.errors import NotWorkable
from generator.onward.hands import Hand
from generator.request import MAX_SEED

MOST_STEPS = 8
LEAST_FACTOR, MOST_FACTOR = 0.25, 4.0


class Does(StrEnum):
    """What a step does. The network writes what `rewrite` and `vary` ask for; all others are done by rule."""

    REWRITE = "rewrite"
    VARY = "vary"
    SIMPLIFY = "simplify"
    ENRICH = "enrich"
    ORNAMENT = "ornament"
    SHIFT = "shift"
    TEMPO = "tempo"
    TRANSPOSE = "transpose"
    MODE = "mode"
    ENDING = "ending"
    HAND = "hand"
    LOUDNESS = "loudness"
    BARE = "bare"
    REPEAT = "repeat"
    ONCE = "once"
    COPY = "copy"


WRITTEN = frozenset({Does.REWRITE, Does.VARY})
OF_ALL_BARS = frozenset({Does.TRANSPOSE, Does.MODE, Does.ENDING, Does.HAND})  # bars that are named say nothing to these


@dataclass(frozen=True, kw_only=True)
class Step:
    """One change. first, last: which bars, None for all of them.

    aim: of `rewrite` calmer, livelier or ""; of `vary` a `How`; of `shift` the steps, "7" is an octave up; of `mode`
    and `ending` maj or min; of `transpose` "to:D" or "by:third up", in the words of `generator.transposing`; of `hand`
    the lines that a person wrote (`by_hand.py`); of `loudness` see `loudness.py`; of `copy` the bars that these become
    like, "1-4". `bare` takes ornaments away, `repeat` puts repeat signs around the bars, `once` takes them away.
    factor: of `tempo`, times as fast; tempo: quarter notes a minute instead. Raises BadRequest, ValueError.
    """

    does: Does
    first: int | None = None
    last: int | None = None
    hand: Hand = Hand.ALL
    aim: str = ""
    factor: float = 1.0
    tempo: int | None = None

    def __post_init__(self) -> None:
        if not LEAST_FACTOR <= self.factor <= MOST_FACTOR:
            raise BadRequest(reason="tempo_far")

    def fit(self, bars: int) -> Self:
        """The same with bars counted from 1. Raises NotWorkable, BadRequest for bars that are not there."""
        if self.first is None or self.last is None or self.does in OF_ALL_BARS:
            return replace(self, first=None, last=None)
        first, last = (max(1, bars + 1 + at) if at < 0 else at for at in (self.first, self.last))
        if first < 1:
            raise BadRequest(reason="bars_from_one", value=first)
        if first > last:
            raise BadRequest(reason="bars_backwards", first=first, last=last)
        if last > bars and first == last:
            raise NotWorkable(reason="no_such_bar", bar=first, bars=bars)
        if last > bars:
            raise NotWorkable(reason="no_such_bars", first=first, last=last, bars=bars)
        return replace(self, first=first, last=last)

    def numbers(self, bars: int) -> range:
        """Which of so many bars, counted from 0."""
        return range(bars) if self.first is None or self.last is None else range(self.first - 1, self.last)

    def to_json(self) -> dict[str, Any]:
        """By name."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote. Raises BadRequest, KeyError, TypeError, ValueError."""
        known = {item.name: values[item.name] for item in fields(cls) if item.name in values}
        return cls(**known | {"does": Does(known["does"]), "hand": Hand(known.get("hand") or Hand.ALL)})


@dataclass(frozen=True, kw_only=True)
class Edit:
    """Some steps, one after the other. style: under whose prompt the network writes; seed, sampling: likewise."""

    steps: tuple[Step, ...]
    style: Style
    seed: int
    sampling: Sampling = field(default_factory=Sampling)

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= MAX_SEED:
            raise BadRequest(reason="seed")
        if not 1 <= len(self.steps) <= MOST_STEPS:
            raise BadRequest(reason="steps", high=MOST_STEPS)

    @property
    def is_drawn(self) -> bool:
        """Whether another seed gives another result."""
        return any(step.does in WRITTEN or step.does is Does.ORNAMENT for step in self.steps)

    def fit(self, bars: int) -> Self:
        """The same for a piece of so many bars. Raises NotWorkable, BadRequest."""
        return replace(self, steps=tuple(step.fit(bars) for step in self.steps))

    def written(self, bars: int) -> int:
        """How many bars the network writes, of so many: a measure of how long it takes."""
        return sum(len(step.numbers(bars)) for step in self.steps if step.does in WRITTEN)

    def to_json(self) -> dict[str, Any]:
        """For the database and the record beside a piece. Of the style only its three names."""
        return {
            "steps": [step.to_json() for step in self.steps],
            "period": self.style.period,
            "composer": self.style.composer,
            "instrumentation": self.style.instrumentation,
            "seed": self.seed,
            "sampling": asdict(self.sampling),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote, also in another version. Raises BadRequest, KeyError, TypeError, ValueError."""
        sampling = values.get("sampling") or {}
        steps: Sequence[Mapping[str, Any]] = values["steps"]
        return cls(
            steps=tuple(Step.from_json(step) for step in steps),
            style=Style(*(str(values[name]) for name in ("period", "composer", "instrumentation"))),
            seed=int(values["seed"]),
            sampling=Sampling(**{item.name: sampling[item.name] for item in fields(Sampling) if item.name in sampling}),
        )
