"""The loss, and bits per character, the figure every run is compared by.

Bits per character counts what it costs to predict every character *and every patch end*, divided by the number of
characters alone. Padding is neither predicted nor counted.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from generator.model.network import Network
from generator.model.patches import EOS, PAD, PATCH_CHARS
from generator.training.corpus import Patches

# Patches are grouped by length, so that the character level, two thirds of the work, skips most of the padding.
LENGTH_BUCKETS = (4, 8, 12, PATCH_CHARS)


@dataclass(frozen=True)
class Loss:
    """nats: the summed loss, a tensor to differentiate; predictions and characters: how many were scored."""

    nats: Tensor
    predictions: int
    characters: int

    @property
    def bits_per_character(self) -> float:
        return self.nats.item() / math.log(2) / max(1, self.characters)


def pad_windows(windows: Sequence[Patches]) -> tuple[Tensor, Tensor]:
    """Windows of different lengths → patches (B, N, 16) int64 and mask (B, N) of the places that hold one."""
    length = max(map(len, windows))
    patches = torch.zeros(len(windows), length, PATCH_CHARS, dtype=torch.int64)
    mask = torch.zeros(len(windows), length, dtype=torch.bool)
    for row, window in enumerate(windows):
        patches[row, : len(window)] = torch.from_numpy(window.astype("int64"))
        mask[row, : len(window)] = True
    return patches, mask


def window_loss(network: Network, patches: Tensor, mask: Tensor) -> Loss:
    """Teacher-forced loss of patches (B, N, 16), each predicted from those before it; mask (B, N) as above."""
    hidden = network.patch_level(network.embed_patches(patches))[:, :-1]
    encoded, targets = hidden[mask[:, 1:]], patches[:, 1:][mask[:, 1:]]
    lengths = (targets != PAD).sum(dim=1)
    nats = torch.zeros((), device=patches.device)
    shorter = 0
    for length in LENGTH_BUCKETS:
        rows = ((lengths > shorter) & (lengths <= length)).nonzero().squeeze(1)
        shorter = length
        if len(rows) == 0:
            continue
        bucket = targets[rows, :length]
        logits = network.char_level_logits(encoded[rows], bucket).float()
        nats = nats + F.cross_entropy(logits.flatten(0, 1), bucket.flatten(), ignore_index=PAD, reduction="sum")
    return Loss(nats, int(lengths.sum()), int((targets > EOS).sum()))


@torch.no_grad()
def corpus_loss(network: Network, windows: Iterable[Patches], *, bf16: bool = False) -> Loss:
    """Loss summed over windows, one at a time."""
    nats, predictions, characters = torch.zeros(()), 0, 0
    for window in windows:
        patches, mask = pad_windows([window])
        device = network.char_table.device
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=bf16):
            loss = window_loss(network, patches.to(device), mask.to(device))
        nats += loss.nats.cpu()
        predictions += loss.predictions
        characters += loss.characters
    return Loss(nats, predictions, characters)
