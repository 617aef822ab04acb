"""The loss, and bits per character, the figure every run is compared by.

Bits per character counts what it costs to predict every character *and every patch end*, divided by the number of
characters alone. Padding is neither predicted nor counted, nor are patches that do not count (`lessons.py`).

Where the piece's memory expects a character, that is mixed in as sampling mixes it in (`generator/model/sampling.py`).
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from generator.model.network import Network
from generator.model.patches import EOS, PAD, PATCH_CHARS
from generator.model.sampling import LEAST_LIKELY
from generator.training.lessons import Batch, Lesson, stack_lessons

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


def batch_loss(network: Network, batch: Batch) -> Loss:
    """Teacher-forced loss of a batch, each patch predicted from those before it."""
    nats = torch.zeros((), device=batch.patches.device)
    for asked in _asked(network, batch):
        if asked.expected is None:
            logits, targets = asked.logits.flatten(0, 1), asked.targets.flatten()
            nats = nats + F.cross_entropy(logits, targets, ignore_index=PAD, reduction="sum")
        else:
            said = asked.expected.log_probabilities(asked.logits, asked.targets)
            nats = nats - said[asked.targets != PAD].sum()
    targets = batch.patches[:, 1:][batch.scored[:, 1:]]
    return Loss(nats, int((targets != PAD).sum()), int((targets > EOS).sum()))


@torch.no_grad()
def mean_entropy(network: Network, batch: Batch) -> float:
    """How open the network leaves what comes, in bits for each character and patch end; without the memory."""
    nats, count = 0.0, 0
    for asked in _asked(network, batch):
        log_probabilities = asked.logits.log_softmax(-1)
        there = asked.targets != PAD
        nats -= float((log_probabilities.exp() * log_probabilities).sum(-1)[there].sum())
        count += int(there.sum())
    return nats / math.log(2) / max(1, count)


class _Asked(NamedTuple):
    """Some of the patches that count. logits (R, C, 128), targets (R, C), expected of the same."""

    logits: Tensor
    targets: Tensor
    expected: "Expected | None"


def _asked(network: Network, batch: Batch) -> Iterator[_Asked]:
    """The patches that count, those of similar length together."""
    hidden = network.patch_level(network.embed_patches(batch.patches))[:, :-1]
    counted = batch.scored[:, 1:]
    encoded, targets = hidden[counted], batch.patches[:, 1:][counted]
    heard = None if batch.heard is None else batch.heard[:, 1:][counted]
    expected = None
    if batch.expected is not None and batch.offsets is not None and batch.slopes is not None:
        expected = Expected(*(part[:, 1:][counted] for part in (batch.expected, batch.offsets, batch.slopes)))
    lengths = (targets != PAD).sum(dim=1)
    shorter = 0
    for length in LENGTH_BUCKETS:
        rows = ((lengths > shorter) & (lengths <= length)).nonzero().squeeze(1)
        shorter = length
        if len(rows) == 0:
            continue
        bucket = targets[rows, :length]
        said = None if heard is None else heard[rows, :length]
        known = None if expected is None else Expected(*(part[rows, :length] for part in expected))
        yield _Asked(network.char_level_logits(encoded[rows], bucket, said).float(), bucket, known)


class Expected(NamedTuple):
    """What the memory expects of some rows (R, C): the characters, 0 for nothing, and their numbers."""

    chars: Tensor
    offsets: Tensor
    slopes: Tensor

    def log_probabilities(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Of the targets (R, C) int64, the network's logits (R, C, 128) and the memory taken together: (R, C)."""
        log_probabilities = logits.log_softmax(-1)
        came = log_probabilities.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
        own = log_probabilities.gather(-1, self.chars.unsqueeze(-1)).squeeze(-1)
        odds = own.exp().clamp(LEAST_LIKELY, 1 - LEAST_LIKELY).logit()
        chances = self.offsets + self.slopes * odds
        # A character that was not expected keeps its share of what the expected one leaves.
        missed = came + F.softplus(odds) - F.softplus(chances)
        mixed = torch.where(targets == self.chars, -F.softplus(-chances), missed)
        return torch.where(self.chars == PAD, came, mixed)


@torch.no_grad()
def corpus_loss(network: Network, lessons: Iterable[Lesson], *, bf16: bool = False) -> Loss:
    """Loss summed over windows, one at a time."""
    nats, predictions, characters = torch.zeros(()), 0, 0
    for lesson in lessons:
        device = network.char_table.device
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=bf16):
            loss = batch_loss(network, stack_lessons([lesson]).to(device))
        nats += loss.nats.cpu()
        predictions += loss.predictions
        characters += loss.characters
    return Loss(nats, predictions, characters)
