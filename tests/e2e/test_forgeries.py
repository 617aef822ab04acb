"""Clients that send what no button holds change nothing of others: a small run of `tests/measure/forgeries.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.forgeries import forge


@pytest.mark.parametrize("platform", ["discord", "telegram"])
async def test_forged_presses_vote_for_nobody_twice_or_after_the_end_and_none_is_an_error(
    platform: str, tmp_path: Path
) -> None:
    found = await forge(platform, tmp_path / "bot", presses=100)

    assert found.presses >= 100
    assert found.clean, found
