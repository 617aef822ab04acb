"""The compiled products against NumPy's, in every way that this processor can take, and what others would do."""

import re
from typing import Any

import llvmlite.binding as llvm
import numpy as np
import pytest
import torch
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from generator.model.compiled.emitting import constant, load, store
from generator.model.compiled.packing import pack_weights
from generator.model.compiled.products import (
    DOT,
    FEATURES,
    PAIRS,
    Dot,
    Pairs,
    Pairwise,
    TwoByTwo,
    dot_for,
    products_with,
)
from generator.model.metadata import FOURS
from generator.model.plain import quantise
from generator.model.precision import whole_products

POSSIBLE = [DOT, TwoByTwo(Pairwise(4)), *([Pairs()] if "+avx2" in FEATURES else [])]
ROWS = (1, 2, 3, 4, 5, 6, 7, 8, 16, 17)
INS, OUTS = 3 * 64, 192


@pytest.fixture(scope="module", params=POSSIBLE, ids=lambda dot: type(dot).__name__)
def way(request: pytest.FixtureRequest) -> tuple[Dot, Any]:
    products = products_with(request.param)
    # No wrapper for Python is made of what the network's kernels call.
    return request.param, njit(lambda *arguments: products(*arguments))


def extreme_weights(rng: np.random.Generator) -> np.ndarray:
    """Whole numbers (OUTS, INS) as `quantise` makes them, among them the largest that it may make."""
    weight = quantise(rng.normal(size=(OUTS, INS)).astype(np.float32))[0].astype(int)
    fours = np.array(FOURS)[:, 0].astype(bool)
    eights = weight[:8].reshape(8, -1, 8)  # a view
    eights[:2] = 0
    eights[0][:, fours], eights[1][:, ~fours] = (32, 32, 32, 32), (-127, -1, 0, 0)
    eights[2:4] = 0
    eights[2][:, :2], eights[3][:, 2:6] = (64, 64), (-64, -64, 127, 1)
    return weight


@pytest.mark.parametrize("rows", ROWS)
def test_products_are_exact_up_to_the_largest_numbers(way: tuple[Dot, Any], rows: int):
    dot, products = way
    rng = np.random.default_rng(rows)
    weight, x = extreme_weights(rng), rng.integers(-127, 128, (rows, INS))
    x[-1], x[0] = 127, -127
    before = rng.integers(0, 256, 64, np.uint8)  # the weights need not come first
    packed = np.concatenate([before, pack_weights(weight.astype(np.int8))])
    out = np.full(rows * OUTS + 1, 7, np.int32)
    numbers = (x + dot.offset).astype(np.uint8).view(np.int8)  # most processors take numbers without a sign
    products(packed, 64, numbers.reshape(-1), out, rows, INS, OUTS)
    assert np.array_equal(out[:-1].reshape(rows, OUTS), x @ weight.T)
    assert out[-1] == 7


@pytest.mark.parametrize("way", [PAIRS, Pairwise(4)], ids=lambda way: type(way).__name__)
def test_products_of_two_numbers_of_16_bits_are_exact_up_to_the_largest(way: Pairwise):
    @intrinsic
    def add(_context: Any, _some: Any, _others: Any, _out: Any) -> Any:
        def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            some, others = (load(builder, place, constant(0), way.halves, align=2) for place in args[:2])
            ones = ir.Constant(way.sums, [1] * way.lanes)
            store(builder, way.add(builder, ones, some, others), args[2], constant(0), align=4)
            return context.get_dummy_value()

        return types.void(*[types.intp] * 3), generate

    def both(x, y, out):
        add(x.ctypes.data, y.ctypes.data, out.ctypes.data)

    rng = np.random.default_rng(1)
    x, y = (rng.integers(-32767, 32768, 2 * way.lanes).astype(np.int16) for _ in range(2))
    x[:4], y[:4] = (32767, -32767, 32767, 32767), (32767, 32767, -32767, -32767)
    out = np.zeros(way.lanes + 1, np.int32)
    njit(both)(x, y, out)
    assert out.tolist() == [*(1 + (x.astype(int) * y).reshape(-1, 2).sum(1)), 0]


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
        ("x86_64-linux", "x86-64", "+sse2", "pmaddwd"),
        ("aarch64-linux", "neoverse-v1", "+neon,+dotprod,+i8mm", "usdot"),
        ("aarch64-linux", "neoverse-n1", "+neon,+dotprod", "sdot"),
        ("aarch64-linux", "cortex-a72", "+neon", "smlal"),
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
    some, numbers = dot.split(builder, weights), dot.spread(builder, word)
    builder.ret(dot.add(builder, total, [*some] * dot.fours, [*numbers] * dot.fours))
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    made = llvm.Target.from_triple(platform).create_target_machine(cpu=processor, features=features, opt=3)
    return str(made.emit_assembly(llvm.parse_assembly(str(module))))
