"""Load: hundreds or thousands of small pieces by a tiny network, one in five of them given up on the way.

What is asked: does the memory stay flat, is every slot free again. Linux only, which tells what a process holds.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.bench.figure import Figure
from bot.bench.turns import Versions, run_script

SETTLED = 0.2  # of all pieces: by then all is loaded and every cache as large as it gets


class Load(NamedTuple):
    """The figures, and how much memory was held behind each wave of a hundred pieces."""

    figures: list[Figure]
    memory_mib: list[float]


def measure_load(versions: Versions, *, pieces: int, slots: int = 16, seed: int = 1) -> Load:
    """Only ours."""
    found = run_script(versions.now, "load", pieces, seed, slots=str(slots)).found
    memory = [float(mib) for mib in found["memory_mib"]]
    settled = memory[min(len(memory) - 1, int(len(memory) * SETTLED))]
    words = f"{pieces} pieces, {found['given_up']} of them given up, {slots} slots"
    named = (
        (f"{words}: slots not free again", "slots", found["leaked"]),
        ("memory after a fifth of them", "MiB", settled),
        ("memory at the end", "MiB", memory[-1]),
        ("pieces a minute", "pieces", 60 * found["pieces"] / found["wall_s"]),
    )
    return Load([Figure(name=name, unit=unit, now=(float(value),)) for name, unit, value in named], memory)
