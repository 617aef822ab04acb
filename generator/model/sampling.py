"""From logits to characters: the three filters of NotaGen and guidance, for many pieces at once.

Promises: without guidance the same distribution as the reference (top-k, then top-p, then temperature, each on
probabilities), except that characters which were cut have probability exactly zero; the reference adds 1e-12 to every
probability between the steps, which lets a stray character through now and then. Guidance weighs what the filters left
by how much likelier the piece's prompt makes it than a prompt that names no composer: it chooses among plausible
characters and adds none. A hint gives one character the probability that it has in human music, where a piece goes on
as it did before; the others share what is left as the filters say. A row's distribution depends on that row alone, bit
for bit: every step works on rows of all 128 characters, whatever the other rows ask for.
Not covered: where the logits come from (`network.py`) and the random streams (`engine.py`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from generator.model.patches import VOCABULARY
from generator.model.sampling_settings import MAX_TEMPERATURE as MAX_TEMPERATURE
from generator.model.sampling_settings import NO_HINT as NO_HINT
from generator.model.sampling_settings import Hint as Hint
from generator.model.sampling_settings import Sampling as Sampling

LEAST_LIKELY = 1e-6  # what a network calls less likely than this it cannot tell from impossible


class SamplingRows(NamedTuple):
    """The settings of many rows as columns, each (rows, 1)."""

    top_k: Tensor
    top_p: Tensor
    exponent: Tensor  # 1 / temperature
    guidance: Tensor

    def row(self, number: int) -> "SamplingRows":
        """The settings of one row, each (1, 1)."""
        return SamplingRows(*(column[number : number + 1] for column in self))


class HintRows(NamedTuple):
    """The hints of many rows as columns, each (rows, 1); char is NO_HINT where there is none."""

    char: Tensor
    offset: Tensor
    slope: Tensor

    def row(self, number: int) -> "HintRows":
        """Those of one row, each (1, 1)."""
        return HintRows(*(column[number : number + 1] for column in self))


def stack_hints(hints: Sequence[Hint | None], *, device: torch.device) -> HintRows:
    """One row for each piece, on the device of the logits."""
    columns = zip(*(hint or Hint(NO_HINT, 0.0, 1.0) for hint in hints), strict=True)
    return HintRows(*(torch.tensor(column, device=device).unsqueeze(1) for column in columns))


def stack_settings(settings: Sequence[Sampling], *, device: torch.device) -> SamplingRows:
    """One row of settings for each piece, on the device of the logits."""
    top_k = torch.tensor([[s.top_k or VOCABULARY] for s in settings], device=device)
    top_p = torch.tensor([[s.top_p if s.top_p < 1 else 2.0] for s in settings], device=device)
    exponent = torch.tensor([[1 / s.temperature] for s in settings], device=device)
    guidance = torch.tensor([[s.guidance] for s in settings], device=device)
    return SamplingRows(top_k, top_p, exponent, guidance)


def truncate_sorted(
    probabilities: Tensor,
    settings: SamplingRows,
    unprompted: Tensor | None = None,
    hints: HintRows | None = None,
) -> tuple[Tensor, Tensor]:
    """The three filters, guidance and hints, with the characters of each row from the most to the least likely.

    probabilities (rows, 128), each row summing to 1 → running totals (rows, 128), the last of each row 1, and the
    characters (rows, 128) int64 that they belong to. Cut characters add exactly nothing to the total.
    unprompted (rows, 128): the probabilities under the prompt that guidance leads away from. hints: what is expected.
    Order and edges as in the package `samplings` that NotaGen inference/utils.py uses: the character that brings the
    total to top-p or above stays in.
    """
    expected = None if hints is None else _work_out(hints, probabilities, settings.top_p)
    if expected is not None:
        # The filters look at the others only: beside a likely repetition they would cut every way out of it.
        probabilities = expected.without(probabilities)
    # stable: characters of equal probability must come in the same order whatever the batch looks like.
    ordered, characters = probabilities.sort(dim=-1, descending=True, stable=True)
    ranks = torch.arange(VOCABULARY, device=probabilities.device)
    kept = ordered.masked_fill(ranks >= settings.top_k, 0.0)
    totals = _running_totals(kept)
    before = torch.cat((torch.zeros_like(totals[:, :1]), totals[:, :-1]), dim=-1)
    kept = kept.masked_fill(before >= settings.top_p, 0.0)
    # Scaled by the largest first: a low temperature takes small numbers beyond what float32 can hold.
    weights = (kept / kept[:, :1]).pow(settings.exponent)
    if unprompted is not None:
        weights = weights * _pull(kept, unprompted.gather(1, characters), settings.guidance)
    if expected is not None:
        weights = expected.among(weights, characters)
    return _running_totals(weights), characters


class Expected(NamedTuple):
    """Hints, worked out: `chances` (rows, 1) of the characters `chars` (rows, 1), where they count (rows, 1)."""

    chars: Tensor
    chances: Tensor
    counts: Tensor

    def without(self, probabilities: Tensor) -> Tensor:
        """Probabilities (rows, 128) by code point, of the other characters alone where an expectation counts."""
        others = probabilities.scatter(1, self.chars, 0.0)
        total = others.sum(-1, keepdim=True)
        return torch.where(self.counts & (total > 0), others / total, probabilities)

    def among(self, weights: Tensor, characters: Tensor) -> Tensor:
        """Weights (rows, 128) of the other characters, in the order of `characters`, with the expected ones added."""
        shares = weights / weights.sum(-1, keepdim=True)
        followed = torch.where(characters == self.chars, self.chances, shares * (1 - self.chances))
        return torch.where(self.counts, followed, weights)


def _work_out(hints: HintRows, probabilities: Tensor, top_p: Tensor) -> Expected:
    """What hints say beside the network's probabilities (rows, 128) by code point.

    An expectation does not count if it may not come (probability 0), or is so unlikely that top-p would cut it.
    """
    chars = hints.char.clamp_min(0)
    own = probabilities.gather(1, chars)
    chances = torch.sigmoid(hints.offset + hints.slope * own.logit(eps=LEAST_LIKELY))
    return Expected(chars, chances, (hints.char != NO_HINT) & (own > 0) & (chances > 1 - top_p))


def _pull(kept: Tensor, unprompted: Tensor, guidance: Tensor) -> Tensor:
    """(kept / unprompted) ** guidance, each row scaled so that its largest is 1; exactly 1 where guidance is 0.

    kept, unprompted (rows, 128): probabilities in the same order; where kept is 0 the result is 0 too, or 1.
    """
    ratios = kept.log() - unprompted.clamp_min(LEAST_LIKELY).log()
    ratios = ratios - ratios.amax(dim=-1, keepdim=True)
    return torch.where(guidance > 0, (ratios * guidance).exp(), 1.0)


def _running_totals(weights: Tensor) -> Tensor:
    """Cumulative sums (rows, n) of each row, scaled so that the last is 1."""
    totals = weights.cumsum(-1)
    return totals / totals[:, -1:]


def sample_rows(
    logits: Tensor,
    settings: SamplingRows,
    uniform: Tensor,
    unprompted: Tensor | None = None,
    hints: HintRows | None = None,
) -> Tensor:
    """Sample one character per row.

    logits (rows, 128), any scale; uniform (rows, 1), from 0 up to but not including 1; unprompted (rows, 128): logits
    under the prompt that guidance leads away from; hints: what is expected. Returns (rows,) int64.
    """
    away_from = None if unprompted is None else unprompted.float().softmax(-1)
    totals, characters = truncate_sorted(logits.float().softmax(-1), settings, away_from, hints)
    # The first whose total is above the random number; totals of cut characters repeat the one before them.
    rank = (totals <= uniform).sum(-1, keepdim=True)
    return characters.gather(1, rank).squeeze(1)
