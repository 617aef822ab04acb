"""Nothing accepted is lost and nothing is posted twice: a small run of `tests/measure/chaos.py`."""

from __future__ import annotations

import pytest

from tests.e2e import chaos
from tests.e2e.storms import OUTAGES
from tests.e2e.week import survive, worst_week


@pytest.mark.parametrize("platform", ["discord", "telegram"])
async def test_kills_at_random_moments_lose_and_double_nothing(platform, tmp_path):
    outcome = await chaos.kill_again_and_again(platform, tmp_path / "bot", jobs=30, kills=3)

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
    outcome = await chaos.work_again_and_again(platform, tmp_path / "bot", rounds=1, kills=1)

    assert outcome.kills == 1
    assert outcome.jobs >= 2 * len(chaos.WORKS)
    assert outcome.clean, outcome
    assert outcome.given_up == []


async def test_a_job_that_kills_its_worker_is_given_up_and_the_others_are_not(tmp_path):
    outcome, starts = await chaos.poison("telegram", tmp_path / "bot", others=4)

    assert starts == 1 + 3, "it is begun three times, no more"
    assert len(outcome.given_up) == 1
    assert (outcome.lost, outcome.doubled) == ([], []), outcome.line()


async def test_a_full_disk_loses_nothing(tmp_path):
    outcome = await chaos.fill_disk("discord", tmp_path / "bot", jobs=4, full_s=1.0)

    assert outcome.jobs == 4
    assert (outcome.lost, outcome.doubled, outcome.given_up) == ([], [], []), outcome.line()


async def test_a_locked_database_is_said_clearly_and_loses_nothing(tmp_path):
    outcome, said = await chaos.lock_database("telegram", tmp_path / "bot", jobs=2)

    assert (outcome.lost, outcome.doubled, outcome.given_up) == ([], [], []), outcome.line()
    assert any("busy" in text.lower() for text in said), said


@pytest.mark.parametrize("platform", ["discord", "telegram"])
async def test_faults_of_every_kind_at_once_lose_and_double_nothing(platform, tmp_path):
    outcome, faults = await worst_week(platform, tmp_path / "bot", jobs=25, kills=2, seed=3, STUB_LOOK_AFTER_S="3")

    assert outcome.jobs >= 25
    assert len(faults) >= 5, faults
    assert outcome.clean, outcome


@pytest.mark.parametrize("kind", OUTAGES)
async def test_results_arrive_after_an_outage(kind, tmp_path):
    """On the two platforms by turns."""
    platform = ("discord", "telegram")[OUTAGES.index(kind) % 2]
    met = await survive(platform, tmp_path / "bot", kind, lasts_s=4.0, jobs=3, STUB_LOOK_AFTER_S="2")

    assert met.clean, met.line()
