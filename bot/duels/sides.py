"""What stood against what in a duel: of each side its style, setting and weights; and which of these it compares.

Promises: two sides compare a kind only if they are alike in all others, so that no vote about two composers counts for
the weights, or the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

Kind = Literal["style", "setting", "weights"]
KINDS: tuple[Kind, ...] = ("style", "setting", "weights")


@dataclass(frozen=True, kw_only=True)
class Side:
    """piece: its id. style: "Romantic/Chopin, Frederic/Keyboard". setting: the name of a temperament, or what differs
    from what suits the style: "temperature=1.3". weights: the beginning of their fingerprint. "" for what is not known.
    """

    piece: str
    style: str = ""
    setting: str = ""
    weights: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote; what another version knows besides is left out."""
        return cls(**{field.name: str(values.get(field.name) or "") for field in fields(cls)})


def compares(a: Side, b: Side) -> Kind | None:
    """The one kind in which they differ; None if they differ in none, in several, or in what is not known."""
    differing = [kind for kind in KINDS if getattr(a, kind) != getattr(b, kind)]
    if len(differing) != 1 or not (getattr(a, differing[0]) and getattr(b, differing[0])):
        return None
    return differing[0]
