"""From logits to characters: the three filters of NotaGen, for many pieces at once.

Promises: the same distribution as the reference (top-k, then top-p, then temperature, each on probabilities), except
that characters which were cut have probability exactly zero; the reference adds 1e-12 to every probability between
the steps, which lets a stray character through now and then. A row's distribution depends on that row alone, bit for
bit: every step works on rows of all 128 characters, whatever the other rows ask for.
Not covered: where the logits come from (`network.py`) and the random streams (`engine.py`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from generator.model.daring import MAX_TEMPERATURE as MAX_TEMPERATURE
from generator.model.daring import Sampling as Sampling
from generator.model.patches import VOCABULARY


class SamplingRows(NamedTuple):
    """The settings of many rows as columns, each (rows, 1)."""

    top_k: Tensor
    top_p: Tensor
    exponent: Tensor  # 1 / temperature


def stack_settings(settings: Sequence[Sampling], *, device: torch.device) -> SamplingRows:
    """One row of settings for each piece, on the device of the logits."""
    top_k = torch.tensor([[s.top_k or VOCABULARY] for s in settings], device=device)
    top_p = torch.tensor([[s.top_p if s.top_p < 1 else 2.0] for s in settings], device=device)
    exponent = torch.tensor([[1 / s.temperature] for s in settings], device=device)
    return SamplingRows(top_k, top_p, exponent)


def truncate_sorted(probabilities: Tensor, settings: SamplingRows) -> tuple[Tensor, Tensor]:
    """The three filters, with the characters of each row ordered from the most to the least likely.

    probabilities (rows, 128), each row summing to 1 → running totals (rows, 128), the last of each row 1, and the
    characters (rows, 128) int64 that they belong to. Cut characters add exactly nothing to the total.
    Order and edges as in the package `samplings` that NotaGen inference/utils.py uses: the character that brings the
    total to top-p or above stays in.
    """
    # stable: characters of equal probability must come in the same order whatever the batch looks like.
    ordered, characters = probabilities.sort(dim=-1, descending=True, stable=True)
    ranks = torch.arange(VOCABULARY, device=probabilities.device)
    kept = ordered.masked_fill(ranks >= settings.top_k, 0.0)
    totals = running_totals(kept)
    before = torch.cat((torch.zeros_like(totals[:, :1]), totals[:, :-1]), dim=-1)
    kept = kept.masked_fill(before >= settings.top_p, 0.0)
    # Scaled by the largest first: a low temperature takes small numbers beyond what float32 can hold.
    tempered = (kept / kept[:, :1]).pow(settings.exponent)
    return running_totals(tempered), characters


def running_totals(weights: Tensor) -> Tensor:
    """Cumulative sums (rows, n) of each row, scaled so that the last is 1."""
    totals = weights.cumsum(-1)
    return totals / totals[:, -1:]


def truncate_distribution(probabilities: Tensor, settings: Sequence[Sampling]) -> Tensor:
    """The distribution that is drawn from: probabilities (rows, 128) → (rows, 128), rows summing to 1."""
    rows = stack_settings(settings, device=probabilities.device)
    totals, characters = truncate_sorted(probabilities, rows)
    ordered = totals.diff(dim=-1, prepend=torch.zeros_like(totals[:, :1]))
    return torch.zeros_like(probabilities).scatter(1, characters, ordered)


def draw_characters(logits: Tensor, settings: SamplingRows, uniform: Tensor) -> Tensor:
    """Draw one character per row.

    logits (rows, 128), any scale; uniform (rows, 1), from 0 up to but not including 1. Returns (rows,) int64.
    """
    totals, characters = truncate_sorted(logits.float().softmax(-1), settings)
    # The first whose total is above the random number; totals of cut characters repeat the one before them.
    rank = (totals <= uniform).sum(-1, keepdim=True)
    return characters.gather(1, rank).squeeze(1)
