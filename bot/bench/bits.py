"""Bits per character of held-out human pieces, by the model that ships: as it composes, and in float32."""

from __future__ import annotations

from pathlib import Path

from bot.bench.figure import Figure
from bot.bench.turns import Turns, Versions, run_script

PRECISIONS = ("int8", "fp32")


def measure_bits(versions: Versions, corpus: Path, *, pieces: int) -> list[Figure]:
    """One round, since nothing of it is chance. Raises BenchFailed for a corpus that cannot be read."""
    figures = []
    for precision in PRECISIONS:
        turns = Turns()
        for version, done in versions.in_turn(0, turns):
            done.append(run_script(version, "bits", corpus.resolve(), pieces, precision))
        characters = turns.now[0].found["characters"]
        name = f"{pieces} held-out pieces ({characters} characters), {precision}"
        figures.append(turns.figure(name, "bits", lambda turn: float(turn.found["bits"])))
    return figures
