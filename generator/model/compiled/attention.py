"""What a level remembers of each place, as whole numbers, and attention to it, compiled.

Promises: the same numbers on every processor: products are of whole numbers, what they are multiplied by is float32.
Sums of 32 bits hold them: a query has 64 numbers of 16 bits, and what values are multiplied with is together no more
than MOST_SHARES.
Not covered: where the memory comes from (`levels.make_cache`), who asks (`kernels.py`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from generator.model.compiled.emitting import (
    BYTE,
    HALF,
    WORD,
    accumulate,
    constant,
    everywhere,
    fetch,
    load,
    store,
    zeros,
)
from generator.model.compiled.products import PAIRS, Pairwise
from generator.model.compiled.vectors import (
    HEAD_WIDTH,
    IMPOSSIBLE,
    LANES,
    SMALLEST,
    exponential,
    fold,
    highest_of,
    inner,
    larger,
    larger_of,
    largest_of,
    round_to_halves,
    shrink,
)

ROOT, NOTHING = np.float32(0.125), np.float32(0)  # the first: one over that of a head's width
LARGEST_HALF = np.float32(32767)
MOST_SHARES = np.float32(1.6e7)  # times 127 that is nearly all which 32 bits hold
TOGETHER = 2 * LANES  # bytes: two numbers of each of 16 keys
BESIDE = 2 * HEAD_WIDTH  # bytes: the values of two places, number by number
REALS = ir.VectorType(ir.FloatType(), PAIRS.lanes)


def _numbers(builder: Any, pairs: Pairwise, base: Any, offset: Any) -> Any:
    """As many bytes as one product takes, as numbers of 16 bits."""
    some = load(builder, base, offset, ir.VectorType(BYTE, 2 * pairs.lanes), align=1)
    return builder.sext(some, pairs.halves)


def _two(builder: Any, pairs: Pairwise, base: Any, offset: Any) -> Any:
    """Two numbers of 16 bits beside each other, in every lane."""
    word = load(builder, base, offset, WORD, align=2)
    return builder.bitcast(everywhere(builder, word, pairs.sums), pairs.halves)


@intrinsic
def _match(_context: Any, _query: Any, _keys: Any, _scales: Any, _to: Any, _next: Any) -> Any:
    """A query of 64 numbers of 16 bits times 16 keys, each multiplied by its scale → float32.

    All at addresses. As many bytes as the keys are, from `next` on, are brought near meanwhile.
    """
    parts, chains = LANES // PAIRS.lanes, 2

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        query, keys, scales, to, following = args

        def turn(at: Any, sums: Sequence[Any]) -> Sequence[Any]:
            fetch(builder, builder.add(following, builder.mul(at, constant(TOGETHER))))
            after = []
            for chain in range(chains):
                pair = builder.add(at, constant(chain))
                asked, start = (
                    _two(builder, PAIRS, query, builder.mul(pair, constant(4))),
                    builder.mul(pair, constant(TOGETHER)),
                )
                for part, total in enumerate(sums[chain * parts : (chain + 1) * parts]):
                    offset = builder.add(start, constant(2 * PAIRS.lanes * part))
                    after.append(PAIRS.add(builder, total, _numbers(builder, PAIRS, keys, offset), asked))
            return after

        first = zeros(PAIRS.sums, parts * chains)
        sums = accumulate(builder, first, turn, count=constant(HEAD_WIDTH // 2), step=chains)
        for part in range(parts):
            place = constant(4 * PAIRS.lanes * part)
            whole = builder.add(sums[part], sums[parts + part])
            scale = load(builder, scales, place, REALS, align=4)
            store(builder, builder.fmul(builder.sitofp(whole, REALS), scale), to, place, align=4)
        return context.get_dummy_value()

    return types.void(*[types.intp] * 5), generate


@intrinsic
def _mix(_context: Any, _shares: Any, _values: Any, _count: Any, _to: Any, _next: Any) -> Any:
    """The sum of values (2 count, 64), each times its share, a number of 16 bits → float32 (64,).

    All at addresses. As many bytes as the values are, from `next` on, are brought near meanwhile.
    """
    parts = HEAD_WIDTH // PAIRS.lanes

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        shares, values, count, to, following = args

        def turn(at: Any, sums: Sequence[Any]) -> Sequence[Any]:
            start, after = builder.mul(at, constant(BESIDE)), []
            for line in range(0, BESIDE, 64):
                fetch(builder, builder.add(builder.add(following, start), constant(line)))
            share = _two(builder, PAIRS, shares, builder.mul(at, constant(4)))
            for part, total in enumerate(sums):
                offset = builder.add(start, constant(2 * PAIRS.lanes * part))
                after.append(PAIRS.add(builder, total, _numbers(builder, PAIRS, values, offset), share))
            return after

        for part, total in enumerate(accumulate(builder, zeros(PAIRS.sums, parts), turn, count=count, step=1)):
            store(builder, builder.sitofp(total, REALS), to, constant(4 * PAIRS.lanes * part), align=4)
        return context.get_dummy_value()

    return types.void(*[types.intp] * 5), generate


@intrinsic
def _put_key(_context: Any, _key: Any, _to: Any) -> Any:
    """64 bytes at an address → to another: two beside each other, the next two behind those of 15 other keys."""

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        key, to = args
        for pair in range(HEAD_WIDTH // 2):
            two = load(builder, key, constant(2 * pair), HALF, align=1)
            store(builder, two, to, constant(TOGETHER * pair), align=2)
        return context.get_dummy_value()

    return types.void(types.intp, types.intp), generate


@intrinsic
def _put_value(_context: Any, _value: Any, _to: Any, _side: Any) -> Any:
    """64 bytes at an address → to another, where those of two places lie beside each other; side: 0 or 1, whose."""

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        value, to, side = args
        both = ir.VectorType(HALF, LANES)
        shift = everywhere(builder, builder.trunc(builder.mul(side, constant(8)), HALF), both)
        kept = builder.lshr(ir.Constant(both, [0xFF00] * LANES), shift)
        for first in range(0, HEAD_WIDTH, LANES):
            own = load(builder, value, constant(first), ir.VectorType(BYTE, LANES), align=1)
            other = builder.and_(load(builder, to, constant(2 * first), both, align=2), kept)
            put = builder.or_(other, builder.shl(builder.zext(own, both), shift))
            store(builder, put, to, constant(2 * first), align=2)
        return context.get_dummy_value()

    return types.void(*[types.intp] * 3), generate


@intrinsic
def _share(_context: Any, _scores: Any, _most: Any, _factor: Any, _scales: Any, _count: Any) -> Any:
    """Scores → e to the power of what each is above `most`, times the factor; of them each times its scale → scores.

    Float32 at addresses, so many, a multiple of LANES. Returns the sum before they are multiplied by their scales, the
    sum behind that, and the largest.
    """
    vector, three = ir.VectorType(ir.FloatType(), LANES), types.UniTuple(types.float32, 3)

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        scores, most, factor, scales, count = args
        highest, factors = everywhere(builder, most, vector), everywhere(builder, factor, vector)

        def turn(at: Any, before: Sequence[Any]) -> Sequence[Any]:
            place = builder.mul(at, constant(4))
            above = builder.fsub(load(builder, scores, place, vector, align=4), highest)
            power = exponential(builder, builder.fmul(above, factors))
            share = builder.fmul(power, load(builder, scales, place, vector, align=4))
            store(builder, share, scores, place, align=4)
            total, scaled, largest = before
            return [builder.fadd(total, power), builder.fadd(scaled, share), larger_of(builder, share, largest)]

        total, scaled, largest = accumulate(builder, zeros(vector, 3), turn, count=count, step=LANES)
        found = [fold(builder, total, builder.fadd), fold(builder, scaled, builder.fadd)]
        found.append(fold(builder, largest, lambda one, other: larger_of(builder, one, other)))
        return context.make_tuple(builder, three, found)

    return three(types.intp, types.float32, types.float32, types.intp, types.intp), generate


@inner
def remember(cache, own, asked, hidden, small):
    """Put the key and the value of one row, which stand behind its query, at their place; small (64,) to work with."""
    keys, key_scales, values, value_scales = cache
    block, lane, pair, side = own // LANES, own % LANES, own // 2, own % 2
    for head in range(hidden // HEAD_WIDTH):
        of_head = slice(head * HEAD_WIDTH, (head + 1) * HEAD_WIDTH)
        key_scales[head, own] = shrink(asked[hidden:][of_head], small)
        _put_key(small.ctypes.data, keys[head, block].ctypes.data + 2 * lane)
        value_scales[head, own] = shrink(asked[2 * hidden :][of_head], small)
        _put_value(small.ctypes.data, values[head, pair].ctypes.data, side)


@inner
def attend(cache, length, asked, hidden, out, scores, halves):
    """One row's attention to `length` places, of which the last is its own → out (hidden,).

    cache: keys (heads, room / 16, 32 * 16 * 2): two numbers of each of 16 keys, the next two; values (heads, room / 2,
    64 * 2): a number of both, the next; of both what they are multiplied by (heads, room). asked: the query first.
    scores (room,), halves (64 + room,): to work with. Scales of values behind `length`, up to a whole sixteen, become
    0: what stands there is still to be remembered.
    """
    keys, key_scales, values, value_scales = cache
    blocks = (length + LANES - 1) // LANES
    padded, heads = scores[: blocks * LANES], hidden // HEAD_WIDTH
    query_at, shares_at = halves.ctypes.data, halves[HEAD_WIDTH:].ctypes.data
    for head in range(heads):
        query, part = asked[head * HEAD_WIDTH :], out[head * HEAD_WIDTH : (head + 1) * HEAD_WIDTH]
        largest = larger(largest_of(query.ctypes.data, HEAD_WIDTH), SMALLEST)
        round_to_halves(query.ctypes.data, LARGEST_HALF / largest, HEAD_WIDTH, query_at)
        # What comes next is brought near: behind the keys the values, behind the values the next head's keys.
        own_values, own_scales = values[head], key_scales[head]
        for block in range(blocks):
            to, following = padded[block * LANES :].ctypes.data, own_values[block * LANES // 2 :].ctypes.data
            scales = own_scales[block * LANES :].ctypes.data
            _match(query_at, keys[head, block].ctypes.data, scales, to, following)
        for i in range(length, len(padded)):  # whatever an earlier piece has left there, even if it is no number
            padded[i], value_scales[head, i] = IMPOSSIBLE, NOTHING
        highest = highest_of(padded.ctypes.data, len(padded))
        factor, own_scales = largest / LARGEST_HALF * ROOT, value_scales[head].ctypes.data
        total, scaled, most = _share(padded.ctypes.data, highest, factor, own_scales, len(padded))
        factor = -larger(-LARGEST_HALF / most, -MOST_SHARES / scaled)
        round_to_halves(padded.ctypes.data, factor, len(padded), shares_at)
        following = keys[min(head + 1, heads - 1)].ctypes.data
        _mix(shares_at, own_values.ctypes.data, (length + 1) // 2, part.ctypes.data, following)
        factor = np.float32(1) / (factor * total)
        for i in range(HEAD_WIDTH):
            part[i] *= factor
