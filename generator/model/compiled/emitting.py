"""LLVM's own language, for loops over vectors that numba would not make of Python: what those who write it share.

Promises: a loop adds up in the order that is written down. Addresses are whole numbers of 64 bits, as in the tables of
`machine_code.py`. Not covered: what is computed (`products.py`, `vectors.py`).
"""

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir

BYTE, HALF, WORD, WIDE = (ir.IntType(bits) for bits in (8, 16, 32, 64))


def constant(value: int) -> Any:
    """A whole number of 64 bits, as addresses and counts are."""
    return ir.Constant(WIDE, value)


def load(builder: Any, base: Any, offset: Any, kind: Any, *, align: int) -> Any:
    """What of this kind lies `offset` bytes behind an address."""
    loaded = builder.load(_pointer(builder, base, offset, kind))
    loaded.align = align
    return loaded


def store(builder: Any, value: Any, base: Any, offset: Any, *, align: int) -> None:
    """Put it `offset` bytes behind an address."""
    builder.store(value, _pointer(builder, base, offset, value.type)).align = align


def _pointer(builder: Any, base: Any, offset: Any, kind: Any) -> Any:
    return builder.inttoptr(builder.add(base, offset), kind.as_pointer())


def everywhere(builder: Any, value: Any, kind: Any) -> Any:
    """A vector of this kind with the same value in every lane."""
    seed = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(WORD, 0))
    return builder.shuffle_vector(seed, seed, ir.Constant(ir.VectorType(WORD, kind.count), None))


def function(builder: Any, name: str, kind: Any) -> Any:
    """A function of LLVM or of the processor, by its name."""
    return builder.module.globals.get(name) or ir.Function(builder.module, kind, name)


def fetch(builder: Any, address: Any) -> None:
    """Have what lies there brought near, to be read soon; there need not be anything."""
    pointer = BYTE.as_pointer()
    fetch = function(builder, "llvm.prefetch.p0", ir.FunctionType(ir.VoidType(), [pointer, *[WORD] * 3]))
    reads, near, data = (ir.Constant(WORD, number) for number in (0, 2, 1))
    builder.call(fetch, [builder.inttoptr(address, pointer), reads, near, data])


def accumulate(
    builder: Any,
    first: Sequence[Any],
    turn: Callable[[Any, Sequence[Any]], Sequence[Any]],
    *,
    count: Any,
    step: int,
) -> Sequence[Any]:
    """A loop in which sums grow from what they are at first; returns what they are behind it.

    turn: the place, from 0 in steps up to `count`, and the sums → what they are then; it may not branch. There is at
    least one turn.
    """
    entry = builder.block
    loop, done = (builder.function.append_basic_block(part) for part in ("loop", "loop.done"))
    builder.branch(loop)
    builder.position_at_end(loop)
    at, sums = builder.phi(WIDE), [builder.phi(value.type) for value in first]
    after = turn(at, sums)
    following = builder.add(at, constant(step))
    for phi, start, then in zip([at, *sums], [constant(0), *first], [following, *after], strict=True):
        phi.add_incoming(start, entry)
        phi.add_incoming(then, loop)
    builder.cbranch(builder.icmp_signed("<", following, count), loop, done)
    builder.position_at_end(done)
    return after


def zeros(kind: Any, count: int) -> Sequence[Any]:
    """So many sums of this kind at their beginning."""
    return [ir.Constant(kind, None)] * count
