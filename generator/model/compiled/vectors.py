"""Vectors of numbers, compiled: weighted sums, largest values, rounding to bytes, and an exponential.

Promises: the same numbers on every processor, in the order that is written down here: no fused or reordered sums.
Not covered: products of bytes (`products.py`), what all of it is for (`kernels.py`, `draw.py`).
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from generator.model.compiled.emitting import (
    BYTE,
    WORD,
    accumulate,
    constant,
    everywhere,
    fetch,
    function,
    load,
    store,
    zeros,
)
from generator.model.compiled.products import OPTIONS

VOCABULARY, HEAD_WIDTH, LANES = 128, 64, 16
HALF_OF_VOCABULARY = VOCABULARY // 2  # as many sums as the registers hold
IMPOSSIBLE = np.float32(-3e38)
LOG2_E, LN2_HIGH, LN2_LOW = np.float32(1.44269504), np.float32(0.693359375), np.float32(-2.12194440e-4)
E2, E3, E4, E5, E6, E7 = (np.float32(1 / math.factorial(power)) for power in range(2, 8))  # of the power series of e

inner = njit(**OPTIONS)


def _mix(width: int, chains: int, *, small: bool) -> Any:
    """An intrinsic: out[:width] = the sum of shares[i] * rows[i, :width] over i, in float32, at addresses.

    chains: how many sums run beside each other, each over every so many-th row; the number of rows is a multiple.
    small: whether the rows are bytes; as many bytes, from the address `next` on, are then brought near meanwhile.
    """

    @intrinsic
    def mix(_context: Any, _shares: Any, _rows: Any, _count: Any, _out: Any, _next: Any) -> Any:
        real, word = ir.FloatType(), ir.VectorType(WORD, LANES)
        vector, parts = ir.VectorType(real, LANES), width // LANES
        stored, size = (ir.VectorType(BYTE, LANES), 1) if small else (vector, 4)

        def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            shares, rows, count, out, following = args

            def turn(at: Any, sums: Sequence[Any]) -> Sequence[Any]:
                after = []
                if small:
                    fetch(builder, builder.add(following, builder.mul(at, constant(width))))
                for chain in range(chains):
                    row = builder.add(at, constant(chain))
                    share = load(builder, shares, builder.mul(row, constant(4)), real, align=4)
                    factor = everywhere(builder, share, vector)
                    for part, total in enumerate(sums[chain * parts : (chain + 1) * parts]):
                        offset = builder.add(builder.mul(row, constant(size * width)), constant(size * LANES * part))
                        values = load(builder, rows, offset, stored, align=size)
                        values = builder.sitofp(builder.sext(values, word), vector) if small else values
                        after.append(builder.fadd(total, builder.fmul(factor, values)))
                return after

            sums = accumulate(builder, zeros(vector, parts * chains), turn, count=count, step=chains)
            for part in range(parts):
                total, *others = sums[part::parts]
                for other in others:
                    total = builder.fadd(total, other)
                store(builder, total, out, constant(4 * LANES * part), align=4)
            return context.get_dummy_value()

        return types.void(*[types.intp] * 5), generate

    return mix


# A turn of either reads 64 bytes, which is what memory hands out at once.
mix_keys, mix_values = _mix(LANES, 4, small=True), _mix(HEAD_WIDTH, 1, small=True)
mix_characters = _mix(HALF_OF_VOCABULARY, 1, small=False)


def _fold(builder: Any, lanes: Any, both: Callable[[Any, Any], Any]) -> Any:
    """One number of a vector's LANES, by what is made of two, whichever they are."""
    count = LANES
    while count > 1:
        count //= 2
        low, high = (
            builder.shuffle_vector(
                lanes, lanes, ir.Constant(ir.VectorType(WORD, count), list(range(first, first + count)))
            )
            for first in (0, count)
        )
        lanes = both(low, high)
    return builder.extract_element(lanes, ir.Constant(WORD, 0))


@intrinsic
def largest_of(_context: Any, _x: Any, _count: Any) -> Any:
    """The largest absolute value of float32 at an address, so many, a multiple of LANES."""
    vector = ir.VectorType(ir.FloatType(), LANES)

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        absolute = function(builder, f"llvm.fabs.v{LANES}f32", ir.FunctionType(vector, [vector]))

        def larger(one: Any, other: Any) -> Any:
            return builder.select(builder.fcmp_ordered(">", one, other), one, other)

        def turn(at: Any, most: Sequence[Any]) -> Sequence[Any]:
            some = load(builder, args[0], builder.mul(at, constant(4)), vector, align=4)
            return [larger(most[0], builder.call(absolute, [some]))]

        (lanes,) = accumulate(builder, zeros(vector, 1), turn, count=args[1], step=LANES)
        return _fold(builder, lanes, larger)

    return types.float32(types.intp, types.intp), generate


@intrinsic
def round_to_bytes(_context: Any, _x: Any, _factor: Any, _count: Any, _to: Any) -> Any:
    """So many float32 at an address, a multiple of LANES, times a factor → bytes, rounded; returns their sum."""
    reals, words = ir.VectorType(ir.FloatType(), LANES), ir.VectorType(WORD, LANES)

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        x, factor, count, to = args
        rint = function(builder, f"llvm.rint.v{LANES}f32", ir.FunctionType(reals, [reals]))
        factors = everywhere(builder, factor, reals)

        def turn(at: Any, sums: Sequence[Any]) -> Sequence[Any]:
            some = builder.fmul(load(builder, x, builder.mul(at, constant(4)), reals, align=4), factors)
            whole = builder.fptosi(builder.call(rint, [some]), words)
            store(builder, builder.trunc(whole, ir.VectorType(BYTE, LANES)), to, at, align=1)
            return [builder.add(sums[0], whole)]

        (lanes,) = accumulate(builder, zeros(words, 1), turn, count=count, step=LANES)
        return _fold(builder, lanes, builder.add)

    return types.int32(types.intp, types.float32, types.intp, types.intp), generate


@intrinsic
def spread(_context: Any, _numbers: Any, _to: Any) -> Any:
    """HEAD_WIDTH bytes at an address → to another, LANES apart."""

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        numbers, to = args
        for i in range(HEAD_WIDTH):
            one = load(builder, numbers, constant(i), BYTE, align=1)
            store(builder, one, to, constant(LANES * i), align=1)
        return context.get_dummy_value()

    return types.void(types.intp, types.intp), generate


@intrinsic
def _power_of_two(_context: Any, _exponent: Any) -> Any:
    """2 ** exponent, exponent int32 from -126 to 127, as float32."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        biased = builder.add(args[0], ir.Constant(ir.IntType(32), 127))
        return builder.bitcast(builder.shl(biased, ir.Constant(ir.IntType(32), 23)), ir.FloatType())

    return types.float32(types.int32), generate


@inner
def larger(x, y):
    """Without the care for NaN that `max` takes."""
    return x if x > y else y


@inner
def exp(x):
    """e ** x in float32, the same on every processor; beyond 87 either way it stays what it is there."""
    x = -larger(-larger(x, np.float32(-87)), np.float32(-87))
    whole = np.rint(x * LOG2_E)
    rest = x - whole * LN2_HIGH - whole * LN2_LOW
    total = E7
    total = total * rest + E6
    total = total * rest + E5
    total = total * rest + E4
    total = total * rest + E3
    total = total * rest + E2
    total = total * rest + np.float32(1)
    total = total * rest + np.float32(1)
    return total * _power_of_two(np.int32(whole))
