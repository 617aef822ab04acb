"""The whole service against a small Discord on a real socket: connecting, dropping, being refused, nonces."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from types import SimpleNamespace

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.messages import Reply
from bot.chat.messenger import TryLater
from bot.platforms.discord import platform as platform_module
from bot.platforms.discord.platform import open_discord
from bot.platforms.errors import BadToken, PlatformDown
from bot.texts import explain
from config.settings import Settings
from tests.fakes.discord import RateLimited, ResetAfter, open_fake_discord

from .conftest import result

MINUTES_16 = 16 * 60


@pytest.fixture
async def discord(monkeypatch) -> AsyncIterator:
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # set by open_discord for the whole process; back afterwards
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    async with open_fake_discord(heartbeat_s=0.5) as discord:
        yield discord


@pytest.fixture
def settings(tmp_path, discord) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=tmp_path,
        discord_token=discord.token,
        discord_api_url=discord.api_url,
        discord_gateway_url=discord.gateway_url,
    )


@asynccontextmanager
async def serving(platform) -> AsyncIterator[asyncio.Task]:
    task = asyncio.create_task(platform.serve())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, PlatformDown):
            await task


async def asked(discord, handlers, ann, channel):
    """A status message and its address, as a job has them."""
    addresses = []

    async def accept(context):
        message = await context.reply(Reply("Accepted"))
        addresses.append(replace(context.address, message=message))

    handlers.compose = accept
    await discord.response(await discord.slash(ann, channel, "compose", style="chopin"))
    await discord.until(lambda: addresses)
    return addresses[0]


async def deliver(platform, address, *, in_doubt=False):
    return await platform.messenger.deliver(address, "result", result(), nonce="k3f9abcd.result", in_doubt=in_doubt)


async def test_a_piece_goes_over_the_line_and_is_edited_into_its_status(discord, platform, handlers):
    ann = discord.person("ann", locale="zh-CN")
    guild = await discord.guild("Music", owner=ann)
    channel = await discord.channel(guild, "music")
    async with serving(platform):
        await discord.until(lambda: platform.ready)
        assert {command["name"] for command in discord.commands} >= {"compose", "styles"}
        address = await asked(discord, handlers, ann, channel)
        await deliver(platform, address)
        await deliver(platform, address, in_doubt=True)
        (message,) = discord.messages(channel)
        assert [file.name.rpartition(".")[2] for file in message.files] == ["png", "mp3", "mid", "xml", "abc"]
        assert handlers.contexts[0].language == "zh"
    assert discord.complaints == []


async def test_a_late_result_is_posted_once_whatever_the_line_does(discord, platform, handlers):
    ann = discord.person("ann")
    guild = await discord.guild("Music", owner=ann)
    channel = await discord.channel(guild, "music")
    async with serving(platform):
        await discord.until(lambda: platform.ready)
        address = await asked(discord, handlers, ann, channel)
        discord.clock.advance(MINUTES_16)
        discord.fail("POST", f"/channels/{channel.id}/messages", ResetAfter())
        with pytest.raises(TryLater):
            await deliver(platform, address)
        made = await deliver(platform, address)  # the nonce alone finds it
        assert await deliver(platform, address, in_doubt=True) == made
        (message,) = discord.messages(channel)
        assert message.pings == {ann.id}
        assert len(message.files) == 5


async def test_a_late_result_in_doubt_is_found_below_what_people_said_since(discord, platform, handlers):
    """Discord shows a hundred messages at a time, and has forgotten the nonce."""
    ann = discord.person("ann")
    guild = await discord.guild("Music", owner=ann)
    channel = await discord.channel(guild, "music")
    async with serving(platform):
        await discord.until(lambda: platform.ready)
        address = await asked(discord, handlers, ann, channel)
        discord.clock.advance(MINUTES_16)
        made = await deliver(platform, address)
        discord.clock.advance(MINUTES_16)
        for number in range(110):
            await discord.say(ann, channel, f"We talk and talk, {number}.")
        assert await deliver(platform, address, in_doubt=True) == made
        assert sum(bool(message.files) for message in discord.messages(channel)) == 1


@pytest.mark.parametrize(("was_away", "begins_after_s"), [(True, 4.0), (False, 8.0)])
async def test_after_an_outage_the_line_is_not_left_to_itself_for_long(
    discord, platform, monkeypatch, was_away, begins_after_s
):
    moment = 1000.0
    monkeypatch.setattr(platform_module, "time", SimpleNamespace(monotonic=lambda: moment))
    platform.client.was_connected = True
    if was_away:
        discord.fail("GET", "/users/@me", RateLimited(1.0))
        with pytest.raises(PlatformDown):
            await platform.check()
    await platform.check()
    while not platform._anew.is_set():
        moment += 4.0
        await platform.check()
    assert moment == 1000.0 + begins_after_s


async def test_a_long_pause_that_discord_asks_for_is_handed_on(discord, platform, handlers):
    ann = discord.person("ann")
    guild = await discord.guild("Music", owner=ann)
    channel = await discord.channel(guild, "music")
    async with serving(platform):
        await discord.until(lambda: platform.ready)
        address = replace(await asked(discord, handlers, ann, channel), token=None)
        discord.fail("PATCH", f"/channels/{channel.id}/messages/.*", RateLimited(retry_after_s=300.0))
        with pytest.raises(TryLater) as caught:
            await deliver(platform, address)
        assert caught.value.after_s == pytest.approx(300, abs=1)


def watch_disconnects(platform) -> list[bool]:
    """Whether the platform called itself ready, each time when the line was cut."""
    seen = []
    handle = platform.client.on_disconnect

    async def note() -> None:
        await handle()
        seen.append(platform.ready)

    platform.client.on_disconnect = note
    return seen


async def test_the_service_says_when_it_is_cut_off_and_comes_back(discord, platform):
    await discord.guild("Music")
    async with serving(platform):
        assert not platform.ready
        await discord.until(lambda: platform.ready)
        seen = watch_disconnects(platform)
        await discord.gateway.drop()
        await discord.until(lambda: seen == [False])
        await discord.until(lambda: platform.ready, timeout_s=15)


async def test_a_wrong_token_is_said_in_words_that_do_not_hold_it(discord, settings, registry, services):
    wrong = settings.model_copy(update={"discord_token": type(settings.discord_token)("wrong.token.here")})
    async with open_discord(wrong, registry, services) as platform:
        with pytest.raises(BadToken) as caught:
            await platform.serve()
    assert "NOTABOT_DISCORD_TOKEN" in explain(caught.value)
    assert "wrong.token" not in explain(caught.value)


async def test_commands_that_cannot_be_sent_now_are_sent_at_the_next_try(discord, platform):
    discord.fail("PUT", "/applications/.*/commands", RateLimited(retry_after_s=300.0))
    with pytest.raises(PlatformDown):
        await platform.serve()
    async with serving(platform):
        await discord.until(lambda: platform.ready and discord.commands)


async def test_service_can_begin_again_after_it_ended(discord, settings, registry, services, unused_tcp_port):
    dead = settings.model_copy(update={"discord_api_url": f"http://127.0.0.1:{unused_tcp_port}/api/v10"})
    async with open_discord(dead, registry, services) as platform:
        with pytest.raises(PlatformDown):
            await platform.serve()
        Route.BASE = settings.discord_api_url  # the network is back
        async with serving(platform):
            await discord.until(lambda: platform.ready)
