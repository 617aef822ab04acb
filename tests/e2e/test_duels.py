"""Duels lose and double nothing while the bot is killed: a small run of `tests/measure/duel_kills.py`."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.duels import duel_on


async def test_a_duel_that_is_voted_on_and_unveiled_while_the_bot_is_killed_is_told_once_and_right(
    tmp_path: Path,
) -> None:
    found = await duel_on("discord", tmp_path / "bot", duels=1, voters=3)

    assert (found.duels, found.votes) == (1, 3)
    assert found.kills
    assert found.clean, found
