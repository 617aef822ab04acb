"""Makes `config/openings.json`: how real pieces of every style of the catalogue begin.

What is kept of each style stands in `generator/training/openings.py`.
"""

from collections.abc import Callable
from pathlib import Path

from generator.training.corpus import load_rows
from generator.training.openings import catalogue_styles, collect, read_pieces, write

OPENINGS_FILE = Path(__file__).parents[3] / "config" / "openings.json"


def make_openings(corpus: Path, out: Path = OPENINGS_FILE, *, tell: Callable[[str], None]) -> None:
    """Collect the openings of a corpus into `out`, and say how much they cover. Raises CorpusError."""
    styles = catalogue_styles()
    collected = collect(read_pieces(load_rows(corpus)), styles)
    write(collected, out)
    tell(f"{len(collected['styles'])} of {len(styles)} styles have pieces; {len(collected['layouts'])} layouts")
    tell(f"{out}: {out.stat().st_size // 1024} KiB")
