"""The distribution that characters are sampled from, to look at it whole."""

from collections.abc import Sequence

import torch
from torch import Tensor

from generator.model.sampling import Hint, Sampling, stack_hints, stack_settings, truncate_sorted


def truncate_distribution(
    probabilities: Tensor,
    settings: Sequence[Sampling],
    unprompted: Tensor | None = None,
    hints: Sequence[Hint | None] | None = None,
) -> Tensor:
    """The distribution that is drawn from: probabilities (rows, 128) → (rows, 128), rows summing to 1.

    unprompted (rows, 128): as in `truncate_sorted`; hints: one for each row.
    """
    device = probabilities.device
    stacked = None if hints is None else stack_hints(hints, device=device)
    totals, characters = truncate_sorted(probabilities, stack_settings(settings, device=device), unprompted, stacked)
    ordered = totals.diff(dim=-1, prepend=torch.zeros_like(totals[:, :1]))
    return torch.zeros_like(probabilities).scatter(1, characters, ordered)
