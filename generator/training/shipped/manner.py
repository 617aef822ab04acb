"""Makes `generator/weights/manner.npz`: what short runs tell composers apart.

Ridge regression from the runs of the first bars of every piece trained on to who composed it, over the composers with
enough pieces. Pieces of a composer with few of them weigh more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from generator.critic.manner import MANNER_FILE, Manners, in_steps, vector_of
from generator.critic.manner_runs import Vector
from generator.errors import GeneratorError
from generator.notation import parse_tune
from generator.training.corpus import NOBODY, Row, load_corpus

FEWEST_PIECES = 15
SHRINKING = 1.0  # beside the mean square of a piece; 0.3 and 3 tell composers apart worse in cross-validation


def learn_manners(vectors: Vector, composers: Sequence[str]) -> Manners:
    """vectors: (pieces, places); composers: of each piece."""
    counts = Counter(composers)
    names = sorted(counts)
    wanted = np.array([[composer == name for name in names] for composer in composers], float)
    weights = np.array([counts[composer] ** -0.5 for composer in composers])
    weights /= weights.mean()
    mean = vectors.mean(axis=0)
    apart = vectors - mean
    weighed = apart * weights[:, None]
    products = weighed.T @ apart
    products[np.diag_indices_from(products)] += max(SHRINKING * float((apart**2).sum(axis=1).mean()), 1e-9)
    return in_steps(names, mean, np.linalg.solve(products, weighed.T @ (wanted - wanted.mean(axis=0))))


def make_manners(
    corpus: Path,
    out: Path = MANNER_FILE,
    *,
    tell: Callable[[str], None],
    progress: Callable[[int, int], None] = lambda _done, _count: None,
) -> None:
    """Learn from the human pieces of a corpus into `out`. progress: pieces read and in all. Raises CorpusError."""
    rows = of_known_composers(load_corpus(corpus).train)
    vectors, composers = [], []
    for number, row in enumerate(rows, start=1):
        try:
            vectors.append(vector_of(parse_tune(row["abc"])))
            composers.append(row["composer"])
        except (GeneratorError, ValueError):
            continue  # what cannot be read is left out
        finally:
            progress(number, len(rows))
    manners = learn_manners(np.array(vectors), composers)
    manners.save(out)
    tell(f"{len(vectors)} pieces, {len(manners.composers)} composers, {out.stat().st_size / 1000:.0f} kB in {out}")


def of_known_composers(rows: Sequence[Row]) -> list[Row]:
    """The rows of composers who have a name and enough pieces."""
    counts = Counter(row["composer"] for row in rows)
    return [row for row in rows if counts[row["composer"]] >= FEWEST_PIECES and row["composer"] not in NOBODY]
