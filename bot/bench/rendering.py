"""All seven kinds of file of a composed piece, warm: wall time until all are there, and until the first page is."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bot.bench.figure import Figure
from bot.bench.turns import Turns, Versions, run_script, take_turn

TIMES = 3  # each turn: the mean of so many says more than one, which another program may slow down
FORMATS = ("png", "pdf", "mp3", "mp3-small", "mid", "xml", "abc")


def measure_rendering(versions: Versions, *, rounds: int, bars: int = 16) -> list[Figure]:
    """All versions draw the same piece, which ours composed."""
    with tempfile.TemporaryDirectory() as folder:
        asked = ["compose", "chopin keyboard", "--bars", str(bars), "--seed", "1", "--formats", "abc", "--out", folder]
        take_turn(versions.now, ["-m", "bot", *asked])
        (tune,) = Path(folder).rglob("*.abc")
        turns = Turns()
        for number in range(rounds):
            for version, done in versions.in_turn(number, turns):
                done.append(run_script(version, "rendering", ",".join(FORMATS), *[tune] * TIMES))
    return [
        turns.figure(f"seven kinds of file of {bars} bars, warm: wall time", "s", lambda turn: turn.found["whole_s"]),
        turns.figure("the first page, warm: wall time", "s", lambda turn: turn.found["page_s"]),
    ]
