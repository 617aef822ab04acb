"""One platform's outage does not stop the other."""

from __future__ import annotations

import pytest

from tests.fakes.bot_process import STUB, environment_for, open_bot
from tests.fakes.discord import ServerError
from tests.fakes.telegram import Fault

START_LIMIT_S = 60.0


@pytest.fixture
async def both(fake_discord, fake_telegram, tmp_path):
    guild = await fake_discord.guild("Music")
    environment = environment_for(tmp_path / "data", discord=fake_discord, telegram=fake_telegram, STUB_DELAY_S="0.1")
    async with open_bot(STUB, environment, log=tmp_path / "log") as bot:
        yield fake_discord, fake_telegram, guild.channels[0], bot


async def compose_on_discord(discord, channel):
    await discord.until(discord.gateway.connected.is_set, timeout_s=START_LIMIT_S)
    call = await discord.slash(discord.person("ann"), channel, "compose", style="chopin keyboard", bars=4)
    await discord.until(lambda: call.response is not None and call.response.files, timeout_s=20)


async def compose_on_telegram(discord, telegram):
    bob = telegram.person(78, "Bob")
    before = len(telegram.sent("editMessageMedia"))
    telegram.say(bob, "/compose chopin keyboard bars=4")
    await discord.until(lambda: len(telegram.sent("editMessageMedia")) > before, timeout_s=START_LIMIT_S)


async def test_telegram_goes_on_while_discord_is_down_and_discord_comes_back(both):
    discord, telegram, channel, bot = both
    await compose_on_discord(discord, channel)
    discord.gateway.accepts = False
    outage = discord.fail("GET", ".*", ServerError(503), times=10**6)
    await discord.gateway.drop(code=1012)

    await compose_on_telegram(discord, telegram)

    outage.times, discord.gateway.accepts = 0, True
    await compose_on_discord(discord, channel)
    assert bot.starts == 1
    assert bot.is_running


async def test_discord_goes_on_while_telegram_is_down_and_telegram_comes_back(both):
    discord, telegram, channel, bot = both
    await compose_on_telegram(discord, telegram)
    outage = Fault("status", status=502, description="Bad Gateway", times=10**6)
    for method in ("getUpdates", "getMe", "sendMessage"):
        telegram.fail(method, outage)
    telegram.person(79, "Eve")
    telegram.say(telegram.person(79, "Eve"), "/help")

    await compose_on_discord(discord, channel)

    outage.times = 0
    await compose_on_telegram(discord, telegram)
    assert bot.starts == 1
    assert bot.is_running


async def test_a_token_that_discord_refuses_does_not_stop_telegram(fake_discord, fake_telegram, tmp_path):
    environment = environment_for(tmp_path / "data", discord=fake_discord, telegram=fake_telegram, STUB_DELAY_S="0.1")
    environment["NOTABOT_DISCORD_TOKEN"] = "wrong.token.altogether"
    async with open_bot(STUB, environment, log=tmp_path / "log"):
        await compose_on_telegram(fake_discord, fake_telegram)
        assert any(call.status == 401 for call in fake_discord.calls)
