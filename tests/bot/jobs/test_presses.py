"""Presses that come in the same moment."""

import asyncio

import pytest

from bot.jobs.errors import DuelOver, NoSuchDuel
from bot.jobs.presses import Presses


class Pen:
    """In the place of the one writer: counts the transactions."""

    def __init__(self):
        self.transactions = 0

    async def write(self, change, *, urgent):
        self.transactions += 1
        await asyncio.sleep(0)
        return await change(None)


@pytest.fixture
def pen():
    return Pen()


async def test_a_crowd_is_taken_together_in_the_order_in_which_it_came(pen):
    taken = []

    async def take(_connection, target, presses):
        taken.append((target, list(presses)))
        return [f"{target}{press}" for press in presses]

    together = Presses(pen, take)
    asked = [together.take("ab"[number % 2], number) for number in range(40)]
    assert await asyncio.gather(*asked) == [f"{'ab'[number % 2]}{number}" for number in range(40)]
    assert pen.transactions <= 2
    for target, presses in taken:
        assert presses == sorted(presses), target


async def test_what_refuses_one_refuses_no_other(pen):
    async def take(_connection, target, presses):
        if target == "gone":
            raise NoSuchDuel(id=target)
        return [DuelOver(id=target) if press == "late" else press for press in presses]

    together = Presses(pen, take)
    asked = [together.take("gone", "here"), together.take("on", "late"), together.take("on", "here")]
    gone, late, here = await asyncio.gather(*asked, return_exceptions=True)
    assert (type(gone), type(late), here) == (NoSuchDuel, DuelOver, "here")
