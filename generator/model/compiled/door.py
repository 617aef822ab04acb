"""Whether the compiled network can be used here, and it.

Promises: where it cannot (no numba, or none for this processor) the torch network does the same arithmetic, slower,
and one line of the log says so.
"""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, NamedTuple

from generator.model.plain import PlainNetwork

if TYPE_CHECKING:
    from generator.model.compiled.levels import PatchCache
    from generator.model.compiled.writer import CompiledWriter

log = logging.getLogger(__name__)


class CompiledLevels(NamedTuple):
    """Both levels of one network, compiled."""

    patch_level: PatchCache
    writer: CompiledWriter

    def computing(self) -> AbstractContextManager[None]:
        """What has to hold while something is computed: nothing."""
        return nullcontext()


def can_be_compiled() -> bool:
    """Whether networks can be compiled here; a line of the log says why not."""
    try:
        # Here, since LLVM takes a while to load, which float32 and a GPU need not wait for.
        from generator.model.compiled.machine_code import load_kernels

        load_kernels()
    except Exception as error:
        # Whatever numba or LLVM have against this machine: it is only speed that is lost.
        log.warning("composing slowly: the network cannot be compiled here (%s: %s)", type(error).__name__, error)
        return False
    return True


def compiled_levels(network: PlainNetwork, *, places: int) -> CompiledLevels:
    """A network, compiled, with room for so many readings. Only where it can be."""
    from generator.model.compiled.levels import PatchCache
    from generator.model.compiled.writer import CompiledWriter

    return CompiledLevels(PatchCache(network, slots=places), CompiledWriter(network, places=places))
