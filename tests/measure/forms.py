"""Count the forms of human pieces by style: what comes back of their beginning, and how often.

    make measure NAME=forms ARGS="scores.jsonl.xz --most 60"

Pieces of 24 to 130 bars. The theme is the melody of the first four bars that have one, in intervals; it returns where
its first bar and another of it do, six or more bars later. Counted, in shares of the pieces of a style:

    strophes   most bars are the same as those a fixed distance before
    rondo      the theme returns in two or more places, eight or more bars apart
    ternary    in one place
    through    nowhere
    repeats    pieces with repeat signs, whatever their form

Variations cannot be told from other pieces in this way.
"""

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from generator.critic.lines import FAR, Shape, melody_by_bar
from generator.critic.note_table import tabulate
from generator.errors import GeneratorError
from generator.notation import Tune, parse_tune
from generator.training.corpus import load_rows

FEWEST_BARS, MOST_BARS, MOST_CHARS, FEWEST_PIECES = 24, 130, 30_000, 10
THEME_BARS, APART, SAME_SHARE = 4, 8, 0.6
Bars = Sequence[Shape | None]


def form_of(tune: Tune) -> str:
    """Which of the forms a piece has."""
    bars = [_shape(line) for line in melody_by_bar(tabulate(tune))]
    start = next((number for number, bar in enumerate(bars[:THEME_BARS]) if bar), None)
    if start is None or not (returns := _returns(bars, start)):
        return "through"
    if any(_same_share(bars, distance) >= SAME_SHARE for distance in range(FAR, len(bars) // 2 + 1)):
        return "strophes"
    places = 1 + sum(later - earlier > APART for earlier, later in pairwise(returns))
    return "rondo" if places > 1 else "ternary"


def _shape(line: dict[int, int]) -> Shape | None:
    return tuple((time, line[time] - line[min(line)]) for time in sorted(line)) if len(line) > 1 else None


def _returns(bars: Bars, start: int) -> list[int]:
    theme = bars[start : start + THEME_BARS]
    return [
        number
        for number in range(start + FAR, len(bars))
        if bars[number] == theme[0]
        and sum(one == bar for one, bar in zip(theme, bars[number:], strict=False) if one) > 1
    ]


def _same_share(bars: Bars, distance: int) -> float:
    pairs = [(one, other) for one, other in zip(bars, bars[distance:], strict=False) if one or other]
    return sum(one == other for one, other in pairs) / len(pairs) if len(pairs) >= FAR else 0.0


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=forms", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--most", type=int, default=60, help="pieces of a style")
    given = parser.parse_args(arguments)
    rows = list(load_rows(given.corpus))
    random.Random(3).shuffle(rows)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        style = f"{row['composer']} / {row['instrumentation']}"
        if len(row["abc"]) > MOST_CHARS or counts[style]["pieces"] >= given.most:
            continue
        try:
            tune = parse_tune(row["abc"])
            found = form_of(tune) if FEWEST_BARS <= len(tune.bars) <= MOST_BARS else ""
        except (GeneratorError, ValueError):
            continue
        for name in (style, row["instrumentation"]) if found else ():
            counts[name].update(("pieces", found, *(["repeats"] if ":|" in row["abc"] or "::" in row["abc"] else [])))
    for name, count in sorted(counts.items(), key=lambda item: -item[1]["pieces"]):
        if count["pieces"] >= FEWEST_PIECES:
            shares = (
                f"{form} {count[form] / count['pieces']:.2f}"
                for form in ("through", "ternary", "rondo", "strophes", "repeats")
            )
            print(f"{name} ({count['pieces']} pieces): {', '.join(shares)}")
    return 0
