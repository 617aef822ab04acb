"""A short form of `make fuzz`: some damaged inputs for every door."""

import pytest

from tests.measure.fuzz.damage import damaged_bytes, damaged_text
from tests.measure.fuzz.doors import DOORS, REFUSED, TAKEN
from tests.measure.fuzz.throwing import throw_at
from tests.measure.fuzz.work import can_hear

EACH = 200
FEW = {"work": 10, "edit": 15, "hear": 10}  # a network writes or listens
SEED = 2026


@pytest.mark.parametrize("door", sorted(DOORS))
async def test_every_door_takes_damaged_input_or_refuses_it_in_a_sentence(door):
    if door == "hear" and not can_hear():
        pytest.skip("the extra hum is not installed")
    count = FEW.get(door, EACH)
    outcome = await throw_at(door, count=count, seed=SEED)
    assert outcome.clean, "\n".join([outcome.line(), *outcome.faults])
    assert outcome.counts[TAKEN] + outcome.counts[REFUSED] == count
    assert outcome.counts[TAKEN], "a door that refuses everything proves nothing"
    assert outcome.counts[REFUSED], "a door that takes everything was not thrown at"


async def test_a_door_that_falls_or_leaves_something_behind_is_seen(monkeypatch):
    """The judge itself: an error without a sentence, and a file in the folder for temporary files."""
    import tempfile
    from contextlib import asynccontextmanager
    from pathlib import Path

    def leave():
        Path(tempfile.gettempdir(), "left").touch()

    @asynccontextmanager
    async def broken(_folder):
        async def throw(rng):
            if rng.random() < 0.5:
                raise ZeroDivisionError
            leave()
            return TAKEN

        yield throw

    monkeypatch.setitem(DOORS, "broken", broken)
    outcome = await throw_at("broken", count=20, seed=1)
    assert outcome.counts["fault"] > 0
    assert "ZeroDivisionError" in outcome.faults[0]
    assert outcome.left == ["left"]
    assert not outcome.clean


def test_the_same_stream_damages_alike_and_another_one_otherwise():
    import random

    for damaged, whole in ((damaged_text, "X:1\nK:C\nCDEF|\n"), (damaged_bytes, b"some bytes of a file")):
        assert damaged(whole, random.Random(1)) == damaged(whole, random.Random(1))
        assert len({damaged(whole, random.Random(seed)) for seed in range(20)}) > 10
