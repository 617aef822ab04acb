"""What a network makes of what a voice hears: a vector that is added to the input of the character level.

Promises: nothing is added before it has learnt anything, so a network that is given ears writes what it wrote before.
Not covered: what the numbers say (`generator/hearing/numbers.py`).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generator.model.shape import EAR_WIDTH


class Hearing(nn.Module):
    """numbers: how many are heard at each character; hidden: size of the vectors of the network."""

    SILENT = ("hearing.direct.weight", "hearing.outer.weight")  # in a network: what begins at zero

    def __init__(self, numbers: int, hidden: int) -> None:
        super().__init__()
        self.direct = nn.Linear(numbers, hidden)
        self.inner = nn.Linear(numbers, EAR_WIDTH)
        self.outer = nn.Linear(EAR_WIDTH, hidden)
        self.silence()

    def silence(self) -> None:
        """Add nothing."""
        with torch.no_grad():
            for layer in (self.direct, self.outer):
                layer.weight.zero_()
                layer.bias.zero_()

    def forward(self, heard: Tensor) -> Tensor:
        """heard (..., numbers), 0 or 1 → (..., hidden)."""
        return self.direct(heard) + self.outer(F.gelu(self.inner(heard), approximate="tanh"))  # type: ignore[no-any-return]


def unpack_rows(heard: Tensor) -> Tensor:
    """Rows of bytes (..., n) → the numbers (..., 8 n), 0 or 1, as float32; the first is the lowest bit."""
    bits = (heard.unsqueeze(-1) >> torch.arange(8, device=heard.device, dtype=torch.uint8)) & 1
    return bits.flatten(-2).float()
