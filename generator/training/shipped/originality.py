"""Makes the index of known melodies, `generator/weights/originality.npz`, and says how much human pieces share.

Indexed are the pieces to train on; held-out ones are only compared with them. About five minutes on one core, 2 GB.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from generator.catalogue.style import Style
from generator.critic.human import ALL, group_names
from generator.critic.originality import INDEX_FILE, KnownPiece, build_index, write_index
from generator.critic.originality_melody import melodies
from generator.notation import parse_tune
from generator.training.corpus import Row, load_rows
from generator.training.errors import CorpusError
from generator.training.shipped.sharing import (
    EXCERPT_BARS,
    HumanPiece,
    Melodies,
    compare_excerpts,
    measure_limits,
    merge_versions,
)

SEED = 1
GENERIC_TITLES = {"", "Chorale"}
TOLD = 40  # groups


@dataclass(frozen=True)
class Source:
    """A row of the corpus as it is compared and as it is named."""

    human: HumanPiece
    known: KnownPiece


def read_sources(path: Path, progress: Callable[[int], None]) -> list[Source]:
    """The melodies of all pieces of a corpus. Raises CorpusError."""
    sources = []
    for row in load_rows(path):
        sources.append(read_source(row))
        progress(len(sources))
    return sources


def read_source(row: Row) -> Source:
    """One piece."""
    tune = parse_tune(row["abc"])
    style = Style(row["period"], row["composer"], row["instrumentation"])
    human = HumanPiece(
        melodies=melodies(tune),
        bars=len(tune.bars),
        work=row["work"],
        groups=list(group_names(style)),
        indexed=row["split"] == "train",
    )
    known = KnownPiece(piece_name(row), row.get("source", "unknown"), row.get("licence", "unknown"))
    return Source(human, known)


def piece_name(row: Row) -> str:
    """For example "Schubert, Franz: 16 Die liebe Farbe"; where the title says nothing, the name of the file."""
    title = row.get("title", "")
    if title in GENERIC_TITLES:
        title = f"{title} {row.get('id', '').rpartition('/')[2].replace('_', ' ')}".strip()
    return f"{row['composer']}: {title}"


def make_originality(
    corpus: Path,
    out: Path = INDEX_FILE,
    *,
    tell: Callable[[str], None],
    progress: Callable[[int], None] = lambda _read: None,
) -> None:
    """Index the melodies of a corpus into `out`. progress: called with the pieces read.

    Raises CorpusError, also for a corpus that is too small to say how much human pieces share.
    """
    sources = read_sources(corpus, progress)
    humans = [source.human for source in sources]
    together = Melodies(humans)
    works = merge_versions(humans, together)
    excerpts = compare_excerpts(humans, together, works, seed=SEED)
    limits = measure_limits(humans, excerpts, works)
    if ALL not in limits:
        raise CorpusError(reason="too_few", path=corpus)
    index = build_index([(one.known, one.human.melodies) for one in sources if one.human.indexed], limits)
    write_index(index, out)
    merged = len({human.work for human in humans}) - len(np.unique(works))
    tell(f"{len(index.pieces)} pieces, {len(index.steps)} steps, {out.stat().st_size / 1e6:.2f} MB in {out}")
    tell(f"{merged} works are versions of others; {len(excerpts)} excerpts compared")
    tell(f"99th percentile of shared notes, excerpts of {EXCERPT_BARS} bars:")
    for group, lengths in sorted(limits.items(), key=lambda item: item[0].count("|"))[:TOLD]:
        tell(f"  {group}: {lengths}")
