"""Low-rank adapters (LoRA): learn a little beside weights that stay as they are.

Every matrix W inside the blocks becomes W + scale · U·D, D (rank, in) random, U (out, rank) zero at first, so that
training begins with exactly the network it began with. Only U and D learn. Source: Hu et al. 2021, arXiv:2106.09685.

Promises: `merged_weights` are plain weights of the same sizes that compute the same, so nothing else need know.
"""

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generator.model.network import Network
from generator.training.optimiser import MOMENTA, Optimiser

SCALE = 2.0  # of the product, whatever the rank


class Adapter(nn.Module):
    """A linear layer that is frozen, and the little that is learned beside it."""

    def __init__(self, linear: nn.Linear, rank: int, *, rng: torch.Generator) -> None:
        super().__init__()
        self.linear = linear
        down = torch.randn(rank, linear.in_features, generator=rng) / math.sqrt(linear.in_features)
        device = linear.weight.device
        self.down = nn.Parameter(down.to(device))
        self.up = nn.Parameter(torch.zeros(linear.out_features, rank, device=device))

    def forward(self, x: Tensor) -> Tensor:
        """x (..., in) → (..., out)."""
        learned = F.linear(F.linear(x, self.down), self.up)
        return self.linear(x) + SCALE * learned  # type: ignore[no-any-return]

    def merged_weight(self) -> Tensor:
        """(out, in)."""
        return self.linear.weight + SCALE * self.up @ self.down


def add_adapters(network: Network, rank: int, *, seed: int) -> None:
    """Freeze the network and put an adapter of that rank around every linear layer of its blocks."""
    rng = torch.Generator().manual_seed(seed)
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    layers = [(name, layer) for name, layer in network.named_modules() if isinstance(layer, nn.Linear)]
    for name, layer in layers:
        parent, _, own = name.rpartition(".")
        setattr(network.get_submodule(parent), own, Adapter(layer, rank, rng=rng))


def adapters(network: Network) -> Iterator[tuple[str, Adapter]]:
    """Every adapter, by the name that its linear layer had."""
    return ((name, module) for name, module in network.named_modules() if isinstance(module, Adapter))


def adapter_weights(network: Network) -> dict[str, Tensor]:
    """What was learned: the two matrices of every adapter."""
    return {
        f"{name}.{part}": getattr(adapter, part).detach()
        for name, adapter in adapters(network)
        for part in ("down", "up")
    }


def load_adapters(network: Network, weights: dict[str, Tensor]) -> None:
    """Take up what `adapter_weights` gave. Raises ValueError if the adapters are others."""
    expected = adapter_weights(network)
    if {name: tensor.shape for name, tensor in weights.items()} != {n: t.shape for n, t in expected.items()}:
        raise ValueError("the adapters have another rank, or belong to another network")
    with torch.no_grad():
        for name, tensor in weights.items():
            expected[name].copy_(tensor)


@torch.no_grad()
def merged_weights(network: Network) -> dict[str, Tensor]:
    """The weights of a plain network that computes what this one does with its adapters."""
    weights = {name: tensor for name, tensor in network.state_dict().items() if not name.endswith((".down", ".up"))}
    plain = {name.replace(".linear.", "."): tensor for name, tensor in weights.items()}
    plain |= {f"{name}.weight": adapter.merged_weight() for name, adapter in adapters(network)}
    return plain


class AdapterOptimiser(Optimiser):
    """AdamW for what is not frozen. The matrices are too narrow for Muon to mean anything."""

    def __init__(self, network: nn.Module, *, peak_rate: float) -> None:
        self.peak_rate = peak_rate
        learned = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self.parts = (torch.optim.AdamW(learned, lr=peak_rate, weight_decay=0.0, betas=MOMENTA),)
