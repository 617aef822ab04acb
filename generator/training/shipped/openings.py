"""Makes `config/openings.json`: how real pieces of every style of the catalogue begin.

What is kept of each style stands in `generator/training/openings.py`. A corpus may have grown since the weights that
ship were trained; how many pieces of a style they were taught is counted in the corpus that they were trained on.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from generator.training.corpus import load_rows
from generator.training.openings import catalogue_styles, collect, read_pieces, write

OPENINGS_FILE = Path(__file__).parents[3] / "config" / "openings.json"


def make_openings(
    corpus: Path, out: Path = OPENINGS_FILE, *, taught: Path | None = None, tell: Callable[[str], None]
) -> None:
    """Collect the openings of a corpus into `out`, and say how much they cover.

    taught: what the weights that ship were trained on, if that is another corpus. Raises CorpusError.
    """
    styles = catalogue_styles()
    collected = collect(read_pieces(load_rows(corpus)), styles)
    if taught is not None:
        counts = Counter("|".join(piece.style) for piece in read_pieces(load_rows(taught)))
        for name, entry in collected["styles"].items():
            entry["pieces"] = counts[name]
    write(collected, out)
    tell(f"{len(collected['styles'])} of {len(styles)} styles have pieces; {len(collected['layouts'])} layouts")
    tell(f"{out}: {out.stat().st_size // 1024} KiB")
