"""The compiled products against NumPy's, in every way that this processor can take, and what others would do."""

import re
from typing import Any

import llvmlite.binding as llvm
import numpy as np
import pytest
import torch
from llvmlite import ir
from numba import njit

from generator.model.compiled.packing import pack_weights
from generator.model.compiled.products import DOT, Dot, OneByOne, Pairs, dot_for, products_with, target
from generator.model.precision import whole_products

FEATURES = target()[2].split(",")
POSSIBLE = [DOT, OneByOne(), *([Pairs()] if "+avx2" in FEATURES else [])]
ROWS = (1, 2, 3, 4, 5, 6, 7, 8, 16, 17)
INS, OUTS = 3 * 64, 192


@pytest.fixture(scope="module", params=POSSIBLE, ids=lambda dot: type(dot).__name__)
def way(request: pytest.FixtureRequest) -> tuple[Dot, Any]:
    products = products_with(request.param)
    # No wrapper for Python is made of what the network's kernels call.
    return request.param, njit(lambda *arguments: products(*arguments))


@pytest.mark.parametrize("rows", ROWS)
def test_products_are_exact_up_to_the_largest_numbers(way: tuple[Dot, Any], rows: int):
    dot, products = way
    rng = np.random.default_rng(rows)
    weight, x = rng.integers(-128, 128, (OUTS, INS)), rng.integers(-127, 128, (rows, INS))
    weight[0], weight[1], weight[2, ::2] = 127, -128, -128
    x[-1], x[0] = 127, -127
    before = rng.integers(0, 256, 64, np.uint8)  # the weights need not come first
    packed = np.concatenate([before, pack_weights(weight.astype(np.int8))])
    out = np.full(rows * OUTS + 1, 7, np.int32)
    rest = np.zeros(x.size // 2 + rows, np.int32)
    products(packed, 64, x.astype(np.int8).reshape(-1), rest, out, rows, INS, OUTS)
    # The packed weights are 128 too large: most processors take one side without a sign.
    assert np.array_equal(out[:-1].reshape(rows, OUTS) - dot.offset * x.sum(1, keepdims=True), x @ weight.T)
    assert out[-1] == 7


@pytest.mark.parametrize("rows", [1, 2, 3, 7])
def test_torch_multiplies_the_same(rows: int):
    rng = np.random.default_rng(rows)
    weight, x = rng.integers(-127, 128, (OUTS, INS)), rng.integers(-127, 128, (rows, INS))
    weight[0], x[0] = 127, -127
    torch_s = whole_products(torch.from_numpy(x.astype(np.int8)), torch.from_numpy(weight.astype(np.int8)))
    assert np.array_equal(torch_s.numpy(), x @ weight.T)


@pytest.mark.parametrize(
    ("platform", "processor", "features", "instruction"),
    [
        ("x86_64-linux", "icelake-server", "+avx2,+avx512f,+avx512vnni", "vpdpbusd"),
        ("x86_64-linux", "alderlake", "+avx2,+avxvnni", "vpdpbusd"),
        ("x86_64-linux", "haswell", "+avx2", "vpmaddubsw"),
        ("x86_64-linux", "x86-64", "", "pmaddwd"),
        ("aarch64-linux", "neoverse-v1", "+neon,+dotprod,+i8mm", "usdot"),
        ("aarch64-linux", "neoverse-n1", "+neon,+dotprod", "sdot"),
        ("aarch64-linux", "cortex-a72", "+neon", "mla"),
    ],
)
def test_each_kind_of_processor_uses_the_instruction_it_has(
    platform: str, processor: str, features: str, instruction: str
):
    code = assembly_of(dot_for(features.split(",")), platform, processor, features)
    assert re.search(rf"\b{instruction}\b", code)


def assembly_of(dot: Dot, platform: str, processor: str, features: str) -> str:
    """What becomes of one vector of weights times four numbers."""
    module = ir.Module()
    kind = ir.FunctionType(dot.sums, [dot.sums, dot.bytes, ir.IntType(32)])
    function = ir.Function(module, kind, "one")
    builder = ir.IRBuilder(function.append_basic_block())
    total, weights, word = function.args
    builder.ret(dot.add(builder, total, dot.split(builder, weights), dot.spread(builder, word)))
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    made = llvm.Target.from_triple(platform).create_target_machine(cpu=processor, features=features, opt=3)
    return str(made.emit_assembly(llvm.parse_assembly(str(module))))
