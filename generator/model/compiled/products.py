"""Products of bytes, compiled: what most of the network's time goes into.

Promises: the same whole numbers on every processor. Where it has an instruction that adds up four products of bytes
(AVX-512 VNNI, AVX-VNNI, ARM's dot products) that is used; with AVX2 products of two bytes are added up in 16 bits, of
numbers so small that nothing is cut off, and the few that are larger once more; elsewhere whole vectors of numbers are
multiplied one by one.
Not covered: how weights are packed (`packing.py`), what is multiplied and why (`kernels.py`).
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from generator.model.compiled.emitting import (
    BYTE,
    HALF,
    WIDE,
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

PACKED = 16  # outputs whose weights lie beside each other
SOON = 256  # bytes ahead of what few rows are multiplied with, that are asked for: more, and they wait for each other

# Without what Python would need to call them, which takes longer to compile than they do; and without memory of their
# own, so that they need nothing of numba when they run.
OPTIONS: dict[str, Any] = {
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "error_model": "numpy",
    "_nrt": False,
}


def target() -> tuple[str, str, str]:
    """For what numba compiles: platform, processor, its features, as LLVM calls them."""
    triple, processor, features = cpu_target.target_context.codegen().magic_tuple()
    return triple, processor, features


# --- how a processor multiplies bytes ------------------------------------------------------------------------------


class Dot:
    """Some lanes, each of four weights that are multiplied with four numbers: how what comes out is added up.

    offset: what the weights are still too large by in the sums.
    """

    offset = 128
    leaves_rest = False  # whether numbers may be too large to be multiplied at once
    fetches_ahead = False  # whether weights that come next are asked for while others are multiplied
    chains = 1  # how many sums one row keeps beside each other for each product, so that none waits for the one before
    outputs = (64, 32, 16)  # that 1, 2 and 4 rows are multiplied with at once: as many as the registers have room for

    def __init__(self, lanes: int) -> None:
        self.sums, self.bytes = ir.VectorType(WORD, lanes), ir.VectorType(BYTE, 4 * lanes)
        self.lanes = lanes

    def split(self, builder: Any, weights: Any) -> Sequence[Any]:
        """What is made of the bytes of weights once for all rows."""
        return [weights]

    def spread(self, builder: Any, word: Any) -> Sequence[Any]:
        """What is made of four numbers in a word, the first the lowest, for all lanes."""
        return [builder.bitcast(everywhere(builder, word, self.sums), self.bytes)]

    def add(self, builder: Any, total: Any, weights: Sequence[Any], numbers: Sequence[Any]) -> Any:
        """The total with the products added."""
        raise NotImplementedError


class Instruction(Dot):
    """The processor does it at once, with weights that have no sign."""

    def __init__(self, lanes: int, name: str) -> None:
        super().__init__(lanes)
        self.name = name

    def add(self, builder: Any, total: Any, weights: Sequence[Any], numbers: Sequence[Any]) -> Any:
        kind = ir.FunctionType(self.sums, [self.sums, self.bytes, self.bytes])
        return builder.call(function(builder, self.name, kind), [total, *weights, *numbers])


class WideInstruction(Instruction):
    """AVX-512 has room for four times as many sums."""

    chains, outputs = 2, (64, 64, 64)


class SignedInstruction(Instruction):
    """The processor does it at once, but both sides have a sign."""

    offset = 0

    def split(self, builder: Any, weights: Any) -> Sequence[Any]:
        return [builder.xor(weights, _all(self.bytes, 128))]


class Pairs(Dot):
    """AVX2 adds up two products of bytes, weights without a sign, in 16 bits, which hold 128 * 255, not 254 * 255.

    So two numbers that together are larger than 128 leave a rest, which is multiplied by itself. They are rare.
    """

    leaves_rest, fetches_ahead = True, True

    def __init__(self) -> None:
        super().__init__(8)
        self.halves = ir.VectorType(HALF, 16)

    def add(self, builder: Any, total: Any, weights: Sequence[Any], numbers: Sequence[Any]) -> Any:
        kind = ir.FunctionType(self.halves, [self.bytes, self.bytes])
        pairs = builder.call(function(builder, "llvm.x86.avx2.pmadd.ub.sw", kind), [*weights, *numbers])
        kind = ir.FunctionType(self.sums, [self.halves, self.halves])
        widen = function(builder, "llvm.x86.avx2.pmadd.wd", kind)
        return builder.add(total, builder.call(widen, [pairs, _all(self.halves, 1)]))


class OneByOne(Dot):
    """Any processor: each of the four bytes as a number of 32 bits, in vectors of four lanes, which most have."""

    def __init__(self) -> None:
        super().__init__(4)

    def split(self, builder: Any, weights: Any) -> Sequence[Any]:
        words = builder.bitcast(weights, self.sums)
        low = [builder.lshr(words, _all(self.sums, shift)) for shift in (0, 8, 16)]
        return [*(builder.and_(part, _all(self.sums, 255)) for part in low), builder.lshr(words, _all(self.sums, 24))]

    def spread(self, builder: Any, word: Any) -> Sequence[Any]:
        tops = [builder.shl(word, ir.Constant(WORD, shift)) for shift in (24, 16, 8, 0)]
        return [everywhere(builder, builder.ashr(top, ir.Constant(WORD, 24)), self.sums) for top in tops]

    def add(self, builder: Any, total: Any, weights: Sequence[Any], numbers: Sequence[Any]) -> Any:
        for some, number in zip(weights, numbers, strict=True):
            total = builder.add(total, builder.mul(some, number))
        return total


def dot_for(features: Sequence[str]) -> Dot:
    """The best that a processor with these features can."""
    for feature, dot in (
        ("+avx512vnni", WideInstruction(16, "llvm.x86.avx512.vpdpbusd.512")),
        ("+avxvnni", Instruction(8, "llvm.x86.avx512.vpdpbusd.256")),
        ("+avx2", Pairs()),
        ("+i8mm", Instruction(4, "llvm.aarch64.neon.usdot.v4i32.v16i8")),
        ("+dotprod", SignedInstruction(4, "llvm.aarch64.neon.sdot.v4i32.v16i8")),
    ):
        if feature in features:
            return dot
    return OneByOne()


def _all(kind: Any, number: int) -> Any:
    return ir.Constant(kind, [number] * kind.count)


# --- tiles ---------------------------------------------------------------------------------------------------------


def _weights_at(builder: Any, dot: Dot, apart: Any, quad: Any, part: int) -> Any:
    """How far behind the first those weights lie that are the part's lanes, times four inputs.

    Packed in sixteens: so many bytes for each four inputs, all inputs of a sixteen together.
    """
    return builder.add(_of_sixteen(builder, dot, apart, part), builder.mul(quad, constant(4 * PACKED)))


def _of_sixteen(builder: Any, dot: Dot, apart: Any, part: int) -> Any:
    """How far behind the first part another lies, where sixteens lie so far apart and each lane has four bytes."""
    sixteen, within = divmod(part * dot.lanes, PACKED)
    return builder.add(builder.mul(apart, constant(sixteen)), constant(4 * within))


def _tile(dot: Dot, rows: int, outputs: int, chains: int) -> Any:
    """An intrinsic: products of some rows of bytes with the packed rows of weights of some outputs.

    apart: how far behind each other the sixteens of outputs lie, in bytes of weights; out_apart: of what comes out.
    ahead: how far behind the weights those lie that come next and are asked for; ahead_step: by how much with each four
    inputs. Several fours of rows ask for a part each: memory is slower than they are, and all at once would be awaited.
    """
    parts = outputs // dot.lanes

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        weights, apart, ahead, ahead_step, x, x_step, out, out_apart, out_step, quads = args

        def turn(at: Any, sums: Sequence[Any]) -> Sequence[Any]:
            after = list(sums)
            for chain in range(chains):
                quad = builder.add(at, constant(chain))
                places = [_weights_at(builder, dot, apart, quad, part) for part in range(parts)]
                split = [dot.split(builder, load(builder, weights, place, dot.bytes, align=1)) for place in places]
                if dot.fetches_ahead and rows == 4:
                    fetch(builder, builder.add(weights, builder.add(builder.mul(quad, ahead_step), ahead)))
                elif dot.fetches_ahead:
                    for place in places[:: PACKED // dot.lanes]:
                        fetch(builder, builder.add(weights, builder.add(place, constant(SOON))))
                for row in range(rows):
                    start = builder.add(builder.mul(x_step, constant(row)), builder.mul(quad, constant(4)))
                    numbers = dot.spread(builder, load(builder, x, start, WORD, align=1))
                    for part in range(parts):
                        own = (row * parts + part) * chains + chain
                        after[own] = dot.add(builder, sums[own], split[part], numbers)
            return after

        sums = accumulate(builder, zeros(dot.sums, rows * parts * chains), turn, count=quads, step=chains)
        for row, part in product(range(rows), range(parts)):
            first = (row * parts + part) * chains
            total, *others = sums[first : first + chains]
            for other in others:
                total = builder.add(total, other)
            offset = builder.add(builder.mul(out_step, constant(row)), _of_sixteen(builder, dot, out_apart, part))
            store(builder, total, out, offset, align=4)
        return context.get_dummy_value()

    @intrinsic
    def tile(
        _context: Any,
        _weights: Any,
        _apart: Any,
        _ahead: Any,
        _ahead_step: Any,
        _x: Any,
        _x_step: Any,
        _out: Any,
        _out_apart: Any,
        _out_step: Any,
        _quads: Any,
    ) -> Any:
        return types.void(*[types.intp] * 10), generate

    return tile


def _rest_tile(dot: Dot) -> Any:
    """An intrinsic: add to the products of one row, of four sixteens of outputs, those of what `_part` left of it."""
    parts = 4 * PACKED // dot.lanes

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        weights, apart, rest, count, out, out_apart = args
        places = [_of_sixteen(builder, dot, out_apart, part) for part in range(parts)]

        def turn(at: Any, sums: Sequence[Any]) -> Sequence[Any]:
            entry = builder.mul(at, constant(8))
            quad = builder.sext(load(builder, rest, entry, WORD, align=4), WIDE)
            word = load(builder, rest, builder.add(entry, constant(4)), WORD, align=4)
            numbers = dot.spread(builder, word)
            after = []
            for part, total in enumerate(sums):
                place = _weights_at(builder, dot, apart, quad, part)
                some = dot.split(builder, load(builder, weights, place, dot.bytes, align=1))
                after.append(dot.add(builder, total, some, numbers))
            return after

        before = [load(builder, out, place, dot.sums, align=4) for place in places]
        for place, total in zip(places, accumulate(builder, before, turn, count=count, step=1), strict=True):
            store(builder, total, out, place, align=4)
        return context.get_dummy_value()

    @intrinsic
    def tile(_context: Any, _weights: Any, _apart: Any, _rest: Any, _count: Any, _out: Any, _out_apart: Any) -> Any:
        return types.void(*[types.intp] * 6), generate

    return tile


@intrinsic
def _are_large(_context: Any, _x: Any) -> Any:
    """Whether of 16 bytes at an address two beside each other add up to more than 128, or less than -128."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        bytes_16, halves = ir.VectorType(BYTE, 16), ir.VectorType(HALF, 8)
        some = builder.load(builder.inttoptr(args[0], bytes_16.as_pointer()))
        some.align = 1
        evens, odds = (
            builder.sext(
                builder.shuffle_vector(some, some, ir.Constant(ir.VectorType(WORD, 8), list(range(first, 16, 2)))),
                halves,
            )
            for first in (0, 1)
        )
        raised = builder.add(builder.add(evens, odds), _all(halves, 128))
        flags = builder.icmp_unsigned(">", raised, _all(halves, 256))
        return builder.icmp_unsigned("!=", builder.bitcast(flags, BYTE), ir.Constant(BYTE, 0))

    return types.boolean(types.intp), generate


@njit(**OPTIONS)
def _bounded(x):
    return min(max(x, np.int8(-64)), np.int8(64))


@njit(**OPTIONS)
def _part(x, rest):
    """Leave of a row x (ins,) what may be multiplied at once; the rest goes to `rest`.

    There comes of how many fours something is left, then of each its number and its bytes in one word.
    """
    count = 0
    for place in range(0, len(x), 16):
        if _are_large(x.ctypes.data + place):
            for first in range(place, place + 16, 4):
                word = np.uint32(0)
                for byte in range(0, 4, 2):
                    a, b = x[first + byte], x[first + byte + 1]
                    if abs(np.int32(a) + np.int32(b)) > 128:
                        x[first + byte], x[first + byte + 1] = _bounded(a), _bounded(b)
                        c, d = np.uint8(a - _bounded(a)), np.uint8(b - _bounded(b))
                        word |= (np.uint32(c) | np.uint32(d) << np.uint32(8)) << np.uint32(8 * byte)
                if word:
                    rest[1 + 2 * count], rest[2 + 2 * count] = first // 4, np.int32(word)
                    count += 1
    rest[0] = count


def products_with(dot: Dot) -> Any:
    """A compiled function: x (rows, ins) int8 times packed weights → out (rows, outs) int32.

    The weights are too large by `dot.offset` in it. x is worked on. rest: int32, room for half as many numbers as x
    has and one more for each row. ins: a multiple of 16, outs of 64.
    """
    outputs_1, outputs_2, outputs_4 = dot.outputs
    one_row, two_rows = _tile(dot, 1, outputs_1, dot.chains), _tile(dot, 2, outputs_2, 1)
    four_rows = _tile(dot, 4, outputs_4, 1)

    if dot.leaves_rest:
        of_rest = _rest_tile(dot)

        @njit(**OPTIONS)
        def part(x, rest, rows, ins):
            for row in range(rows):
                _part(x[row * ins : (row + 1) * ins], rest[row * (ins // 2 + 1) :])

        @njit(**OPTIONS)
        def add_rest(tile, apart, rest, rows, ins, out, out_apart, out_step):
            for row in range(rows):
                own = row * (ins // 2 + 1)
                if rest[own]:
                    of_rest(tile, apart, rest.ctypes.data + 4 * own + 4, rest[own], out + row * out_step, out_apart)

    else:

        @njit(**OPTIONS)
        def part(x, rest, rows, ins):
            pass

        @njit(**OPTIONS)
        def add_rest(tile, apart, rest, rows, ins, out, out_apart, out_step):
            pass

    @njit(**OPTIONS)
    def products(weights, at, x, rest, out, rows, ins, outs):
        part(x, rest, rows, ins)
        fours, twos = rows - rows % 4, rows - rows % 2
        quads, out_step = ins // 4, 4 * outs
        share = 4 * PACKED // max(1, rows // 4)  # bytes of the weights that come next, of each four inputs
        # Memory is read faster at four places than at one: four sixteens of outputs, each in a quarter of its own.
        apart, out_apart = outs // 4 * ins, outs
        for sixteen in range(0, outs // 4, PACKED):
            first, to = weights.ctypes.data + at + sixteen * ins, out.ctypes.data + 4 * sixteen
            for quarter in range(0, 4, outputs_4 // PACKED):
                tile, ahead = first + quarter * apart, apart if quarter < 3 else PACKED * ins - 3 * apart
                for row in range(0, fours, 4):
                    its, asked = to + quarter * out_apart + row * out_step, ahead + row // 4 * share * quads
                    own = x.ctypes.data + row * ins
                    four_rows(tile, apart, asked, share, own, ins, its, out_apart, out_step, quads)
            if fours < twos:
                own = x.ctypes.data + fours * ins
                for quarter in range(0, 4, outputs_2 // PACKED):
                    tile, its = first + quarter * apart, to + quarter * out_apart + fours * out_step
                    two_rows(tile, apart, 0, 0, own, ins, its, out_apart, out_step, quads)
            if twos < rows:
                own = x.ctypes.data + twos * ins
                for quarter in range(0, 4, outputs_1 // PACKED):
                    tile, its = first + quarter * apart, to + quarter * out_apart + twos * out_step
                    one_row(tile, apart, 0, 0, own, ins, its, out_apart, out_step, quads)
            add_rest(first, apart, rest, rows, ins, to, out_apart, out_step)

    return products


DOT = dot_for(target()[2].split(","))
multiply = products_with(DOT)
