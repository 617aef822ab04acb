"""The same network with smaller numbers, for speed.

Promises: only the matrices of the layers change; norms, sums, caches and probabilities stay float32 (compiled, caches
are whole numbers, too). "bf16" keeps matrices as bfloat16, which wants a processor with avx512_bf16 or a GPU; "int8"
(CPU only) keeps whole numbers with one scale per row, somewhat smaller ones than our files do, and multiplies them with
whole numbers: the sums are exact. A row's result does not depend on how many rows there are, if they come in multiples
of ROWS_MULTIPLE (torch 2.13 on AMD EPYC and Intel Xeon; a test watches).
Not covered: files (`checkpoint.py`), the same arithmetic compiled (`compiled`), and quality: judge a network in the
precision it will run in.
"""

import copy
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generator.errors import BadRequest
from generator.model.checkpoint import quantise_rows
from generator.model.metadata import EIGHT, FOUR_LARGEST, FOURS, INT8_LARGEST, SMALLEST_ROW
from generator.model.network import Network

# With 1, 2 or 3 rows of float32 MKL adds in another order than with more, and with two threads also for the rows
# beyond the last multiple of four; on an Intel Xeon up to 12 rows are added otherwise. oneDNN (bfloat16) treats a
# single row differently. Sums of whole numbers are the same in any order.
ROWS_MULTIPLE = {"fp32": 16, "bf16": 4, "int8": 1}


class BFloat16Linear(nn.Module):
    """A linear layer that multiplies in bfloat16, float32 outside."""

    weight: Tensor
    bias: Tensor

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.register_buffer("weight", linear.weight.detach().bfloat16())
        self.register_buffer("bias", linear.bias.detach().float())

    def forward(self, x: Tensor) -> Tensor:
        """x (..., in) → (..., out)."""
        return F.linear(x.bfloat16(), self.weight).float() + self.bias


class Int8Linear(nn.Module):
    """A linear layer with int8 rows and one scale each; what it multiplies becomes whole numbers with a scale, too."""

    weight: Tensor
    scale: Tensor
    bias: Tensor

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight, scale = quantise(linear.weight.detach())
        self.register_buffer("weight", weight)
        self.register_buffer("scale", scale)
        self.register_buffer("bias", linear.bias.detach().float())

    def forward(self, x: Tensor) -> Tensor:
        """x (..., in) → (..., out)."""
        rows = x.reshape(-1, x.shape[-1])
        largest = rows.abs().amax(-1, keepdim=True).clamp(min=SMALLEST_ROW)
        whole = (rows * (INT8_LARGEST / largest)).round().to(torch.int8)
        products = whole_products(whole, self.weight).float() * (largest / INT8_LARGEST)
        return (products * self.scale + self.bias).view(*x.shape[:-1], -1)


def quantise(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """matrix (rows, n), n a multiple of 8 → whole numbers (rows, n) int8 and what to multiply each row by (rows,).

    They are so small that products of four can be added up in 16 bits (`metadata.FOURS`), as compiled products are.
    """
    whole, scale = quantise_rows(matrix)
    eights, added_up = whole.float().view(len(matrix), -1, EIGHT), torch.tensor(FOURS, dtype=torch.float32)
    above = eights.clamp(min=0) @ added_up
    below = above - eights @ added_up
    fours = torch.maximum(above, below).amax(dim=(1, 2))
    # What is rounded may grow by a half, here and when the row is rounded again: a four by two each time.
    scale = scale * ((fours + 2) / (FOUR_LARGEST - 2)).clamp(min=1)
    return (matrix.float() / scale[:, None]).round().to(torch.int8), scale


def whole_products(rows: Tensor, weight: Tensor) -> Tensor:
    """rows (n, ins) int8 times weight (outs, ins) int8 → (n, outs), exact whole numbers."""
    if _multiplies_exactly():
        return torch._int_mm(rows, weight.t())
    return rows.double() @ weight.double().t()


@cache
def _multiplies_exactly() -> bool:
    """Whether torch's own product of bytes is right here: some processors add pairs of products in too few bits."""
    rows, weight = torch.full((1, 64), -INT8_LARGEST, dtype=torch.int8), torch.full((16, 64), 127, dtype=torch.int8)
    try:
        return bool((torch._int_mm(rows, weight.t()) == -64 * INT8_LARGEST * 127).all())
    except RuntimeError:
        return False


LINEARS = {"bf16": BFloat16Linear, "int8": Int8Linear}


def with_precision(network: Network, precision: str) -> Network:
    """The network to run in this precision: itself for "fp32", else a copy. Raises BadRequest."""
    if precision == "fp32":
        return network
    if precision not in LINEARS:
        raise BadRequest(reason="precision", value=precision)
    if precision == "int8" and network.char_table.device.type != "cpu":
        raise BadRequest(reason="int8_on_gpu")
    lighter = copy.deepcopy(network).eval()
    for module in list(lighter.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear):
                setattr(module, name, LINEARS[precision](child))
    return lighter


def count_parameters(network: Network) -> int:
    """How many numbers were learnt, whatever the precision: without scales."""
    return sum(values.numel() for name, values in network.state_dict().items() if not name.endswith(".scale"))
