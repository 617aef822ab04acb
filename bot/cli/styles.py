"""`notabot styles`: what can be asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.options import complete_style_words

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from generator.catalogue.style import Style

MOST_SUGGESTIONS = 20


def styles(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WORDS",
            help="Show only the styles these words could mean, the likeliest first.",
            autocompletion=complete_style_words,
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
) -> None:
    """List the styles, or those that some words could mean.

    [bold]Examples[/bold]

      notabot styles

      notabot styles string quartet

      notabot styles 肖邦
    """
    from config.settings import load_settings
    from generator.catalogue.catalogue import load_catalogue

    catalogue = load_catalogue(load_settings().weights)
    if words:
        catalogue.check_known(" ".join(words))
    found = catalogue.suggest(" ".join(words), limit=MOST_SUGGESTIONS) if words else catalogue.styles
    if as_json:
        print(json.dumps([_as_dict(style) for style in found], ensure_ascii=False))  # noqa: T201
    else:
        Console().print(_table(found))


def _as_dict(style: Style) -> dict[str, str]:
    return {
        "name": style.name,
        "period": style.period,
        "composer": style.composer,
        "instrumentation": style.instrumentation,
    }


def _table(found: tuple[Style, ...]) -> Table:
    table = Table("Type this", "Composer", "Instruments", "Period", box=None, header_style="bold")
    for style in found:
        table.add_row(style.name.lower(), style.composer, style.instrumentation, style.period)
    return table
