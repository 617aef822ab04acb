"""The options that say how a piece is to be printed: on which paper, how large, and its parts besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from bot.errors import BadInput
from config.choices import choice_called
from renderers.formats import PARTS, PDF, in_order
from renderers.pages.printing import Printing, Size


def parse_paper(text: str) -> Size:
    """In any language: "us letter", "信纸". Raises BadInput."""
    called = choice_called(text, [*Size])
    if called is None:
        raise BadInput(reason="no_such_paper", value=text, papers=", ".join(Size))
    return Size(called)


Paper = Annotated[
    Size,
    typer.Option("--paper", parser=parse_paper, metavar="|".join(Size), help="What the pages to print are made for."),
]
LargePrint = Annotated[
    bool, typer.Option("--large-print", help="Print for people who see little: staves at least 10 mm high.")
]
WithParts = Annotated[
    bool, typer.Option("--parts", help="Besides, each player's part alone, to print, in one archive.")
]
USUAL_PAPER = Size.A4


def with_printed(formats: Sequence[str], *, printing: Printing, parts: bool) -> tuple[str, ...]:
    """The formats that are meant: who asks for a paper or for parts wants them, whatever else is named."""
    wanted = [*formats]
    if parts:
        wanted.append(PARTS.name)
    elif not printing.is_usual and not any(row.is_printed for row in in_order(formats)):
        wanted.append(PDF.name)
    return tuple(dict.fromkeys(wanted))
