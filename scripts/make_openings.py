"""Collects how real pieces open: `python scripts/make_openings.py scores.jsonl.xz` writes config/openings.json.

What is kept of each style stands in `generator/training/openings.py`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from generator.training.corpus import load_rows
from generator.training.openings import catalogue_styles, collect, read_pieces, write

OUT = Path(__file__).parents[1] / "config" / "openings.json"


def main() -> None:
    """Read the scores, write the openings, say how much they cover."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scores", type=Path, help="scores.jsonl.xz")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    styles = catalogue_styles()
    collected = collect(read_pieces(load_rows(arguments.scores)), styles)
    write(collected, arguments.out)
    print(f"{len(collected['styles'])} of {len(styles)} styles have pieces; {len(collected['layouts'])} layouts")
    print(f"{arguments.out}: {arguments.out.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
