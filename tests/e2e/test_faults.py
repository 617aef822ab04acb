"""Nothing accepted is lost when a worker, the disk or the database fails: a small run of `tests/measure/chaos.py`."""

from __future__ import annotations

from tests.e2e import chaos


async def test_a_job_that_kills_its_worker_is_given_up_and_the_others_are_not(tmp_path):
    outcome, starts = await chaos.poison("telegram", tmp_path / "bot", others=4, STUB_LOOK_AFTER_S="3")

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
