"""People come one after the other: a small and quick run of `tests/measure/arrivals.py`, which has the figures."""

from __future__ import annotations

from tests.e2e.arrivals import arrive, at_share


async def test_everybody_who_comes_sees_a_first_bar_and_gets_a_page(tmp_path):
    found = await arrive(tmp_path / "bot", pieces=8, per_minute=600, bars=4, delay_s="0.2")

    assert len(found.taken_s) == len(found.first_bar_s) == len(found.page_s) == len(found.whole_s) == 8, found.line()
    assert all(map(lambda bar, page: bar <= page, sorted(found.first_bar_s), sorted(found.page_s)))
    assert found.memory_mib
    assert at_share(found.page_s, 99) >= at_share(found.page_s, 50) > 0
