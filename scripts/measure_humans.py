"""Measures human pieces: `python scripts/measure_humans.py scores.jsonl.xz` writes generator/critic/human.json.

Like is compared with like: our pieces have 8 to 64 bars and human ones hundreds, so of every aligned training piece
the last 8, 16 and 32 bars are measured, and the first ones too where the two do not overlap. How a piece ends is
measured on its last bars only. The figures are the 5th, 25th, 50th, 75th and 95th percentile of every feature for each
length in every style that has enough pieces, every instrumentation of a period, every family of instruments, and all
together. Of a style with many pieces a part is taken, evenly over the corpus.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import nan
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from generator.catalogue.style import Style
from generator.critic.features import ENDING_FEATURES, FEATURES, measure
from generator.critic.human import FEWEST_PIECES, HUMAN_FILE, LENGTHS_BARS, PERCENTILES, group_names
from generator.errors import GeneratorError
from generator.notation import cut_bars, parse_tune
from generator.training.corpus import Row, load_corpus

MOST_OF_A_STYLE = 48
Measured = tuple[Style, int, list[list[float]]]  # style, bars, and the features of one or two excerpts


def take_evenly(rows: Sequence[Row], most: int) -> list[Row]:
    """At most so many rows of each style, evenly over its pieces."""
    by_style: dict[Style, list[Row]] = defaultdict(list)
    for row in rows:
        by_style[style_of(row)].append(row)
    return [row for group in by_style.values() for row in group[:: -(-len(group) // most)]]


def style_of(row: Row) -> Style:
    return Style(row["period"], row["composer"], row["instrumentation"])


def measure_row(row: Row) -> list[Measured]:
    """The excerpts of one piece; none of what cannot be read."""
    try:
        tune = parse_tune(row["abc"])
        measured: list[Measured] = []
        for bars in LENGTHS_BARS:
            count = len(tune.bars)
            if count < bars:
                continue
            excerpts = [vector(measure(cut_bars(tune, count - bars, count - 1)), whole=True)]
            if count >= 2 * bars:
                excerpts.append(vector(measure(cut_bars(tune, 0, bars - 1)), whole=False))
            measured.append((style_of(row), bars, excerpts))
    except GeneratorError:
        return []
    return measured


def vector(values: dict[str, float], *, whole: bool) -> list[float]:
    """The features in their order. whole: whether the excerpt has the piece's end."""
    return [nan if feature.name in ENDING_FEATURES and not whole else values[feature.name] for feature in FEATURES]


def collect(measured: Iterator[list[Measured]]) -> dict[tuple[str, int], list[list[list[float]]]]:
    """Pieces by group and length; each piece has one or two excerpts."""
    groups: dict[tuple[str, int], list[list[list[float]]]] = defaultdict(list)
    for done, piece in enumerate(measured, start=1):
        for style, bars, excerpts in piece:
            for group in group_names(style):
                groups[group, bars].append(excerpts)
        if sys.stderr.isatty():
            print(f"\r{done} pieces", end="", file=sys.stderr)
    return groups


def percentiles(pieces: list[list[list[float]]]) -> list[list[float] | None]:
    """Five numbers for each feature; None for one that is unknown in most pieces."""
    table = np.array([excerpt for piece in pieces for excerpt in piece])
    rows: list[list[float] | None] = []
    for index, feature in enumerate(FEATURES):
        known = table[:, index][~np.isnan(table[:, index])]
        asked = len(pieces) if feature.name in ENDING_FEATURES else len(table)
        enough = len(known) >= max(asked / 2, FEWEST_PIECES)
        rows.append([float(f"{value:.3g}") for value in np.percentile(known, PERCENTILES)] if enough else None)
    return rows


def write(groups: dict[tuple[str, int], list[list[list[float]]]], path: Path) -> None:
    """One line for each group and length."""
    kept: dict[str, dict[str, Any]] = defaultdict(dict)
    for (group, bars), pieces in sorted(groups.items()):
        if len(pieces) >= FEWEST_PIECES:
            kept[group][str(bars)] = {"pieces": len(pieces), "percentiles": percentiles(pieces)}
    lines = ",\n".join(
        f"{json.dumps(group)}: {json.dumps(lengths, separators=(',', ':'))}" for group, lengths in kept.items()
    )
    names = json.dumps([feature.name for feature in FEATURES])
    path.write_text(f'{{"features": {names},\n"groups": {{\n{lines}\n}}}}\n', encoding="ascii")
    print(f"{len(kept)} groups, {path.stat().st_size / 1000:.0f} kB in {path}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=HUMAN_FILE)
    parser.add_argument("--most", type=int, default=MOST_OF_A_STYLE, help="pieces of one style")
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    rows, started_s = take_evenly(load_corpus(given.corpus).train, given.most), time.monotonic()
    print(f"{len(rows)} pieces", flush=True)
    with ProcessPoolExecutor(given.processes) as processes:
        groups = collect(processes.map(measure_row, rows, chunksize=8))
    write(groups, given.out)
    print(f"{time.monotonic() - started_s:.0f} s")


if __name__ == "__main__":
    main()
