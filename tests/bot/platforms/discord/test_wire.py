"""The line to Discord on a real socket: what comes back that is not Discord's counts as an outage."""

import pytest
from discord import Client, Intents
from discord.http import Route

from bot.chat.messages import Reply
from bot.chat.messenger import TryLater
from bot.platforms.discord.message import build_message
from bot.platforms.discord.wire import DiscordRefused, Wire, listen_for_answers
from tests.bot.platforms.unreadable import BODIES, PAGE
from tests.fakes.discord import Unreadable, open_fake_discord

HELLO = build_message(Reply("hello"))


@pytest.fixture
async def discord(monkeypatch):
    async with open_fake_discord() as fake:
        monkeypatch.setattr(Route, "BASE", fake.api_url)
        yield fake


@pytest.fixture
async def channel(discord):
    return await discord.channel(await discord.guild("Quartet"), "music")


@pytest.fixture
async def wire(discord):
    client = Client(intents=Intents.none(), http_trace=listen_for_answers())
    await client.login(discord.token)
    yield Wire(lambda: client, calls_per_s=1000)
    await client.close()


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("content_type", ["application/json", "text/html"])
async def test_an_answer_that_cannot_be_read_may_have_arrived(discord, wire, channel, body, content_type):
    discord.fail("POST", r"/channels/\d+/messages", Unreadable(body=body, content_type=content_type, executed=True))
    with pytest.raises(TryLater) as caught:
        await wire.post(str(channel.id), HELLO, nonce="k3f9")
    assert caught.value.sent
    await wire.post(str(channel.id), HELLO, nonce="k3f9")
    assert len(discord.messages(channel)) == 1


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 407, 451])
async def test_a_refusal_that_is_not_discords_own_closes_no_chat(discord, wire, channel, status):
    discord.fail("POST", r"/channels/\d+/messages", Unreadable(status=status, body=PAGE, content_type="text/html"))
    with pytest.raises(TryLater):
        await wire.post(str(channel.id), HELLO, nonce="k3f9")


@pytest.mark.parametrize("body", [body for body in BODIES.values() if body != b"[]"])
async def test_looking_at_messages_survives_what_cannot_be_read(discord, wire, channel, body):
    message = await wire.post(str(channel.id), HELLO, nonce="k3f9")
    discord.fail("GET", r"/channels/\d+/messages.*", Unreadable(body=body), times=2)
    with pytest.raises(TryLater):
        [each async for each in wire.messages(str(channel.id), after=None)]
    with pytest.raises(TryLater):
        await wire.fetch(str(channel.id), message)


async def test_discords_own_refusal_stays_one(wire):
    with pytest.raises(DiscordRefused):
        await wire.post("1", HELLO, nonce="k3f9")


async def test_a_mistake_of_ours_is_no_outage(wire):
    with pytest.raises(ValueError, match="invalid literal"):
        await wire.post("not a number", HELLO, nonce="k3f9")
