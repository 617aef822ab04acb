"""What goes wrong around challenges ends in words and without loss: small runs of `tests/measure/upsets.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.upsets import upset_all


@pytest.mark.parametrize(
    ("platform", "only"), [("discord", ("summer", "deleted")), ("telegram", ("expelled", "erased"))]
)
async def test_clock_organiser_channel_and_bot_may_go_and_nothing_is_lost_or_told_twice(
    platform: str, only: tuple[str, ...], tmp_path: Path
) -> None:
    upsets = await upset_all(platform, tmp_path / "bot", only=only)

    assert {upset.what: upset.wrong for upset in upsets} == {what: [] for what in only}
