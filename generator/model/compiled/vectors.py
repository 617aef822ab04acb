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
    HALF,
    WORD,
    accumulate,
    constant,
    everywhere,
    function,
    load,
    store,
    zeros,
)
from generator.model.compiled.products import DOT, OPTIONS

VOCABULARY, HEAD_WIDTH, LANES = 128, 64, 16
HALF_OF_VOCABULARY = VOCABULARY // 2  # as many sums as the registers hold
IMPOSSIBLE, SMALLEST = np.float32(-3e38), np.float32(1e-12)
LARGEST_BYTE = np.float32(127)
LOG2_E, LN2_HIGH, LN2_LOW = 1.44269504, 0.693359375, -2.12194440e-4
SERIES = [1 / math.factorial(power) for power in range(7, -1, -1)]  # of e

inner = njit(**OPTIONS)


# --- of vectors, in LLVM's language --------------------------------------------------------------------------------


def real(kind: Any, number: float) -> Any:
    """A float32, or a vector of the same in every lane."""
    rounded = float(np.float32(number))
    return ir.Constant(kind, [rounded] * kind.count if isinstance(kind, ir.VectorType) else rounded)


def larger_of(builder: Any, one: Any, other: Any) -> Any:
    """Of two numbers, or lane by lane, without the care for NaN that `max` takes."""
    return builder.select(builder.fcmp_ordered(">", one, other), one, other)


def rounded_to_whole(builder: Any, x: Any) -> Any:
    """The nearest whole numbers, as they are."""
    suffix = f"v{x.type.count}f32" if isinstance(x.type, ir.VectorType) else "f32"
    return builder.call(function(builder, f"llvm.rint.{suffix}", ir.FunctionType(x.type, [x.type])), [x])


def exponential(builder: Any, x: Any) -> Any:
    """e ** x in float32, the same on every processor; beyond 87 either way it stays what it is there."""
    kind = x.type
    x = larger_of(builder, x, real(kind, -87))
    x = builder.select(builder.fcmp_ordered("<", x, real(kind, 87)), x, real(kind, 87))
    whole = rounded_to_whole(builder, builder.fmul(x, real(kind, LOG2_E)))
    rest = builder.fsub(x, builder.fmul(whole, real(kind, LN2_HIGH)))
    rest = builder.fsub(rest, builder.fmul(whole, real(kind, LN2_LOW)))
    total = real(kind, SERIES[0])
    for factor in SERIES[1:]:
        total = builder.fadd(builder.fmul(total, rest), real(kind, factor))
    words = ir.VectorType(WORD, kind.count) if isinstance(kind, ir.VectorType) else WORD
    exponent = builder.add(builder.fptosi(whole, words), _each(words, 127))
    return builder.fmul(total, builder.bitcast(builder.shl(exponent, _each(words, 23)), kind))


def activated(builder: Any, u: Any) -> Any:
    """What NotaGen's activation makes of a vector of float32."""
    kind = u.type
    cube = builder.fmul(builder.fmul(builder.fmul(real(kind, 0.044715), u), u), u)
    z = builder.fmul(real(kind, -1.5957691216), builder.fadd(u, cube))
    return builder.fdiv(u, builder.fadd(real(kind, 1), exponential(builder, z)))


def _each(kind: Any, number: int) -> Any:
    return ir.Constant(kind, [number] * kind.count if isinstance(kind, ir.VectorType) else number)


def fold(builder: Any, lanes: Any, both: Callable[[Any, Any], Any]) -> Any:
    """One number of a vector's lanes, a power of two, by what is made of two, whichever they are."""
    count = lanes.type.count
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


# --- of arrays, for numba ------------------------------------------------------------------------------------------


@intrinsic
def exp(_context: Any, _x: Any) -> Any:
    """See `exponential`."""
    return types.float32(types.float32), lambda _context, builder, _signature, args: exponential(builder, args[0])


def _sum(each: Callable[[Any, Any, Any], Any]) -> Any:
    """An intrinsic: what is made of each of so many float32 at an address, a multiple of 32, and a number, added up."""

    @intrinsic
    def total(_context: Any, _x: Any, _number: Any, _count: Any) -> Any:
        vector = ir.VectorType(ir.FloatType(), 2 * LANES)

        def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            x, number, count = args
            everyone = everywhere(builder, number, vector)

            def turn(at: Any, sums: Sequence[Any]) -> Sequence[Any]:
                some = load(builder, x, builder.mul(at, constant(4)), vector, align=4)
                return [builder.fadd(sums[0], each(builder, some, everyone))]

            (lanes,) = accumulate(builder, zeros(vector, 1), turn, count=count, step=2 * LANES)
            return fold(builder, lanes, builder.fadd)

        return types.float32(types.intp, types.float32, types.intp), generate

    return total


def _square(builder: Any, x: Any, middle: Any) -> Any:
    distance = builder.fsub(x, middle)
    return builder.fmul(distance, distance)


# How far they are from a number; the squares of that.
sum_above, sum_of_squares = _sum(lambda builder, x, number: builder.fsub(x, number)), _sum(_square)


def _largest(*, absolute: bool) -> Any:
    """An intrinsic: the largest of float32 at an address, so many, a multiple of LANES."""

    @intrinsic
    def largest(_context: Any, _x: Any, _count: Any) -> Any:
        vector = ir.VectorType(ir.FloatType(), LANES)

        def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            without_sign = function(builder, f"llvm.fabs.v{LANES}f32", ir.FunctionType(vector, [vector]))

            def turn(at: Any, most: Sequence[Any]) -> Sequence[Any]:
                some = load(builder, args[0], builder.mul(at, constant(4)), vector, align=4)
                return [larger_of(builder, builder.call(without_sign, [some]) if absolute else some, most[0])]

            least = real(vector, 0 if absolute else -np.inf)
            (lanes,) = accumulate(builder, [least], turn, count=args[1], step=LANES)
            return fold(builder, lanes, lambda one, other: larger_of(builder, one, other))

        return types.float32(types.intp, types.intp), generate

    return largest


largest_of, highest_of = _largest(absolute=True), _largest(absolute=False)


@intrinsic
def mix_characters(_context: Any, _shares: Any, _rows: Any, _count: Any, _out: Any) -> Any:
    """out[:64] = the sum of shares[i] * rows[i, :64] over i, in float32, at addresses."""
    number, parts = ir.FloatType(), HALF_OF_VOCABULARY // LANES
    vector = ir.VectorType(number, LANES)

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        shares, rows, count, out = args

        def turn(at: Any, sums: Sequence[Any]) -> Sequence[Any]:
            share = load(builder, shares, builder.mul(at, constant(4)), number, align=4)
            factor, row = everywhere(builder, share, vector), builder.mul(at, constant(4 * HALF_OF_VOCABULARY))
            after = []
            for part, total in enumerate(sums):
                values = load(builder, rows, builder.add(row, constant(4 * LANES * part)), vector, align=4)
                after.append(builder.fadd(total, builder.fmul(factor, values)))
            return after

        for part, total in enumerate(accumulate(builder, zeros(vector, parts), turn, count=count, step=1)):
            store(builder, total, out, constant(4 * LANES * part), align=4)
        return context.get_dummy_value()

    return types.void(*[types.intp] * 4), generate


def _finish(become: Callable[[Any, Any, Any], Any]) -> Any:
    """An intrinsic: what comes of whole sums, so many, a multiple of LANES, at addresses.

    Each is multiplied by the row's scale and its own factor, and its bias is added; become: that and what stood at its
    place → what stands there then. All but the sums are float32.
    """

    @intrinsic
    def finish(_context: Any, _sums: Any, _scale: Any, _factors: Any, _biases: Any, _count: Any, _to: Any) -> Any:
        vector, words = ir.VectorType(ir.FloatType(), LANES), ir.VectorType(WORD, LANES)

        def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            sums, scale, factors, biases, count, to = args
            scales = everywhere(builder, scale, vector)

            def turn(at: Any, _: Sequence[Any]) -> Sequence[Any]:
                place = builder.mul(at, constant(4))
                whole = builder.sitofp(load(builder, sums, place, words, align=4), vector)
                factor, bias, before = (
                    load(builder, numbers, place, vector, align=4) for numbers in (factors, biases, to)
                )
                number = builder.fadd(builder.fmul(builder.fmul(whole, scales), factor), bias)
                store(builder, become(builder, number, before), to, place, align=4)
                return []

            accumulate(builder, [], turn, count=count, step=LANES)
            return context.get_dummy_value()

        return types.void(types.intp, types.float32, *[types.intp] * 4), generate

    return finish


finish = _finish(lambda _builder, number, _before: number)
finish_and_add = _finish(lambda builder, number, before: builder.fadd(before, number))
finish_with_gelu = _finish(lambda builder, number, _before: activated(builder, number))


@intrinsic
def gelu(_context: Any, _x: Any, _count: Any) -> Any:
    """Float32 at an address, so many, a multiple of LANES, become what `activated` makes of them."""
    vector = ir.VectorType(ir.FloatType(), LANES)

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        def turn(at: Any, _: Sequence[Any]) -> Sequence[Any]:
            place = builder.mul(at, constant(4))
            store(builder, activated(builder, load(builder, args[0], place, vector, align=4)), args[0], place, align=4)
            return []

        accumulate(builder, [], turn, count=args[1], step=LANES)
        return context.get_dummy_value()

    return types.void(types.intp, types.intp), generate


def _round(kind: Any, *, offset: int = 0) -> Any:
    """An intrinsic: so many float32 at an address, a multiple of LANES, times a factor → whole numbers, rounded.

    They fit into the kind, and come out larger by the offset.
    """

    @intrinsic
    def round_to(_context: Any, _x: Any, _factor: Any, _count: Any, _to: Any) -> Any:
        reals, words = ir.VectorType(ir.FloatType(), LANES), ir.VectorType(WORD, LANES)

        def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            x, factor, count, to = args
            factors = everywhere(builder, factor, reals)

            def turn(at: Any, _: Sequence[Any]) -> Sequence[Any]:
                some = builder.fmul(load(builder, x, builder.mul(at, constant(4)), reals, align=4), factors)
                whole = builder.fptosi(rounded_to_whole(builder, some), words)
                if offset:
                    whole = builder.add(whole, ir.Constant(words, [offset] * LANES))
                place = builder.mul(at, constant(kind.width // 8))
                store(builder, builder.trunc(whole, ir.VectorType(kind, LANES)), to, place, align=1)
                return []

            accumulate(builder, [], turn, count=count, step=LANES)
            return context.get_dummy_value()

        return types.void(types.intp, types.float32, types.intp, types.intp), generate

    return round_to


round_to_bytes, round_to_halves, round_to_numbers = _round(BYTE), _round(HALF), _round(BYTE, offset=DOT.offset)


@inner
def larger(x, y):
    """Without the care for NaN that `max` takes."""
    return x if x > y else y


@inner
def shrink(x, small):
    """x (n,) as whole numbers from -127 to 127 → small; returns what they are to be multiplied by."""
    largest = larger(largest_of(x.ctypes.data, len(x)), SMALLEST)
    round_to_bytes(x.ctypes.data, LARGEST_BYTE / largest, len(x), small.ctypes.data)
    return largest / LARGEST_BYTE
