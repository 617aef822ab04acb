"""Products of bytes, compiled: what most of the network's time goes into.

Promises: the same whole numbers on every processor. Where it has an instruction that adds up four products of bytes
(AVX-512 VNNI, AVX-VNNI, ARM's dot products) that is used; with AVX2 bytes become pairs of 16 bits, which are multiplied
and added exactly; elsewhere whole vectors of numbers are multiplied one by one.
Not covered: how weights are packed (`packing.py`), what is multiplied and why (`kernels.py`).
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.core.registry import cpu_target
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
)

PACKED, GROUP = 16, 64  # outputs that lie beside each other; that are computed before the next ones are looked at

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

    offset: what the weights are still too large by in the sums. words: of how many words of 32 bits four numbers are
    made, if they are made into something else once for all outputs; else they are one.
    """

    offset, words = 128, 1
    fetches_ahead = False  # whether weights of the next outputs are asked for while those of four rows are multiplied
    chains = 1  # how many sums one row keeps beside each other for each product, so that none waits for the one before
    outputs = (64, 32, 16)  # that 1, 2 and 4 rows are multiplied with at once: as many as the registers have room for

    def __init__(self, lanes: int) -> None:
        self.sums, self.bytes = ir.VectorType(WORD, lanes), ir.VectorType(BYTE, 4 * lanes)
        self.lanes = lanes

    def split(self, builder: Any, weights: Any) -> Sequence[Any]:
        """What is made of the bytes of weights once for all rows."""
        return [weights]

    def spread(self, builder: Any, words: Sequence[Any]) -> Sequence[Any]:
        """What is made of the words of four numbers for all lanes; the first number is the lowest."""
        return [builder.bitcast(everywhere(builder, word, self.sums), self.bytes) for word in words]

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
    """AVX2: bytes become numbers of 16 bits, of which it multiplies pairs and adds them up: at most 2 * 255 * 127.

    In a word lie two numbers whose weights are in the even bytes, in the next one the two others.
    """

    words, fetches_ahead = 2, True

    def __init__(self) -> None:
        super().__init__(8)
        self.halves = ir.VectorType(HALF, 16)

    def split(self, builder: Any, weights: Any) -> Sequence[Any]:
        both = builder.bitcast(weights, self.halves)
        return [builder.and_(both, _all(self.halves, 255)), builder.lshr(both, _all(self.halves, 8))]

    def spread(self, builder: Any, words: Sequence[Any]) -> Sequence[Any]:
        return [builder.bitcast(everywhere(builder, word, self.sums), self.halves) for word in words]

    def add(self, builder: Any, total: Any, weights: Sequence[Any], numbers: Sequence[Any]) -> Any:
        multiply = function(builder, "llvm.x86.avx2.pmadd.wd", ir.FunctionType(self.sums, [self.halves, self.halves]))
        even, odd = (builder.call(multiply, pair) for pair in zip(weights, numbers, strict=True))
        return builder.add(total, builder.add(even, odd))


class OneByOne(Dot):
    """Any processor: each of the four bytes as a number of 32 bits, in vectors of four lanes, which most have."""

    def __init__(self) -> None:
        super().__init__(4)

    def split(self, builder: Any, weights: Any) -> Sequence[Any]:
        words = builder.bitcast(weights, self.sums)
        low = [builder.lshr(words, _all(self.sums, shift)) for shift in (0, 8, 16)]
        return [*(builder.and_(part, _all(self.sums, 255)) for part in low), builder.lshr(words, _all(self.sums, 24))]

    def spread(self, builder: Any, words: Sequence[Any]) -> Sequence[Any]:
        tops = [builder.shl(words[0], ir.Constant(WORD, shift)) for shift in (24, 16, 8, 0)]
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


def _fetch(builder: Any, address: Any) -> None:
    """Have what lies there brought near, to be read soon; there need not be anything."""
    pointer = BYTE.as_pointer()
    fetch = function(builder, "llvm.prefetch.p0", ir.FunctionType(ir.VoidType(), [pointer, *[WORD] * 3]))
    reads, near, data = (ir.Constant(WORD, number) for number in (0, 2, 1))
    builder.call(fetch, [builder.inttoptr(address, pointer), reads, near, data])


# --- tiles ---------------------------------------------------------------------------------------------------------


def _tile(dot: Dot, rows: int, outputs: int, chains: int) -> Any:
    """An intrinsic: products of some rows of bytes with the packed rows of weights of some outputs."""
    parts = outputs // dot.lanes

    @intrinsic
    def tile(_context: Any, _weights: Any, _x: Any, _x_step: Any, _out: Any, _out_step: Any, _quads: Any) -> Any:
        def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            weights, x, x_step, out, out_step, quads = args

            def turn(at: Any, sums: Sequence[Any]) -> Sequence[Any]:
                after = list(sums)
                for chain in range(chains):
                    quad = builder.add(at, constant(chain))
                    split = []
                    for part in range(parts):
                        # Packed in sixteens: so many bytes for each four inputs, all inputs of a sixteen together.
                        sixteen, within = divmod(part * dot.lanes, PACKED)
                        start = builder.mul(
                            builder.add(builder.mul(constant(sixteen), quads), quad), constant(4 * PACKED)
                        )
                        some = load(builder, weights, builder.add(start, constant(4 * within)), dot.bytes, align=1)
                        split.append(dot.split(builder, some))
                        if rows == 4 and dot.fetches_ahead and within == 0:
                            ahead = builder.add(start, builder.mul(quads, constant(4 * outputs)))
                            _fetch(builder, builder.add(weights, ahead))
                    for row in range(rows):
                        numbers = spread(row, quad)
                        for part in range(parts):
                            own = (row * parts + part) * chains + chain
                            after[own] = dot.add(builder, sums[own], split[part], numbers)
                return after

            def spread(row: int, quad: Any) -> Sequence[Any]:
                start = builder.add(builder.mul(x_step, constant(row)), builder.mul(quad, constant(4 * dot.words)))
                offsets = [builder.add(start, constant(4 * word)) for word in range(dot.words)]
                return dot.spread(builder, [load(builder, x, offset, WORD, align=1) for offset in offsets])

            sums = accumulate(builder, [dot.sums] * (rows * parts * chains), turn, count=quads, step=chains)
            for row, part in product(range(rows), range(parts)):
                first = (row * parts + part) * chains
                total, *others = sums[first : first + chains]
                for other in others:
                    total = builder.add(total, other)
                offset = builder.add(builder.mul(out_step, constant(row)), constant(4 * dot.lanes * part))
                store(builder, total, out, offset, align=4)
            return context.get_dummy_value()

        return types.void(*[types.intp] * 6), generate

    return tile


@intrinsic
def _pair(_context: Any, _x: Any, _pairs: Any) -> Any:
    """16 bytes at an address → 16 numbers of 16 bits at another: of each four the first, third, second, fourth."""

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        bytes_16, halves = ir.VectorType(BYTE, 16), ir.VectorType(HALF, 16)
        load = builder.load(builder.inttoptr(args[0], bytes_16.as_pointer()))
        load.align = 1
        order = [4 * (place // 4) + (0, 2, 1, 3)[place % 4] for place in range(16)]
        turned = builder.shuffle_vector(load, load, ir.Constant(ir.VectorType(WORD, 16), order))
        store = builder.store(builder.sext(turned, halves), builder.inttoptr(args[1], halves.as_pointer()))
        store.align = 2
        return context.get_dummy_value()

    return types.void(types.intp, types.intp), generate


def products_with(dot: Dot) -> Any:
    """A compiled function: x (rows, ins) int8 times packed weights → out (rows, outs) int32.

    The weights are too large by `dot.offset` in it. pairs: room for as many numbers as x has. ins: a multiple of 16,
    outs of 64.
    """
    outputs_1, outputs_2, outputs_4 = dot.outputs
    one_row, two_rows = _tile(dot, 1, outputs_1, dot.chains), _tile(dot, 2, outputs_2, 1)
    four_rows = _tile(dot, 4, outputs_4, 1)

    # Where x is, and how many bytes a row of it has.
    if dot.words == 1:

        @njit(**OPTIONS)
        def prepare(x, pairs, rows, ins):
            return x.ctypes.data, ins

    else:

        @njit(**OPTIONS)
        def prepare(x, pairs, rows, ins):
            for place in range(0, rows * ins, 16):
                _pair(x.ctypes.data + place, pairs.ctypes.data + 2 * place)
            return pairs.ctypes.data, 2 * ins

    @njit(**OPTIONS)
    def products(weights, at, x, pairs, out, rows, ins, outs):
        fours, twos = rows - rows % 4, rows - rows % 2
        x_at, step = prepare(x, pairs, rows, ins)
        for group in range(0, outs, GROUP):
            for first in range(group, group + GROUP, outputs_4):
                tile = weights.ctypes.data + at + first * ins
                for row in range(0, fours, 4):
                    to = out.ctypes.data + 4 * (row * outs + first)
                    four_rows(tile, x_at + row * step, step, to, 4 * outs, ins // 4)
            if fours < twos:
                for first in range(group, group + GROUP, outputs_2):
                    tile, to = weights.ctypes.data + at + first * ins, out.ctypes.data + 4 * (fours * outs + first)
                    two_rows(tile, x_at + fours * step, step, to, 4 * outs, ins // 4)
            if twos < rows:
                for first in range(group, group + GROUP, outputs_1):
                    tile, to = weights.ctypes.data + at + first * ins, out.ctypes.data + 4 * (twos * outs + first)
                    one_row(tile, x_at + twos * step, step, to, 4 * outs, ins // 4)

    return products


DOT = dot_for(target()[2].split(","))
multiply = products_with(DOT)
