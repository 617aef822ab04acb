"""The fake Bot API does what its faults say, or the runs that use it prove nothing."""

import aiohttp
import pytest

from tests.fakes.telegram import TOKEN, Fault, open_fake_telegram


async def say(fake, text, timeout_s=5.0):
    """Whether an answer came."""
    ann = fake.person()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout_s)) as session:
        try:
            async with session.post(
                f"{fake.base}/bot{TOKEN}/sendMessage", json={"chat_id": ann.id, "text": text}
            ) as answer:
                return answer.status == 200 and (await answer.json(content_type=None))["ok"]
        except (aiohttp.ClientError, ValueError):
            return False


FAULTS = {
    "cut": False,
    "hang": False,
    "unreadable": False,
    "status": False,
    "cut after": True,
    "unreadable after": True,
    "late": True,
}


@pytest.mark.parametrize(("kind", "arrives"), FAULTS.items(), ids=FAULTS)
async def test_a_fault_before_leaves_nothing_in_the_chat_and_one_after_leaves_the_message(kind, arrives):
    async with open_fake_telegram() as fake:
        fake.fail("sendMessage", Fault(kind, seconds=0.05))
        assert await say(fake, "hello") is (kind == "late")
        assert bool(fake.from_bot(77)) is arrives
        assert await say(fake, "again")
