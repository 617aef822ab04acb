"""Many questions asked as one."""

import asyncio
from contextlib import suppress

import pytest

from bot.store.batching import Batched
from bot.store.errors import StoreBusy


class Register:
    """Answers with the key in capitals. asked: what it was asked, together; it waits for `open`."""

    def __init__(self):
        self.asked = []
        self.open = asyncio.Event()
        self.error = None

    async def answer(self, keys):
        self.asked.append(set(keys))
        await self.open.wait()
        if self.error is not None:
            raise self.error
        return {key: key.upper() for key in keys if key != "nobody"}


@pytest.fixture
def register():
    return Register()


async def ask(together, *keys):
    tasks = [asyncio.create_task(together.get(key)) for key in keys]
    await asyncio.sleep(0.01)
    return tasks


async def test_what_is_asked_while_one_question_is_under_way_is_asked_together(register):
    together = Batched(register.answer)
    tasks = await ask(together, "a") + await ask(together, "b", "c", "b", "nobody")
    register.open.set()
    assert await asyncio.gather(*tasks) == ["A", "B", "C", "B", None]
    assert register.asked == [{"a"}, {"b", "c", "nobody"}]


async def test_an_answer_is_not_older_than_its_question(register):
    together = Batched(register.answer)
    register.open.set()
    assert [await together.get("a"), await together.get("a")] == ["A", "A"]
    assert register.asked == [{"a"}, {"a"}]


async def test_an_error_is_told_to_all_who_asked_together_and_to_nobody_else(register):
    together = Batched(register.answer)
    register.error = StoreBusy()
    tasks = await ask(together, "a") + await ask(together, "b", "c")
    register.open.set()
    assert [type(one) for one in await asyncio.gather(*tasks, return_exceptions=True)] == [StoreBusy] * 3
    assert len(register.asked) == 2
    register.error = None
    assert await together.get("b") == "B"


async def test_whoever_gives_up_does_not_take_the_others_along(register):
    together = Batched(register.answer)
    first, second, third = await ask(together, "a") + await ask(together, "b", "c")
    first.cancel()
    await asyncio.sleep(0.01)
    second.cancel()
    with suppress(asyncio.CancelledError):
        await second
    register.open.set()
    assert await third == "C"
