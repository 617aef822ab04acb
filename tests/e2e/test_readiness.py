"""/readyz and /metrics over the whole process; a short form of `tests/measure/readiness.py`."""

from __future__ import annotations

from tests.e2e.readiness import meet_all, spilled

FAULTS = ("disk full", "database gone", "discord: 500", "telegram: garbage", "telegram: token refused")


async def test_each_fault_turns_readiness_and_its_end_brings_it_back_and_the_log_keeps_all_secrets(tmp_path):
    turned = await meet_all(tmp_path / "bot", FAULTS, lasts_s=0.0, STUB_LOOK_EVERY_S="0.2")

    assert [each.fault for each in turned if not each.in_time] == [], [each.line() for each in turned]
    assert all(each.named for each in turned)
    assert spilled(tmp_path / "bot.log") == []
