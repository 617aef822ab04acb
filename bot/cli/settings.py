"""`notabot settings`: what can be set, what is set, and the file that explains it."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

HIDDEN = "(secret)"


def settings(
    example: Annotated[
        bool, typer.Option("--example", help="Print a file .env that explains every setting, and nothing else.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the values as JSON.")] = False,
) -> None:
    """Show every setting with its value here; secrets are not shown.

    [bold]Examples[/bold]

      notabot settings

      notabot settings --example > .env
    """
    from bot.platforms import PLATFORMS
    from config.example import example as example_file

    sections = {spec.title: spec.section for spec in PLATFORMS if spec.section is not None}
    if example:
        print(example_file(sections), end="")  # noqa: T201
        return
    shown = _values()
    if as_json:
        print(json.dumps({name: value for name, value, _ in shown}, ensure_ascii=False, indent=2))  # noqa: T201
        return
    table = Table("Setting", "Value", "", box=None, header_style="bold")
    for name, value, is_set in shown:
        table.add_row(name, value, "set" if is_set else "")
    Console().print(table)


def _values() -> list[tuple[str, str, bool]]:
    """Of every setting the variable, the value as it is shown, and whether it is another one than the default."""
    from pydantic import SecretStr
    from pydantic_settings import BaseSettings

    from bot.platforms import PLATFORMS
    from config.example import in_words
    from config.settings import load_section, load_settings, variable_of

    groups: list[BaseSettings] = [load_settings(), *(load_section(spec.section) for spec in PLATFORMS if spec.section)]
    return [
        (
            variable_of(type(group), name),
            HIDDEN if isinstance(value, SecretStr) else in_words(value),
            value != type(group).model_fields[name].default,
        )
        for group in groups
        for name, value in group
    ]
