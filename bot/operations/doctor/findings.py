"""How a list of findings is shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from bot.platforms.spec import Finding, State

_STYLES: dict[State, str] = {"ok": "green", "warning": "yellow", "problem": "bold red"}


def show(findings: Sequence[Finding], *, as_json: bool) -> None:
    """Print a line for each, with the advice below it; or one JSON object."""
    problems = sum(finding.state == "problem" for finding in findings)
    if as_json:
        report = {"ok": problems == 0, "findings": [asdict(finding) for finding in findings]}
        print(json.dumps(report, ensure_ascii=False, indent=2))  # noqa: T201
        return
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        console.print(
            Text.assemble((f"{finding.state:<8}", _STYLES[finding.state]), f" {finding.about:<12} {finding.said}")
        )
        if finding.advice:
            console.print(Text(f"{'':<22}→ {finding.advice}"))
    console.print(Text(_summary(findings, problems)))


def _summary(findings: Sequence[Finding], problems: int) -> str:
    warnings = sum(finding.state == "warning" for finding in findings)
    if problems:
        return f"{_count(problems, 'problem')} and {_count(warnings, 'warning')}. Follow the arrows and look again."
    return f"No problem, {_count(warnings, 'warning')}."


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
