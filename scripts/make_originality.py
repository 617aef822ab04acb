#!/usr/bin/env python
"""Makes the index of known melodies: `scripts/make_originality.py scores.jsonl.xz` writes
generator/weights/originality.npz, and prints how much human pieces share with each other.

Indexed are the pieces to train on; held-out ones are only compared with them. About five minutes on one core, 2 GB.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from generator.catalogue.style import Style
from generator.critic.human import ALL, group_names
from generator.critic.originality import INDEX_FILE, KnownPiece, build_index, write_index
from generator.critic.originality_baseline import (
    EXCERPT_BARS,
    HumanPiece,
    Melodies,
    compare_excerpts,
    measure_limits,
    merge_versions,
)
from generator.critic.originality_melody import melodies
from generator.notation import parse_tune
from generator.training.corpus import Row, load_rows

SEED = 1
GENERIC_TITLES = {"", "Chorale"}
TOLD = 40  # groups printed


@dataclass(frozen=True)
class Source:
    """A row of the corpus as it is compared and as it is named."""

    human: HumanPiece
    known: KnownPiece


def read_sources(path: Path) -> list[Source]:
    """The melodies of all pieces of a corpus."""
    sources = []
    for row in load_rows(path):
        sources.append(read_source(row))
        if len(sources) % 500 == 0:
            print(f"{len(sources)} pieces read", file=sys.stderr)
    return sources


def read_source(row: Row) -> Source:
    tune = parse_tune(row["abc"])
    style = Style(row["period"], row["composer"], row["instrumentation"])
    human = HumanPiece(
        melodies=melodies(tune),
        bars=len(tune.bars),
        work=row["work"],
        groups=group_names(style),
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=INDEX_FILE)
    given = parser.parse_args()
    sources = read_sources(given.corpus)
    humans = [source.human for source in sources]
    together = Melodies(humans)
    works = merge_versions(humans, together)
    excerpts = compare_excerpts(humans, together, works, seed=SEED)
    limits = measure_limits(humans, excerpts, works)
    if ALL not in limits:
        sys.exit(f"{given.corpus} has too few pieces to say how much human pieces share with each other.")
    index = build_index([(one.known, one.human.melodies) for one in sources if one.human.indexed], limits)
    write_index(index, given.out)
    merged = len({human.work for human in humans}) - len(np.unique(works))
    print(f"{len(index.pieces)} pieces, {len(index.steps)} steps, {given.out.stat().st_size / 1e6:.2f} MB")
    print(f"{merged} works are versions of others; {len(excerpts)} excerpts compared")
    print(f"99th percentile of shared notes, excerpts of {EXCERPT_BARS} bars:")
    for group, lengths in sorted(limits.items(), key=lambda item: item[0].count("|"))[:TOLD]:
        print(f"  {group}: {lengths}")


if __name__ == "__main__":
    main()
