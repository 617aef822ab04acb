"""Makes `generator/critic/grades.json`: how pieces by people are graded, by instrumentation.

Excerpts as in `humans.py`. Grades differ by what plays more than by who composed, and are slow to count: of each
instrumentation a part of the pieces is taken, evenly over its styles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import nan
from pathlib import Path

from generator.critic.grade import ENDING_GRADES, GRADES, grade
from generator.critic.human import ALL, GRADES_FILE, LENGTHS_BARS
from generator.errors import GeneratorError
from generator.notation import Tune, cut_bars, parse_tune
from generator.training.corpus import Row, load_corpus
from generator.training.shipped.humans import take_evenly, write

MOST_OF_AN_INSTRUMENTATION = 80


def take_by_instrumentation(rows: Sequence[Row], most: int) -> list[Row]:
    """At most so many rows of each instrumentation, one style after the other as long as it has pieces."""
    kinds: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in take_evenly(rows, most):
        kinds[row["instrumentation"]][row["composer"]].append(row)
    taken = []
    for styles in kinds.values():
        rounds = [row for number in range(most) for pieces in styles.values() for row in pieces[number : number + 1]]
        taken += rounds[:most]
    return taken


def grade_row(row: Row) -> list[tuple[int, list[list[float]]]]:
    """The lengths and excerpts of one piece; none of what cannot be read."""
    try:
        tune = parse_tune(row["abc"])
        graded = []
        for bars in LENGTHS_BARS:
            count = len(tune.bars)
            if count >= bars:
                excerpts = [_excerpt(cut_bars(tune, count - bars, count - 1), whole=True)]
                if count >= 2 * bars:
                    excerpts.append(_excerpt(cut_bars(tune, 0, bars - 1), whole=False))
                graded.append((bars, excerpts))
    except (GeneratorError, ValueError):
        return []
    return graded


def _excerpt(tune: Tune, *, whole: bool) -> list[float]:
    """The grades in their order. whole: whether the excerpt has the piece's end."""
    values = grade(tune)
    return [nan if one.name in ENDING_GRADES and not whole else values[one.name] for one in GRADES]


def make_grades(
    corpus: Path,
    out: Path = GRADES_FILE,
    *,
    most: int = MOST_OF_AN_INSTRUMENTATION,
    tell: Callable[[str], None],
    progress: Callable[[int, int], None] = lambda _done, _count: None,
) -> None:
    """Grade the human pieces of a corpus into `out`. progress: pieces done and in all. Raises CorpusError."""
    rows = take_by_instrumentation(load_corpus(corpus).train, most)
    groups: dict[tuple[str, int], list[list[list[float]]]] = defaultdict(list)
    for number, row in enumerate(rows, start=1):
        for bars, excerpts in grade_row(row):
            for group in (row["instrumentation"], ALL):
                groups[group, bars].append(excerpts)
        progress(number, len(rows))
    count = write(groups, out, GRADES, of_endings=ENDING_GRADES)
    tell(f"{len(rows)} pieces graded, {count} groups, {out.stat().st_size / 1000:.0f} kB in {out}")
