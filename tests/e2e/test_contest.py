"""A challenge loses and doubles nothing while the bot is killed: a small run of `tests/measure/challenge.py`."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.contest import hold


async def test_a_bot_that_is_killed_at_each_change_of_stage_loses_and_doubles_nothing(tmp_path: Path) -> None:
    outcome = await hold("discord", tmp_path / "bot", entrants=2, voters=1)

    assert outcome.kills >= 2
    assert (outcome.entries, outcome.clean) == (2, True), outcome
