"""How often pages are laid out again to balance them, and what that is worth.

    make measure NAME=page_balance ARGS="FOLDER"

Every .abc file below the folder is laid out as for a phone. Printed are, in the mean of all that have at most six
pages: layouts after the first; imbalance (0 when the last line and the last page are as full as the others, 2 at most),
as laid out first and as delivered, with what smaller music costs as delivered and at the best of all sizes; how many
have a lone bar or line at the end, first and as delivered; by how much the estimate errs in the median.
"""

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from renderers.errors import InputRefused
from renderers.pages import engraving
from renderers.pages.page_breaks import expect_imbalance, measure_imbalance
from renderers.pages.paper import PHONE
from renderers.pages.reading import read_score
from renderers.score.musicxml import convert_abc

LONE = 0.6  # the imbalance of one bar where there are two or three


@dataclass(frozen=True)
class Balanced:
    """One piece. first, delivered: imbalance; weighed, best: with what smaller music costs; errors of the estimates."""

    num_layouts: int
    first: float
    delivered: float
    weighed: float
    best: float
    errors: list[float]


def balance(abc: str) -> Balanced | None:
    """None for a piece of so many pages that they are not balanced. Raises InputRefused."""
    score = read_score(convert_abc(abc, title="A page"))
    loaded = engraving._load(score, title="A page", composer="", paper=PHONE)
    if loaded.num_pages > engraving.MAX_PAGES_TO_BALANCE:
        return None
    first = engraving._layout(loaded.toolkit)
    with mock.patch.object(engraving, "_lay_out", wraps=engraving._lay_out) as laid_out:
        engraving._balance(loaded, PHONE)
    scales = [call.kwargs["scale"] for call in laid_out.call_args_list]
    found = {loaded.scale: measure_imbalance(first)}
    weighed, errors = dict(found), []
    for percent in engraving.BALANCING_PERCENT:
        scale = round(loaded.scale * percent / 100)
        if scale < loaded.smallest:
            break
        engraving._lay_out(loaded.toolkit, PHONE, scale=scale)
        found[scale] = measure_imbalance(engraving._layout(loaded.toolkit))
        weighed[scale] = found[scale] + (100 - percent) * engraving.COST_OF_A_PERCENT
        errors.append(abs(found[scale] - expect_imbalance(first, size=percent / 100)))
    delivered = scales[-1] if scales else loaded.scale
    return Balanced(
        len(scales), found[loaded.scale], found[delivered], weighed[delivered], min(weighed.values()), errors
    )


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=page_balance", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    found = []
    for path in sorted(parser.parse_args(arguments).folder.rglob("*.abc")):
        try:
            found.append(balance(path.read_text(encoding="utf-8", errors="replace")))
        except InputRefused as error:
            print(f"{path.name} was refused: {error}")
    pieces = [piece for piece in found if piece is not None]
    if not pieces:
        print("There is no tune of at most six pages.")
        return 1
    first, delivered = ([getattr(piece, name) for piece in pieces] for name in ("first", "delivered"))
    print(f"{len(pieces)} pieces, laid out again {statistics.mean(piece.num_layouts for piece in pieces):.2f} times")
    print(
        f"imbalance {statistics.mean(first):.3f} first, {statistics.mean(delivered):.3f} as delivered; "
        f"with what smaller music costs {statistics.mean(piece.weighed for piece in pieces):.3f}, "
        f"{statistics.mean(piece.best for piece in pieces):.3f} at the best of all sizes"
    )
    lone, still = (sum(one > LONE for one in each) for each in (first, delivered))
    print(f"a lone bar or line at the end: {lone} first, {still} as delivered")
    errors = [error for piece in pieces for error in piece.errors]
    print(f"the estimate errs by {statistics.median(errors or [0.0]):.2f} in the median")
    return 0
