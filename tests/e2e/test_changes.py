"""Changes in words, by hand and hummed tunes survive kills: a small run of `make measure NAME=chaos` with "changes"."""

from __future__ import annotations

from tests.e2e.changes import can_hear, change_all_at_once


async def test_changes_in_words_by_hand_and_hummed_tunes_are_made_once_although_the_program_is_killed(tmp_path):
    outcomes = await change_all_at_once(tmp_path / "bot")

    assert [outcome.platform for outcome in outcomes] == ["discord", "telegram"]
    for outcome in outcomes:
        assert outcome.clean, outcome
        assert outcome.given_up == []
        assert outcome.missing == []
        assert outcome.jobs == (4 if can_hear() else 3)
        assert outcome.kills == 3
