"""Makes `generator/critic/human.json`: what human pieces of every style measure.

Like is compared with like: our pieces have 8 to 64 bars and human ones hundreds, so of every aligned training piece
the last 8, 16 and 32 bars are measured, and the first ones too where the two do not overlap. How a piece ends is
measured on its last bars only. The figures are the 5th, 25th, 50th, 75th and 95th percentile of every feature for each
length in every style that has enough pieces, every instrumentation of a period, every family of instruments, and all
together. Of a style with many pieces a part is taken, evenly over the corpus.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import nan
from pathlib import Path
from typing import Any

import numpy as np

from generator.catalogue.style import Style
from generator.critic.features import ENDING_FEATURES, FEATURES, Feature, measure
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
    """The style that a row of the corpus belongs to."""
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


def collect(measured: Iterable[list[Measured]]) -> dict[tuple[str, int], list[list[list[float]]]]:
    """Pieces by group and length; each piece has one or two excerpts."""
    groups: dict[tuple[str, int], list[list[list[float]]]] = defaultdict(list)
    for piece in measured:
        for style, bars, excerpts in piece:
            for group in group_names(style):
                groups[group, bars].append(excerpts)
    return groups


def percentiles(
    pieces: list[list[list[float]]],
    features: Sequence[Feature] = FEATURES,
    *,
    of_endings: frozenset[str] = ENDING_FEATURES,
) -> list[list[float] | None]:
    """Five numbers for each feature; None for one that is unknown in most pieces."""
    table = np.array([excerpt for piece in pieces for excerpt in piece])
    rows: list[list[float] | None] = []
    for index, feature in enumerate(features):
        known = table[:, index][~np.isnan(table[:, index])]
        asked = len(pieces) if feature.name in of_endings else len(table)
        enough = len(known) >= max(asked / 2, FEWEST_PIECES)
        rows.append([float(f"{value:.3g}") for value in np.percentile(known, PERCENTILES)] if enough else None)
    return rows


def write(
    groups: dict[tuple[str, int], list[list[list[float]]]],
    path: Path,
    features: Sequence[Feature] = FEATURES,
    *,
    of_endings: frozenset[str] = ENDING_FEATURES,
) -> int:
    """One line for each group that has enough pieces. Returns how many that are."""
    kept: dict[str, dict[str, Any]] = defaultdict(dict)
    for (group, bars), pieces in sorted(groups.items()):
        if len(pieces) >= FEWEST_PIECES:
            kept[group][str(bars)] = {
                "pieces": len(pieces),
                "percentiles": percentiles(pieces, features, of_endings=of_endings),
            }
    lines = ",\n".join(
        f"{json.dumps(group)}: {json.dumps(lengths, separators=(',', ':'))}" for group, lengths in kept.items()
    )
    names = json.dumps([feature.name for feature in features])
    path.write_text(f'{{"features": {names},\n"groups": {{\n{lines}\n}}}}\n', encoding="ascii")
    return len(kept)


def make_humans(
    corpus: Path,
    out: Path = HUMAN_FILE,
    *,
    most_of_a_style: int = MOST_OF_A_STYLE,
    processes: int = 1,
    tell: Callable[[str], None],
    progress: Callable[[int, int], None] = lambda _done, _count: None,
) -> None:
    """Measure the human pieces of a corpus into `out`. progress: pieces done and in all. Raises CorpusError."""
    rows = take_evenly(load_corpus(corpus).train, most_of_a_style)
    measured = []
    with ProcessPoolExecutor(processes) as pool:
        for piece in pool.map(measure_row, rows, chunksize=8):
            measured.append(piece)
            progress(len(measured), len(rows))
    groups = write(collect(measured), out)
    tell(f"{len(rows)} pieces measured, {groups} groups, {out.stat().st_size / 1000:.0f} kB in {out}")
