"""`notabot doctor`: what is right and what is not, before anybody waits for an answer."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON, and nothing else.")] = False,
) -> None:
    """Look whether everything the bot needs is there, and say what to do about what is not.

    Settings, model, drawing and audio, disk, database, ports, and the tokens: the platforms are asked. Nothing is
    changed, apart from a file that is written and removed again, and the database, which is brought up to date.

    [bold]Examples[/bold]

      notabot doctor

      notabot doctor --json
    """
    from bot.operations.doctor import examine, show

    findings = asyncio.run(examine())
    show(findings, as_json=as_json)
    if any(finding.state == "problem" for finding in findings):
        raise typer.Exit(1)
