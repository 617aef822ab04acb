"""Whether the compiled network can be used here, and it.

Promises: where it cannot (no numba, or none for this processor) the torch network does the same arithmetic, slower,
and one line of the log says so.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from generator.model.network import Network

if TYPE_CHECKING:
    from generator.model.compiled.levels import PatchCache
    from generator.model.compiled.writer import CompiledWriter

log = logging.getLogger(__name__)


class CompiledLevels(NamedTuple):
    """Both levels of one network, compiled."""

    patch_level: PatchCache
    writer: CompiledWriter


def compiled_levels(network: Network, *, places: int) -> CompiledLevels | None:
    """A network in precision int8, compiled, with room for so many readings; None where that cannot be."""
    if network.char_table.device.type != "cpu":
        return None
    try:
        # Here, since numba takes a while to load, which float32 and a GPU need not wait for.
        from generator.model.compiled.levels import PatchCache
        from generator.model.compiled.writer import CompiledWriter
    except Exception as error:
        # Whatever numba or LLVM have against this machine: it is only speed that is lost.
        log.warning("composing slowly: the network cannot be compiled here (%s: %s)", type(error).__name__, error)
        return None
    return CompiledLevels(PatchCache(network, slots=places), CompiledWriter(network, places=places))
