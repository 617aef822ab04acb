"""Products of bytes, compiled: what most of the network's time goes into.

Promises: the same whole numbers on every processor. Where it has an instruction that adds up four products of bytes
(AVX-512 VNNI, AVX-VNNI, ARM's dot products) that is used; with AVX2 four products are added up in 16 bits, which
weights are made for (`plain.quantise`); elsewhere bytes are multiplied as numbers of 16 bits.
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
    fetch,
    function,
    load,
    store,
    zeros,
)

PACKED = 16  # outputs whose weights lie beside each other
LINE = 4 * PACKED  # bytes: their weights of four inputs; what their sums begin with
MANY = 16  # rows: then each four of them have to ask for a quarter of the weights only
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


class Pairwise:
    """Some lanes, each of two numbers of 16 bits, multiplied with two others: how what comes out is added up."""

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self.sums, self.halves = ir.VectorType(WORD, lanes), ir.VectorType(HALF, 2 * lanes)

    def add(self, builder: Any, total: Any, some: Any, others: Any) -> Any:
        """The total with the products added."""
        for first in (0, 1):
            of_lanes = ir.Constant(ir.VectorType(WORD, self.lanes), list(range(first, 2 * self.lanes, 2)))
            own, other = (
                builder.sext(builder.shuffle_vector(numbers, numbers, of_lanes), self.sums)
                for numbers in (some, others)
            )
            total = builder.add(total, builder.mul(own, other))
        return total


class PairwiseInstruction(Pairwise):
    """The processor does it at once."""

    def __init__(self, lanes: int, name: str) -> None:
        super().__init__(lanes)
        self.name = name

    def add(self, builder: Any, total: Any, some: Any, others: Any) -> Any:
        kind = ir.FunctionType(self.sums, [self.halves, self.halves])
        return builder.add(total, builder.call(function(builder, self.name, kind), [some, others]))


def pairwise_for(features: Sequence[str]) -> Pairwise:
    """The best that a processor with these features can."""
    if "+avx2" in features:
        return PairwiseInstruction(8, "llvm.x86.avx2.pmadd.wd")
    return PairwiseInstruction(4, "llvm.x86.sse2.pmadd.wd") if "+sse2" in features else Pairwise(4)


class Dot:
    """Some lanes, each of four weights that are multiplied with four numbers: how what comes out is added up.

    offset: how much larger the numbers are than what is meant, where they have no sign.
    """

    offset = 128
    fours = 1  # that are added up at once
    turns = 1  # how often four rows do so in one turn of a loop
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
        """The total with the products added: of so many fours as are added up at once, what is made of each."""
        raise NotImplementedError


class Instruction(Dot):
    """The processor does it at once, with numbers that have no sign."""

    def __init__(self, lanes: int, name: str) -> None:
        super().__init__(lanes)
        self.name = name

    def add(self, builder: Any, total: Any, weights: Sequence[Any], numbers: Sequence[Any]) -> Any:
        kind = ir.FunctionType(self.sums, [self.sums, self.bytes, self.bytes])
        return builder.call(function(builder, self.name, kind), [total, *numbers, *weights])


class WideInstruction(Instruction):
    """AVX-512 has room for four times as many sums."""

    chains, outputs = 2, (64, 64, 64)


class SignedInstruction(Instruction):
    """The processor does it at once, but both sides have a sign."""

    offset = 0


class Pairs(Dot):
    """AVX2 adds up two products of bytes, numbers without a sign, in 16 bits, where two more are added.

    These hold 255 times 128, and no weights of four that are added up are together more, whichever their sign.
    """

    fours, turns, fetches_ahead = 2, 2, True

    def __init__(self) -> None:
        super().__init__(8)
        self.halves = ir.VectorType(HALF, 16)

    def add(self, builder: Any, total: Any, weights: Sequence[Any], numbers: Sequence[Any]) -> Any:
        kind = ir.FunctionType(self.halves, [self.bytes, self.bytes])
        pairs = function(builder, "llvm.x86.avx2.pmadd.ub.sw", kind)
        first, second = (builder.call(pairs, [own, some]) for own, some in zip(numbers, weights, strict=True))
        kind = ir.FunctionType(self.sums, [self.halves, self.halves])
        widen = function(builder, "llvm.x86.avx2.pmadd.wd", kind)
        return builder.add(total, builder.call(widen, [builder.add(first, second), _all(self.halves, 1)]))


class TwoByTwo(Dot):
    """Any processor: bytes as numbers of 16 bits, in vectors of four lanes, which most have."""

    offset = 0

    def __init__(self, pairwise: Pairwise) -> None:
        super().__init__(4)
        self.pairwise, self.halves = pairwise, ir.VectorType(HALF, 8)

    def split(self, builder: Any, weights: Any) -> Sequence[Any]:
        halves, byte = builder.bitcast(weights, self.halves), _all(self.halves, 8)
        return [builder.ashr(part, byte) for part in (builder.shl(halves, byte), halves)]

    def spread(self, builder: Any, word: Any) -> Sequence[Any]:
        return self.split(builder, everywhere(builder, word, self.sums))

    def add(self, builder: Any, total: Any, weights: Sequence[Any], numbers: Sequence[Any]) -> Any:
        for some, others in zip(weights, numbers, strict=True):
            total = self.pairwise.add(builder, total, some, others)
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
    return TwoByTwo(pairwise_for(features))


def _all(kind: Any, number: int) -> Any:
    return ir.Constant(kind, [number] * kind.count)


# --- tiles ---------------------------------------------------------------------------------------------------------


def _of_sixteen(builder: Any, dot: Dot, apart: Any, part: int) -> Any:
    """How far behind the first part another lies, where sixteens lie so far apart and each lane has four bytes."""
    sixteen, within = divmod(part * dot.lanes, PACKED)
    return builder.add(builder.mul(apart, constant(sixteen)), constant(4 * within))


def _tile(dot: Dot, rows: int, outputs: int, *, chains: int = 1, turns: int = 1, asks: int = 0) -> Any:
    """An intrinsic: products of some rows of bytes with the packed rows of weights of some outputs.

    apart: how far behind each other the sixteens of outputs lie, in bytes of weights; out_apart: of what comes out.
    ahead: how far behind the weights those lie that come next and are asked for; ahead_step: by how much with each four
    inputs. Several fours of rows ask for a part each: memory is slower than they are, and all at once would be awaited.
    asks: how often in a turn; if never, for the weights that come next in each sixteen.
    """
    parts, fours = outputs // dot.lanes, dot.fours
    quads_a_turn = fours * chains * turns

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        weights, apart, ahead, ahead_step, x, x_step, out, out_apart, out_step, quads = args

        def ask(asked: Any) -> None:
            for number in range(asks):
                behind = builder.mul(ahead_step, constant(number * quads_a_turn // asks))
                fetch(builder, builder.add(asked, behind))

        def weights_of(near: Any, quad: int) -> Sequence[Any]:
            """What is made of the weights of each part, times four inputs: so many fours behind those that are near."""
            places = [builder.add(place, constant(LINE * quad)) for place in of_parts]
            if dot.fetches_ahead and not asks:
                for place in places[:: PACKED // dot.lanes]:
                    fetch(builder, builder.add(near, builder.add(place, constant(SOON))))
            return [dot.split(builder, load(builder, near, place, dot.bytes, align=1)) for place in places]

        def numbers_of(near: Any, row: int, quad: int) -> Sequence[Any]:
            start = builder.add(builder.mul(x_step, constant(row)), constant(4 * quad))
            return dot.spread(builder, load(builder, near, start, WORD, align=1))

        def turn(_: Any, before: Sequence[Any]) -> Sequence[Any]:
            # Addresses that grow by themselves: of places LLVM makes now good, now bad ones, depending on who calls.
            (weights, x, asked), after = before[:3], list(before[3:])
            ask(asked)
            for number in range(chains * turns):
                chain = number % chains
                together = range(number * fours, (number + 1) * fours)
                some = [weights_of(weights, quad) for quad in together]
                for row in range(rows):
                    numbers = [one for quad in together for one in numbers_of(x, row, quad)]
                    for part in range(parts):
                        own = (row * parts + part) * chains + chain
                        of_part = [weight for weights in some for weight in weights[part]]
                        after[own] = dot.add(builder, after[own], of_part, numbers)
            steps = (
                constant(LINE * quads_a_turn),
                constant(4 * quads_a_turn),
                builder.mul(ahead_step, constant(quads_a_turn)),
            )
            moved = (builder.add(near, step) for near, step in zip((weights, x, asked), steps, strict=True))
            return [*moved, *after]

        nothing = zeros(dot.sums, chains)
        of_parts = [_of_sixteen(builder, dot, apart, part) for part in range(parts)]
        begin = [load(builder, weights, place, dot.sums, align=4) if dot.offset else nothing[0] for place in of_parts]
        first = [start for own in begin for start in (own, *nothing[1:])] * rows
        near = builder.add(weights, constant(LINE)), x, builder.add(weights, ahead)
        _, _, _, *sums = accumulate(builder, [*near, *first], turn, count=quads, step=quads_a_turn)
        for row, part in product(range(rows), range(parts)):
            place = (row * parts + part) * chains
            total, *others = sums[place : place + chains]
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


def products_with(dot: Dot) -> Any:
    """A compiled function: x (rows, ins) bytes, larger by `dot.offset`, times packed weights → out (rows, outs) int32.

    ins: a multiple of 16, outs of 64.
    """
    outputs_1, outputs_2, outputs_4 = dot.outputs
    one_row, two_rows = _tile(dot, 1, outputs_1, chains=dot.chains), _tile(dot, 2, outputs_2)
    asks = dot.fours * dot.turns if dot.fetches_ahead else 0
    four_rows = _tile(dot, 4, outputs_4, turns=dot.turns, asks=asks)
    four_of_many = _tile(dot, 4, outputs_4, turns=dot.turns, asks=min(asks, 1))

    @njit(**OPTIONS)
    def products(weights, at, x, out, rows, ins, outs):
        fours, twos = rows - rows % 4, rows - rows % 2
        quads, out_step = ins // 4, 4 * outs
        share = LINE // max(1, rows // 4)  # bytes of the weights that come next, of each four inputs
        # Memory is read faster at four places than at one: four sixteens of outputs, each in a quarter of its own.
        size, out_apart = LINE * (quads + 1), outs
        apart = outs // 4 // PACKED * size
        for sixteen in range(outs // 4 // PACKED):
            first, to = weights.ctypes.data + at + sixteen * size, out.ctypes.data + 4 * PACKED * sixteen
            for quarter in range(0, 4, outputs_4 // PACKED):
                tile, ahead = first + quarter * apart, apart if quarter < 3 else size - 3 * apart
                for row in range(0, fours, 4):
                    its, asked = to + quarter * out_apart + row * out_step, ahead + row // 4 * share * quads
                    own = x.ctypes.data + row * ins
                    if rows < MANY:
                        four_rows(tile, apart, asked, share, own, ins, its, out_apart, out_step, quads)
                    else:
                        four_of_many(tile, apart, asked, share, own, ins, its, out_apart, out_step, quads)
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

    return products


FEATURES = target()[2].split(",")
DOT, PAIRS = dot_for(FEATURES), pairwise_for(FEATURES)
multiply = products_with(DOT)
