"""Stars, galleries and shared pieces over real sockets: reactions, a bot that dies in between, and what goes away."""

import asyncio

import pytest

from tests.e2e.test_telegram import until
from tests.fakes.bot_process import STUB, environment_for, open_bot
from tests.fakes.discord import open_fake_discord
from tests.fakes.telegram import BOT_ID, open_fake_telegram

GROUP, SHOP = -1001, -1009
QUIET_S = 1.0


@pytest.fixture
async def discord():
    async with open_fake_discord() as fake:
        yield fake


@pytest.fixture
async def telegram():
    async with open_fake_telegram() as fake:
        yield fake


async def answer(discord, interaction):
    return (await discord.response(interaction, timeout_s=60)).text


async def test_reactions_fill_a_discord_gallery_over_a_death_and_an_author_empties_it(discord, tmp_path):
    ann, bob, cem, boss = (discord.person(name) for name in ("ann", "bob", "cem", "boss"))
    guild = await discord.guild("Orchestra", managers={boss.id})
    general, shop, closed = (
        guild.channels[0],
        await discord.channel(guild, "shop"),
        await discord.channel(guild, "quiet"),
    )
    closed.silenced.add(ann.id)
    await discord.deny(closed)
    environment = environment_for(tmp_path / "data", discord=discord, STUB_DELAY_S="0.01")
    async with open_bot(STUB, environment, log=tmp_path / "log") as bot:
        await discord.until(lambda: discord.gateway.live, timeout_s=150)
        set_up = await discord.slash(boss, general, "server gallery", where=f"<#{shop.id}>", stars=2)
        assert "#shop" in await answer(discord, set_up)
        await discord.slash(ann, general, "compose", style="chopin keyboard", bars=4)
        results = await discord.until(lambda: [one for one in discord.messages(general) if one.files], timeout_s=60)
        result = results[0]
        await discord.react(bob, result, "⭐")
        await discord.react(ann, result, "⭐")
        await asyncio.sleep(QUIET_S)
        await bot.kill()
        assert not discord.messages(shop), "two, but one of them for a piece of her own"
        await bot.start()
        await discord.until(lambda: discord.gateway.live, timeout_s=150)
        await discord.react(cem, result, "⭐")
        [shown] = await discord.until(lambda: discord.messages(shop), timeout_s=60)
        assert "⭐ 2" in shown.text
        assert "Made for ann" in shown.text
        assert f"https://discord.com/channels/{guild.id}/{general.id}/{result.id}" in shown.text
        assert not shown.pings
        await discord.unreact(cem, result, "⭐")
        await discord.until(lambda: "⭐ 1" in shown.text, timeout_s=60)
        await discord.react(cem, shown, "⭐")
        await discord.until(lambda: "⭐ 2" in shown.text, timeout_s=60)
        await discord.react(cem, result, "🔁")
        await discord.until(lambda: len([one for one in discord.messages(general) if one.files]) == 2, timeout_s=60)
        refused = await discord.slash(ann, general, "share", to="#quiet")
        assert "may not write in #quiet" in await answer(discord, refused)
        said = len(discord.messages(general))
        await discord.react(bob, result, "🗑️")
        await asyncio.sleep(QUIET_S)
        assert len(discord.messages(general)) == said, "somebody else's wastebasket is an opinion"
        await discord.react(ann, result, "🗑️")
        question = await discord.until(
            lambda: next((one for one in discord.messages(general) if "Yes, delete it" in str(one.components)), None)
        )
        await discord.click(ann, question, "Yes, delete it")
        await discord.until(lambda: not discord.messages(shop), timeout_s=60)
        assert len([one for one in discord.messages(general) if one.files]) == 1
        assert await bot.stop() == 0
        assert discord.complaints == []


def in_shop(telegram):
    return [one for one in telegram.from_bot(SHOP) if "photo" in one]


async def test_reactions_and_buttons_fill_a_telegram_gallery_that_is_a_channel(telegram, tmp_path):
    ann, bob, boss = telegram.person(77, "Ann"), telegram.person(78, "Bob"), telegram.person(79, "Boss")
    group, shop = telegram.group(GROUP), telegram.channel(SHOP)
    group.name, group.managers, shop.managers = "quartet", {boss.id}, {boss.id, BOT_ID}
    environment = environment_for(tmp_path / "data", telegram=telegram, STUB_DELAY_S="0.01")
    async with open_bot(STUB, environment, log=tmp_path / "log") as bot:
        telegram.say(boss, f"/server gallery where={SHOP} stars=1", chat=GROUP)
        told = await until(lambda: telegram.from_bot(GROUP), limit_s=150)
        assert "only where I am an administrator" in str(told) + str(telegram.whispers)
        telegram.say(ann, "/compose chopin keyboard bars=4", chat=GROUP)
        [result] = await until(lambda: [one for one in telegram.from_bot(GROUP) if "photo" in one], limit_s=60)
        telegram.react(bob, GROUP, result["message_id"], "🏆")
        await asyncio.sleep(QUIET_S)
        assert not in_shop(telegram), "Telegram does not tell us"
        group.managers.add(BOT_ID)
        telegram.react(bob, GROUP, result["message_id"])
        telegram.react(bob, GROUP, result["message_id"], "👍", "🏆")
        [shown] = await until(lambda: in_shop(telegram), limit_s=60)
        assert "⭐ 1" in shown["caption"]
        assert "Made for Ann" in shown["caption"]
        assert "?start=job_" in shown["caption"]
        await bot.kill()
        await bot.start()
        telegram.press(boss, SHOP, shown["message_id"], "⭐")
        await until(lambda: "⭐ 2" in in_shop(telegram)[0]["caption"], limit_s=150)
        telegram.type_inline(bob, "")
        await until(lambda: telegram.sent("answerInlineQuery"))
        assert "?start=job_" in str(telegram.sent("answerInlineQuery")[-1].values), "a favourite, and of the gallery"
        telegram.say(ann, "/share to=@quartet", chat=77)
        await until(lambda: len([one for one in telegram.from_bot(GROUP) if "photo" in one]) == 2, limit_s=60)
        telegram.say(ann, f"/share to={SHOP}", chat=77)
        await until(lambda: "may not write" in str(telegram.from_bot(77)))
        telegram.say(ann, "/mydata erase", chat=77)
        [question] = await until(lambda: [one for one in telegram.from_bot(77) if "Yes, forget me" in str(one)])
        telegram.press(ann, 77, question["message_id"], "Yes, forget me")
        await until(lambda: not in_shop(telegram), limit_s=60)
        assert await bot.stop() == 0
