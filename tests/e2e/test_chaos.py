"""Nothing accepted is lost, nothing posted twice when the bot is killed: a small run of `tests/measure/chaos.py`."""

from __future__ import annotations

import pytest

from tests.e2e import chaos

SOON = {"STUB_LOOK_AFTER_S": "3"}  # after a lost answer, instead of a minute


@pytest.mark.parametrize("platform", ["discord", "telegram"])
async def test_kills_at_random_moments_lose_and_double_nothing(platform, tmp_path):
    outcome = await chaos.kill_again_and_again(platform, tmp_path / "bot", jobs=30, kills=3, **SOON)

    assert outcome.kills == 3
    assert outcome.jobs >= 30
    assert (outcome.lost, outcome.doubled, outcome.extra) == ([], [], []), outcome.line()


async def test_kills_lose_and_double_nothing_in_a_crowd_whose_requests_are_answered_by_signs(tmp_path):
    quick = {"STUB_LOOK_AFTER_S": "1", "STUB_MINUTE_S": "3"}
    outcome = await chaos.kill_again_and_again("group", tmp_path / "bot", jobs=15, kills=1, **quick)

    assert outcome.jobs >= 15
    assert outcome.clean, outcome


@pytest.mark.parametrize("platform", ["discord", "telegram"])
async def test_kills_lose_and_double_no_work_on_a_piece(platform, tmp_path):
    outcome = await chaos.work_again_and_again(platform, tmp_path / "bot", rounds=1, kills=1, **SOON)

    assert outcome.kills == 1
    assert outcome.jobs >= 2 * len(chaos.WORKS)
    assert outcome.clean, outcome
    assert outcome.given_up == []
