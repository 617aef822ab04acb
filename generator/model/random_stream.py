"""The random numbers of one piece.

Promises: the same seed gives the same numbers on every device, with PyTorch and without: those of its generator on the
CPU (a Mersenne Twister, of which 24 bits make a number), so that pieces stay what they were.
Not covered: seeds beyond 32 bits that end alike give the same stream, as with PyTorch.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

SEED_BITS, NUMBER_BITS = 32, 24


class RandomStream:
    """Numbers from 0 up to but not including 1. seed: 0 or more."""

    def __init__(self, seed: int) -> None:
        self._twister = np.random.MT19937()
        state: Any = np.random.RandomState(seed % 2**SEED_BITS).get_state(legacy=False)
        self._twister.state = state

    def draw(self, count: int) -> NDArray[np.float64]:
        """The next `count` numbers."""
        bits: NDArray[np.uint64] = self._twister.random_raw(count)
        numbers: NDArray[np.float64] = (bits % 2**NUMBER_BITS) * 2.0**-NUMBER_BITS
        return numbers
