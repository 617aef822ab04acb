"""A chain loses and doubles nothing, whoever vanishes: a small run of `tests/measure/chain.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.chain import play


@pytest.mark.parametrize("platform", ["discord", "telegram"])
async def test_a_chain_of_eight_two_of_whom_vanish_is_finished(platform: str, tmp_path: Path) -> None:
    played = await play(platform, tmp_path / "bot", players=8, vanish={2, 5}, kills=False)

    assert (played.players, played.bars, played.clean) == (8, 24, True), played
