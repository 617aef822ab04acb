"""A character n-gram model: the simple baseline that a network has to beat.

Interpolated Kneser-Ney with one discount per order (Chen & Goodman 1999, section 2.7). Every piece begins with an
empty context, like the pieces a network is asked about.

Counting is sorting: an n-gram of 7-bit characters is one integer, so a corpus of 35 million characters takes seconds.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BITS = 7
VOCABULARY = 1 << BITS
MAX_ORDER = 9  # 9 x 7 = 63 bits

Keys = NDArray[np.int64]
Probabilities = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Table:
    """The n-grams of one order: sorted keys with their counts, sorted contexts with their counts summed.

    kinds: how many different characters followed each context.
    """

    keys: Keys
    counts: Keys
    contexts: Keys
    totals: Keys
    kinds: Keys
    discount: float

    @classmethod
    def of(cls, keys: Keys, counts: Keys) -> "Table":
        contexts, first = np.unique(keys >> BITS, return_index=True)
        totals = np.add.reduceat(counts, first)
        kinds = np.diff(np.append(first, len(keys)))
        ones, twos = int((counts == 1).sum()), int((counts == 2).sum())
        # With no n-gram seen once there is nothing to estimate the discount from; 0.5 is as good as any.
        discount = ones / (ones + 2 * twos) if ones else 0.5
        return cls(keys=keys, counts=counts, contexts=contexts, totals=totals, kinds=kinds, discount=discount)

    def interpolate(self, keys: Keys, lower: Probabilities) -> Probabilities:
        """P(character | context) for n-grams `keys`, given those of the next lower order."""
        count = _look_up(self.keys, self.counts, keys)
        total = _look_up(self.contexts, self.totals, keys >> BITS)
        kinds = _look_up(self.contexts, self.kinds, keys >> BITS)
        seen = np.maximum(total, 1)
        mixed = (np.maximum(count - self.discount, 0) + self.discount * kinds * lower) / seen
        return np.where(total > 0, mixed, lower)


class NgramModel:
    """Characters predicted from the `order - 1` before them. tables[k] holds the n-grams of length k + 1."""

    def __init__(self, texts: Iterable[bytes], *, order: int = 6) -> None:
        """Count the n-grams of some texts (7-bit characters above 0). Raises ValueError for an impossible order."""
        if not 1 <= order <= MAX_ORDER:
            raise ValueError(f"the order of an n-gram model is 1 to {MAX_ORDER}, not {order}")
        self.order = order
        keys, counts = np.unique(_ngrams(texts, order), return_counts=True)
        self.tables = [Table.of(keys, counts.astype(np.int64))]
        for length in range(order - 1, 0, -1):
            # Kneser-Ney: a shorter n-gram counts once for each character it was seen behind.
            keys, counts = np.unique(self.tables[0].keys & _mask(length), return_counts=True)
            self.tables.insert(0, Table.of(keys, counts.astype(np.int64)))

    def probabilities(self, text: bytes) -> Probabilities:
        """P of each character of a text, given those before it: (characters,)."""
        keys = _ngrams([text], self.order)
        result = np.full(len(keys), 1 / (VOCABULARY - 1))
        for length, table in enumerate(self.tables, start=1):
            result = table.interpolate(keys & _mask(length), result)
        return result

    def nats(self, text: bytes) -> float:
        """What it costs to predict a text."""
        return float(-np.log(self.probabilities(text)).sum())

    def bits_per_character(self, texts: Iterable[bytes]) -> float:
        """Over several texts."""
        nats, characters = 0.0, 0
        for text in texts:
            nats += self.nats(text)
            characters += len(text)
        return nats / math.log(2) / max(1, characters)


def _mask(length: int) -> int:
    return (1 << BITS * length) - 1


def _ngrams(texts: Iterable[bytes], order: int) -> Keys:
    """One integer for each character of the texts: itself and the `order - 1` before it, zeros before the beginning."""
    padded = b"".join(bytes(order - 1) + text for text in texts)
    characters = np.frombuffer(padded, np.uint8)
    count = len(characters) - order + 1
    if count <= 0:
        return np.zeros(0, np.int64)
    keys = np.zeros(count, np.int64)
    for place in range(order):
        keys <<= BITS
        keys |= characters[place : place + count]
    # n-grams that end in the padding between two texts are none
    return keys[characters[order - 1 :] > 0]


def _look_up(keys: Keys, values: Keys, wanted: Keys) -> Keys:
    """The value of each wanted key, 0 for keys that are not there."""
    if len(keys) == 0:
        return np.zeros(len(wanted), np.int64)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, values[places], 0)
