"""Many people at once: a small run of `tests/measure/load.py`, which gives the real figures."""

from __future__ import annotations

from tests.e2e import load

ANSWER_LIMIT_S = 3.0  # Discord's; our own second is measured by the script, on a machine that does nothing else


async def test_everybody_is_answered_in_time_and_in_a_fair_order_and_memory_stays(tmp_path):
    found = await load.ask_at_once("discord", tmp_path / "bot", people=30, delay_s="0.05")

    assert len(found.ack_s) == 60
    assert max(found.ack_s) < ANSWER_LIMIT_S
    assert found.greedy_first <= load.SLOTS + 1, found.line()
    _, first, second = found.memory_mib
    assert second - first < 25, found.line()
