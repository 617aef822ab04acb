"""Many ask in one Telegram group: a small and quick run of `tests/measure/crowd_in_a_group.py`, which gives the real
figures.
"""

from __future__ import annotations

from tests.e2e.crowd import OTHER_WORDS, ask_in_a_group

MINUTE_S = 6.0  # all else in proportion; how soon is measured by the command, on a machine that does nothing else


async def test_in_a_crowd_everybody_is_acknowledged_and_gets_a_page_and_a_player_and_nobody_is_left_out(tmp_path):
    """Twelve pieces of six messages each, as they once were, would take 72 of the 20 messages a minute."""
    crowd = await ask_in_a_group(
        tmp_path / "bot", people=12, within_s=1.0, delay_s="0.2", minute_s=MINUTE_S, presser=True, with_players=True
    )

    assert len(crowd.acknowledged_s) == crowd.people, crowd.line()
    assert len(crowd.page_s) == crowd.people, crowd.line()
    assert len(crowd.player_s) == crowd.people, crowd.line()
    assert len(crowd.answered_s) == len(OTHER_WORDS), crowd.line()
    assert crowd.presses > 0
    assert crowd.doubled == 0
    assert max(crowd.page_s.values()) < max(crowd.player_s.values()), "pages go before players"
