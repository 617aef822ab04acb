"""A crowd that votes at once is counted exactly: a small run of `tests/measure/votes.py`, which says how soon."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.votes import poll_all


@pytest.mark.parametrize("platform", ["discord", "telegram"])
async def test_who_presses_at_once_twice_and_again_has_the_vote_that_they_pressed_last(
    platform: str, tmp_path: Path
) -> None:
    polls = await poll_all(platform, tmp_path / "bot", voters=12, entrants=2)

    assert [(poll.what, len(poll.heard_s), poll.wrong) for poll in polls] == [("challenge", 30, []), ("duel", 30, [])]
