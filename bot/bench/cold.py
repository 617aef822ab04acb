"""The command from a cold start: one bar of piano, ABC only, as who types it waits for it.

Promises: what has to be compiled once on a machine is there already; with torch and, where the processor does without,
without it.
"""

from __future__ import annotations

from bot.bench.figure import Figure
from bot.bench.turns import Turns, Versions, take_turn

COMMAND = ["-m", "bot", "compose", "chopin keyboard", "--bars", "1", "--seed", "1", "--formats", "abc", "--out", "out"]
KINDS: tuple[tuple[str, dict[str, str]], ...] = (("as it ships", {}), ("with torch, in float32", {"precision": "fp32"}))


def measure_cold(versions: Versions, *, rounds: int) -> list[Figure]:
    """Three figures each: processor time, wall time, memory."""
    figures = []
    for words, settings in KINDS:
        first, turns = Turns(), Turns()
        for number in range(-1, rounds):
            for version, done in versions.in_turn(number, first if number < 0 else turns):
                done.append(take_turn(version, COMMAND, **settings))
        name = f"one bar, cold, {words}"
        figures += [
            turns.figure(f"{name}: processor time", "s", lambda turn: turn.processor_s),
            turns.figure(f"{name}: wall time", "s", lambda turn: turn.wall_s),
            turns.figure(f"{name}: memory", "MiB", lambda turn: turn.memory_mib),
        ]
    return figures
