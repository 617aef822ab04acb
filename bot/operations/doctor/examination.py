"""All checks, in the order in which one would mend what they find.

Promises: every check has a time limit and ends in findings, whatever happens; no finding ever shows a token.
Changes nothing that stays, apart from making the data folder and bringing the database up to date, as a start would.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.operations.doctor import machine, operation
from bot.platforms import PLATFORMS
from bot.platforms.discretion import redactor_of
from bot.platforms.spec import Finding, PlatformSpec
from bot.texts import explain
from config.errors import ConfigError
from config.settings import Settings

TIME_LIMIT_S = 120.0

Check = Callable[["Settings"], Awaitable[Sequence[Finding]]]
CHECKS: dict[str, Check] = {
    "settings": operation.check_settings,
    "model": machine.check_model,
    "soundfont": machine.check_soundfont,
    "drawing": machine.check_renderer,
    "scenes": machine.check_scenes,
    "data folder": operation.check_data_folder,
    "disk": operation.check_disk,
    "database": operation.check_database,
    "port": operation.check_port,
}


async def examine() -> list[Finding]:
    """Look at everything, one thing after the other."""
    from config.settings import load_settings

    try:
        settings = load_settings()
        redact = redactor_of(settings)
    except ConfigError as error:
        said = explain(error) or str(error)
        return [Finding("settings", "problem", said, "Correct that; .env.example describes all settings.")]
    findings: list[Finding] = []
    asked = {spec.name: _door_of(spec) for spec in PLATFORMS}
    for about, check in {**CHECKS, **asked}.items():
        findings += [
            replace(finding, said=redact(finding.said), advice=redact(finding.advice))
            for finding in await _carry_out(about, check, settings)
        ]
    return findings


def _door_of(spec: PlatformSpec) -> Check:
    """Its package is loaded when its turn comes: what keeps it from loading is one finding, not the end of all."""

    async def check(settings: Settings) -> Sequence[Finding]:
        return await spec.door().examine(settings)

    return check


async def _carry_out(about: str, check: Check, settings: Settings) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(TIME_LIMIT_S):
            return await check(settings)
    except TimeoutError:
        return [Finding(about, "problem", f"No end within {TIME_LIMIT_S:g} s.", "Is the machine or a disk overloaded?")]
    except Exception as error:
        sentence = explain(error)
        if sentence is not None:
            return [Finding(about, "problem", sentence)]
        return [Finding(about, "problem", f"Unexpected: {type(error).__name__}: {error}", "Please report it.")]
