"""Many ask at once in a group."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from bot.chat.messages import Address, Reply
from bot.platforms.telegram import crowd as crowd_module
from bot.platforms.telegram.messenger import TelegramMessenger
from bot.platforms.telegram.pace import Pace
from tests.bot.platforms.telegram.conftest import open_line
from tests.bot.platforms.telegram.serving import until

GROUP = -1001
TAKEN = Reply("Place 2 in the queue", title="On its way")


@pytest.fixture
def messenger_in(telegram, quick, monkeypatch):
    """A messenger whose crowds are looked after, in a group that takes so many messages a minute."""
    monkeypatch.setattr(crowd_module, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(crowd_module, "COUNT_EVERY_S", 0.05)
    telegram.group(GROUP)

    @asynccontextmanager
    async def open_messenger(per_minute):
        async with open_line(telegram, Pace(messages_per_s=1000, messages_per_group_per_minute=per_minute)) as line:
            messenger = TelegramMessenger(line)
            keeping = asyncio.create_task(messenger.crowds.keep())
            try:
                yield messenger
            finally:
                keeping.cancel()
                await asyncio.gather(keeping, return_exceptions=True)

    return open_messenger


async def ask(telegram, messenger, ann, count):
    addresses = []
    for number in range(count):
        asked = telegram.say(ann, "/compose@OurBot bach", chat=GROUP)
        address = Address("telegram", "77", chat=str(GROUP), guild=str(GROUP), reply_to=str(asked))
        addresses.append(await messenger.post_status(address, TAKEN, nonce=f"job{number}-status"))
    return addresses


def texts(telegram):
    return [each["text"] for each in telegram.from_bot(GROUP) if "text" in each]


async def test_one_sentence_says_why_it_takes_its_time_and_goes_when_all_is_there(telegram, messenger_in, ann):
    async with messenger_in(4) as messenger:
        addresses = await ask(telegram, messenger, ann, 6)
        await until(lambda: len(texts(telegram)) == 2)
        assert "Many of you ask at once" in texts(telegram)[1]
        assert len(telegram.reactions) == 5
        for number, address in enumerate(addresses):
            messenger._line.pace.met(address.chat, f"job{number}")
        await until(lambda: len(texts(telegram)) == 1)


async def test_a_few_get_signs_and_no_sentence(telegram, messenger_in, ann):
    async with messenger_in(100) as messenger:
        await ask(telegram, messenger, ann, 3)
        await asyncio.sleep(0.1)
        assert len(texts(telegram)) == 1
        assert len(telegram.reactions) == 2


async def test_where_signs_are_not_allowed_one_message_stands_for_all_and_counts_them(telegram, messenger_in, ann):
    telegram.chats[GROUP].reactions = frozenset()
    async with messenger_in(100) as messenger:
        await ask(telegram, messenger, ann, 3)
        await until(lambda: any("2 more pieces" in text for text in texts(telegram)))
        assert len(texts(telegram)) == 2
        assert len(telegram.sent("setMessageReaction")) == 1, "a chat that takes no signs is not asked each time"
