"""Faults at once and outages of a platform lose and double nothing: a small run of `tests/measure/chaos.py`."""

from __future__ import annotations

import pytest

from tests.e2e.storms import OUTAGES
from tests.e2e.week import survive, worst_week


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
