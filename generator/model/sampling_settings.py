"""How to sample, as values: kept apart from `sampling.py`, which loads torch."""

from dataclasses import dataclass
from typing import NamedTuple

from generator.errors import BadRequest
from generator.model.patches import VOCABULARY

MAX_TEMPERATURE = 2.0
MAX_GUIDANCE = 5.0
NO_HINT = -1


@dataclass(frozen=True)
class Sampling:
    """How adventurously to sample. The defaults are NotaGen's.

    temperature: above 0, at most 2; 1 leaves the probabilities alone, lower is more conservative.
    top_k: sample from the k most likely characters, 0 to 128; 0 switches the filter off.
    top_p: sample from the most likely characters that together have this probability, above 0, at most 1 (off).
    guidance: how much more the characters count that the prompt makes likelier than a prompt which names no composer
    does, 0 (off) to 5. Only networks trained for it can tell (`generator.training.windows`).
    Raises BadRequest for other values.
    """

    temperature: float = 1.2
    top_k: int = 9
    top_p: float = 0.9
    guidance: float = 0.0

    def __post_init__(self) -> None:
        # Written so that NaN is refused too.
        if not 0 < self.temperature <= MAX_TEMPERATURE:
            raise BadRequest(reason="temperature", value=self.temperature)
        if not 0 <= self.top_k <= VOCABULARY:
            raise BadRequest(reason="top_k", high=VOCABULARY, value=self.top_k)
        if not 0 < self.top_p <= 1:
            raise BadRequest(reason="top_p", value=self.top_p)
        if not 0 <= self.guidance <= MAX_GUIDANCE:
            raise BadRequest(reason="guidance", value=self.guidance)


class Hint(NamedTuple):
    """A character that is expected for a reason which the network cannot see.

    Its log odds are `offset` + `slope` · those that the network gives it. char: code point.
    """

    char: int
    offset: float
    slope: float
