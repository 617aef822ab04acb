"""LLVM's own language, for loops over vectors that numba would not make of Python: what those who write it share.

Promises: a loop adds up in the order that is written down. Addresses are whole numbers of 64 bits, as in the tables of
`machine_code.py`. Not covered: what is computed (`products.py`, `kernels.py`).
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


def accumulate(
    builder: Any,
    kinds: Sequence[Any],
    turn: Callable[[Any, Sequence[Any]], Sequence[Any]],
    *,
    count: Any,
    step: int,
) -> Sequence[Any]:
    """A loop in which sums of these kinds grow from zero; returns what they are behind it.

    turn: the place, from 0 in steps up to `count`, and the sums → what they are then; it may not branch. There is at
    least one turn.
    """
    entry = builder.block
    loop, done = (builder.function.append_basic_block(part) for part in ("loop", "loop.done"))
    builder.branch(loop)
    builder.position_at_end(loop)
    at, sums = builder.phi(WIDE), [builder.phi(kind) for kind in kinds]
    after = turn(at, sums)
    following = builder.add(at, constant(step))
    for phi, first, then in zip([at, *sums], [WIDE, *kinds], [following, *after], strict=True):
        phi.add_incoming(ir.Constant(first, None), entry)
        phi.add_incoming(then, loop)
    builder.cbranch(builder.icmp_signed("<", following, count), loop, done)
    builder.position_at_end(done)
    return after
