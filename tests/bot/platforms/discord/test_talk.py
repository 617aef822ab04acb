"""What people write to the bot on Discord without a command, and the servers it comes to: on a real socket."""

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.messages import Action, Button, Reply
from bot.commands.command import Command, Option
from bot.platforms.errors import PlatformDown
from bot.store import ServerRules
from config.settings import Settings
from tests.fakes.discord import open_fake_discord

PIECE = "k3f9abcd"


@pytest.fixture
async def discord(monkeypatch):
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # set by open_discord for the whole process; back afterwards
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    async with open_fake_discord() as discord:
        yield discord
    assert discord.complaints == []


@pytest.fixture
def root(discord):
    """Who runs the bot."""
    return discord.person("root")


@pytest.fixture
def settings(tmp_path, discord, root):
    return Settings(
        _env_file=None,
        data_dir=tmp_path,
        discord_token=discord.token,
        discord_api_url=discord.api_url,
        discord_gateway_url=discord.gateway_url,
        admins=f"discord:{root.id}",
    )


@pytest.fixture
def registry(registry, handlers):
    """With what is for one person alone, and a question to one person."""

    async def settings(context):
        handlers.contexts.append(context)
        await context.reply(Reply("your settings", private=True, personal=True))

    async def ask(context):
        handlers.contexts.append(context)
        await context.reply(Reply("which?", buttons=[[Button("pick", Action("pick", PIECE))]], private=True))

    async def echo(context):
        handlers.contexts.append(context)
        await context.reply(Reply(f"{sorted(context.options)}"))

    registry.commands += [
        Command("settings", settings, private=True),
        Command("piece", ask, (Option("id"),)),
        Command("help", echo, private=True),
        Command("render", echo, (Option("file", "file"),)),
        Command("server", echo, private=True, manager=True),
    ]
    return registry


@asynccontextmanager
async def serving(platform):
    task = asyncio.create_task(platform.serve())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, PlatformDown):
            await task


@pytest.fixture
async def music(discord, platform):
    """A server with a channel, and the bot connected."""
    guild = await discord.guild("Music")
    async with serving(platform):
        await discord.until(platform.client.is_ready)
        yield guild.channels[0]


@pytest.fixture
def ann(discord):
    return discord.person("ann")


def ours(discord, channel):
    """What the bot said there."""
    return [message for message in discord.messages(channel) if message.author == discord.bot]


async def answer(discord, channel, *, number=1):
    return (await discord.until(lambda: len(ours(discord, channel)) >= number and ours(discord, channel)))[number - 1]


async def silent(discord, channel, ann, handlers):
    """Until something that is said later was answered, and nothing else."""
    before = len(handlers.contexts)
    await discord.say(ann, channel, f"<@{discord.bot.id}> help")
    await discord.until(lambda: len(handlers.contexts) > before)
    return len(handlers.contexts) == before + 1


@pytest.mark.parametrize("text", ["<@{bot}> chopin keyboard", "chopin keyboard <@!{bot}>"])
async def test_a_mention_asks_for_a_piece(discord, music, ann, handlers, text):
    asked = await discord.say(ann, music, text.format(bot=discord.bot.id))
    message = await answer(discord, music)
    assert "'style': 'chopin keyboard'" in message.content
    assert message.reference["message_id"] == asked.id
    assert handlers.contexts[0].person.key == f"discord:{ann.id}"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("<@{bot}>", "help"),
        ("<@{bot}> /start", "help"),
        ("<@{bot}> about a waltz", "compose"),
    ],
)
async def test_a_mention_can_be_a_command_too(discord, music, ann, handlers, text, command):
    await discord.say(ann, music, text.format(bot=discord.bot.id))
    message = await answer(discord, music)
    assert ("style" in message.content) is (command == "compose")


async def test_words_in_a_private_talk_need_no_mention(discord, music, ann, handlers):
    await discord.say(ann, discord.private_talk(ann), "chopin keyboard")
    message = await answer(discord, discord.private_talk(ann))
    assert "'style': 'chopin keyboard', 'spoken': True" in message.content
    assert handlers.contexts[0].address.guild is None


async def test_in_a_server_what_is_not_for_the_bot_is_left_alone(discord, music, ann, handlers):
    await discord.say(ann, music, "chopin keyboard")
    await discord.say(discord.bot, music, f"<@{discord.bot.id}> chopin")
    assert await silent(discord, music, ann, handlers)


async def test_an_answer_to_the_bot_is_read_if_it_asks_for_music(discord, music, ann, handlers):
    await discord.say(ann, music, f"<@{discord.bot.id}> chopin")
    message = await answer(discord, music)
    await discord.say(ann, music, "thanks a lot!", answers=message)
    await discord.say(ann, music, "now a sad waltz for piano", answers=message)
    assert "a sad waltz" in (await answer(discord, music, number=2)).content
    assert len(handlers.contexts) == 2


async def test_a_corrected_message_is_read_again_and_an_unchanged_one_is_not(discord, music, ann, handlers):
    said = await discord.say(ann, music, f"<@{discord.bot.id}> /compose chopin bars=many")
    await answer(discord, music)
    assert handlers.contexts == []
    await discord.correct(said, f"<@{discord.bot.id}> /compose chopin bars=4")
    await discord.until(lambda: handlers.contexts)
    await discord.correct(said, f"<@{discord.bot.id}>  /compose  chopin bars=4")
    assert await silent(discord, music, ann, handlers)
    assert handlers.contexts[0].options == {"style": "chopin", "bars": 4}


async def test_a_score_beside_a_mention_or_alone_in_a_private_talk_is_looked_at(discord, music, ann, handlers):
    score = discord.attachment("waltz.abc", b"X:1")
    await discord.say(ann, music, f"<@{discord.bot.id}>", files=[score])
    await discord.say(ann, discord.private_talk(ann), "", files=[score])
    await answer(discord, music)
    await answer(discord, discord.private_talk(ann))
    assert {context.options["file"].name for context in handlers.contexts} == {"waltz.abc"}


async def test_a_bot_with_ears_listens_to_a_voice_message(discord, music, ann, handlers, monkeypatch):
    monkeypatch.setattr("renderers.score.hum.recordings.PACKAGES", ())
    await discord.say(ann, discord.private_talk(ann), "", files=[discord.attachment("voice-message.ogg", b"OggS")])
    await answer(discord, discord.private_talk(ann))
    assert handlers.contexts[0].options["file"].name == "voice-message.ogg"


@pytest.mark.parametrize(("name", "words"), [("page.png", "pictures of music"), ("song.mp3", "recordings")])
async def test_what_cannot_be_read_is_told(discord, music, ann, name, words):
    await discord.say(ann, discord.private_talk(ann), "", files=[discord.attachment(name, b"x")])
    assert words in (await answer(discord, discord.private_talk(ann))).content


async def test_what_is_for_one_person_alone_goes_into_the_private_talk(discord, music, ann):
    asked = await discord.say(ann, music, f"<@{discord.bot.id}> settings")
    message = await answer(discord, discord.private_talk(ann))
    assert message.content == "your settings"
    await discord.until(lambda: asked.reactions == ["👌"])
    assert ours(discord, music) == []


async def test_where_the_private_talk_is_closed_the_way_is_said(discord, music):
    shy = discord.person("shy", takes_dms=False)
    await discord.say(shy, music, f"<@{discord.bot.id}> settings")
    message = await answer(discord, music)
    assert "private messages are closed" in message.content
    assert "your settings" not in message.content


async def test_a_question_to_one_person_has_buttons_for_that_person_only(discord, music, ann, handlers):
    ben = discord.person("ben")
    await discord.say(ann, music, f"<@{discord.bot.id}> piece")
    question = await answer(discord, music)
    refused = await discord.response(await discord.click(ben, question, "pick"))
    assert refused.ephemeral
    assert "for whoever asked" in refused.content
    pressed = await discord.response(await discord.click(ann, question, "pick"))
    assert f"pressed pick {PIECE}" in pressed.content


async def test_the_language_is_that_of_the_client_as_soon_as_it_was_heard(discord, music, handlers):
    li = discord.person("li", locale="zh-CN")
    await discord.response(await discord.slash(li, music, "compose", style="chopin"))
    await discord.say(li, music, f"<@{discord.bot.id}> chopin")
    await answer(discord, music, number=2)
    assert handlers.contexts[1].language == "zh"


# --- servers ---------------------------------------------------------------------------------------------------------


async def test_a_server_is_welcomed_once_and_forgotten_when_the_bot_is_removed(discord, music, ann, platform):
    guild = await discord.guild("New", owner=ann, locale="de", bot_is_member=False)
    [hall] = guild.channels
    servers = platform._services.store.servers
    await discord.invite(guild)
    welcome = await answer(discord, hall)
    assert "Ich komponiere Noten" in welcome.text
    await discord.invite(guild)
    await servers.change(f"discord:{guild.id}", by="discord:1", quota=3)
    await discord.say(ann, hall, f"<@{discord.bot.id}> chopin")
    await answer(discord, hall, number=2)
    assert len(ours(discord, hall)) == 2
    await discord.expel(guild)
    await discord.until(lambda: not [one for one in platform.client.guilds if str(one.id) == guild.id])
    async with asyncio.timeout(5):
        while await servers.rules(f"discord:{guild.id}") != ServerRules():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_server_that_came_while_the_bot_was_away_is_welcomed_at_the_next_start(discord, platform, ann):
    old, new = await discord.guild("Old"), await discord.guild("New", joined=datetime.now(UTC).isoformat())
    async with serving(platform):
        await answer(discord, new.channels[0])
        await discord.invite(new)
        await discord.say(ann, new.channels[0], f"<@{discord.bot.id}> chopin")
        await answer(discord, new.channels[0], number=2)
    assert len(ours(discord, new.channels[0])) == 2
    assert ours(discord, old.channels[0]) == []


async def test_a_server_without_an_open_channel_is_no_error(discord, music, platform, caplog):
    guild = await discord.guild("New", bot_is_member=False)
    guild.channels[0].denied = frozenset({"SEND_MESSAGES"})
    await discord.invite(guild)
    async with asyncio.timeout(5):
        while await platform._services.store.servers.welcome(f"discord:{guild.id}"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_operators_commands_are_seen_in_their_own_servers_and_nowhere_else(discord, music, root):
    assert "admin" not in {command["name"] for command in discord.commands}
    home = await discord.guild("Home", owner=root, bot_is_member=False)
    await discord.invite(home)
    [admin] = await discord.until(lambda: discord.commands_of(home))
    assert admin["name"] == "admin"
    assert admin["default_member_permissions"] == "0"
    assert discord.commands_of(music.guild) == []


async def test_an_operator_can_write_commands_as_words(discord, music, root, ann, handlers):
    await discord.say(root, discord.private_talk(root), "/admin pause")
    await discord.until(lambda: handlers.contexts)
    await discord.say(ann, discord.private_talk(ann), "/admin pause")
    assert "for those who run the bot" in (await answer(discord, discord.private_talk(ann))).content
    assert len(handlers.contexts) == 1


async def test_the_rules_of_a_server_are_offered_in_servers_to_those_who_manage_them(discord, music, handlers):
    [server] = [command for command in discord.commands if command["name"] == "server"]
    assert server["contexts"] == [0]
    assert server["default_member_permissions"] == str(1 << 5)
    boss = discord.person("boss")
    music.guild.managers.add(boss.id)
    for who in (boss, discord.person("eve")):
        await discord.response(await discord.slash(who, music, "server"))
    here = [context.here for context in handlers.contexts]
    assert [await each.is_managed() for each in here] == [True, False]
    assert here[0].places == (music.id,)
    assert here[0].name_of(music.id, "en") == "#general"
    assert here[0].name_of("4711", "en") == ""
    assert "scope=bot+applications.commands" in here[0].invitation


async def test_who_owns_a_server_manages_it_by_words_too(discord, music, ann, handlers):
    for who in (music.guild.owner, ann):
        await discord.say(who, music, f"<@{discord.bot.id}> /server")
    await answer(discord, music, number=2)
    assert [await context.here.is_managed() for context in handlers.contexts] == [True, False]


async def test_what_is_being_noted_ends_before_the_platform_is_closed(discord, platform, monkeypatch):
    """The store closes next: a connection in use would be lost."""
    begun, ended = asyncio.Event(), []

    async def see(guild):
        begun.set()
        await asyncio.sleep(0.3)
        ended.append(guild.name)

    monkeypatch.setattr(platform.servers, "see", see)
    await discord.guild("Music")
    async with serving(platform):
        await begun.wait()
    await platform.close()
    assert ended == ["Music"]
