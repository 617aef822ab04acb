"""Commands on Discord: how they are described, read, suggested and answered."""

import asyncio
from contextlib import suppress

import discord
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.messages import Reply
from bot.commands import check_options
from bot.commands.command import Command
from bot.errors import BadInput
from bot.platforms.discord.commands import describe_all, fingerprint, read_call


async def test_a_command_is_answered_with_typed_options(place, handlers):
    result = await place.alice.slash(place.channel, "compose", style="chopin keyboard", bars=16, temperature=1)
    assert result.response.content.startswith("{'style': 'chopin keyboard', 'bars': 16, 'temperature': 1.0}")
    assert not result.ephemeral


async def test_a_context_says_who_asked_where_and_how_to_answer(place, handlers, simcord_env):
    await place.alice.slash(place.channel, "compose")
    context = handlers.contexts[0]
    assert context.person.key == f"discord:{place.alice.id}"
    assert context.address.chat == str(place.channel.id)
    assert context.address.guild == str(place.guild.id)
    assert context.address.token_expires == pytest.approx(simcord_env.now().timestamp() + 900, abs=2)
    assert context.address.file_limit == 25 * 1024 * 1024  # as simcord says
    assert context.event_key.startswith("discord:")


async def test_a_command_works_in_a_private_talk(place, handlers):
    result = await place.alice.user.slash("compose", style="bach")
    assert "bach" in result.response.content
    assert handlers.contexts[0].address.guild is None


async def test_a_private_command_is_answered_to_the_person_alone(place):
    result = await place.alice.slash(place.channel, "styles", words="chopin")
    assert result.ephemeral


async def test_the_person_s_own_language_wins_over_the_client_s(place, handlers, store):
    await store.people.change(f"discord:{place.alice.id}", language="zh")
    result = await place.alice.slash(place.channel, "compose")
    assert result.response.content.endswith("in zh")


async def test_admin_is_in_nobody_s_list(place):
    boss = place.guild.add_member(place.env.create_user("boss"))
    assert "compose" in boss.available_commands(place.channel)
    assert "admin pause" not in boss.available_commands(place.channel)


async def test_suggestions_come_with_the_options_given_so_far(place, handlers):
    choices = await place.alice.autocomplete(place.channel, "compose", "period", "rom", style="chopin", bars=8)
    assert choices == [
        {"name": "chopin keyboard (rom)", "value": "chopin keyboard"},
        {"name": "bach organ (rom)", "value": "bach organ"},
    ]
    assert handlers.contexts[0].options == {"style": "chopin", "bars": 8}


async def test_suggestions_that_take_too_long_are_an_empty_list_in_time(place, registry, platform, monkeypatch):
    async def slow(context, typed):
        await asyncio.sleep(60)

    monkeypatch.setattr("bot.platforms.discord.platform.SUGGEST_LIMIT_S", 0.05)
    compose = registry.commands[0]
    slow_option = type(compose.options[0])("style", suggest=slow)
    registry.commands[0] = Command("compose", compose.handle, (slow_option,))
    assert await place.alice.autocomplete(place.channel, "compose", "style", "cho") == []


async def test_descriptions_are_in_every_language_that_discord_knows(registry):
    compose = describe_all(registry)[0]
    assert compose["contexts"] == [0, 1, 2]
    assert compose["integration_types"] == [0, 1]
    for described in (compose, *compose["options"]):
        assert 0 < len(described["description"]) <= 100
        assert set(described["description_localizations"]) == {"de", "zh-CN", "zh-TW"}
    bars = compose["options"][2]
    assert (bars["type"], bars["min_value"], bars["max_value"]) == (4, 1, 64)
    assert [choice["value"] for choice in compose["options"][4]["choices"]] == ["conservative", "wild"]


async def test_commands_are_sent_once_and_again_only_when_they_changed(place, platform, registry, simcord_env):
    assert len(place.calls("PUT", "/commands")) == 1
    await simcord_env.restart_bot()
    assert len(place.calls("PUT", "/commands")) == 1
    registry.commands.pop(1)
    assert await platform.update_commands()
    assert not await platform.update_commands()
    assert len(place.calls("PUT", "/commands")) == 2


async def test_commands_that_discord_refuses_do_not_stop_the_service(place, registry, simcord_env, caplog):
    registry.commands.pop(1)
    simcord_env.inject_error("PUT", "/applications/*/commands", status=400, code=50035)
    await simcord_env.restart_bot()
    assert (await place.alice.slash(place.channel, "compose")).acknowledged
    assert "does not take the commands" in caplog.text


def test_the_fingerprint_does_not_depend_on_the_order_of_keys():
    assert fingerprint([{"a": 1, "b": 2}]) == fingerprint([{"b": 2, "a": 1}])
    assert fingerprint([{"a": 1}]) != fingerprint([{"a": 2}])


def test_a_command_of_another_version_is_bad_input(registry):
    with pytest.raises(BadInput):
        read_call(registry, {"name": "gone"})
    with pytest.raises(BadInput):
        read_call(registry, {"name": "admin", "options": [{"name": "gone", "type": 1}]})


_WORDS = st.text(max_size=30) | st.sampled_from(["compose", "admin", "style", "bars", "temperament", "pause"])
_GIVEN = st.fixed_dictionaries({"name": _WORDS, "value": st.text() | st.integers() | st.floats() | st.booleans()})


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(name=_WORDS, given_options=st.lists(_GIVEN, max_size=4))
def test_whatever_is_sent_is_read_or_refused_in_words(registry, name, given_options):
    with suppress(BadInput):
        call = read_call(registry, {"name": name, "options": given_options})
        check_options(call.command, call.options)


async def test_a_command_that_the_bot_no_longer_has_is_answered_in_words(place, registry):
    registry.commands[:] = [command for command in registry.commands if command.name != "styles"]
    result = await place.alice.slash(place.channel, "styles")
    assert result.ephemeral
    assert result.response.content


async def test_an_option_out_of_its_limits_is_refused_in_words(place, registry, handlers):
    compose = registry.commands[0]
    registry.commands[0] = Command("compose", compose.handle, ())  # the client still offers what the bot had before
    result = await place.alice.slash(place.channel, "compose", bars=8)
    assert result.ephemeral
    assert handlers.contexts == []


# --- in time ----------------------------------------------------------------------------------------------------------


async def test_a_slow_command_is_acknowledged_within_a_second(place, handlers, simcord_env):
    async def slow(context):
        await asyncio.sleep(5)
        await context.reply(Reply("done"))

    handlers.compose = slow
    result = await place.alice.slash(place.channel, "compose")
    await simcord_env.advance_time(1)
    assert result.deferred
    await simcord_env.advance_time(5)
    assert place.channel.last_message.content == "done"
    assert not place.channel.last_message.flags.loading


async def test_a_refusal_after_a_public_promise_is_still_private(place, handlers, simcord_env):
    async def refuse(context):
        await asyncio.sleep(1.2)
        await context.reply(Reply("Not today.", private=True))

    handlers.compose = refuse
    result = await place.alice.slash(place.channel, "compose")
    await simcord_env.advance_time(3)
    assert [(answer.content, answer.ephemeral) for answer in result.followups] == [("Not today.", True)]
    assert result.response is None  # the promise is gone
    assert place.channel.history(viewer=place.bob) == []


async def test_a_slow_private_command_is_promised_privately(place, handlers, simcord_env):
    async def slow(context):
        await asyncio.sleep(1.2)
        await context.reply(Reply("yours"))

    handlers.styles = slow
    result = await place.alice.slash(place.channel, "styles")
    await simcord_env.advance_time(3)
    assert (result.response.content, result.response.ephemeral) == ("yours", True)


async def test_an_interaction_that_died_is_answered_by_a_message_to_that_person(place, handlers, simcord_env):
    async def very_slow(context):
        await asyncio.sleep(16 * 60)
        await context.reply(Reply("at last @everyone"))

    handlers.compose = very_slow
    await place.alice.slash(place.channel, "compose")
    await simcord_env.advance_time(17 * 60)
    message = place.channel.last_message
    assert message.content == f"<@{place.alice.id}> at last @\u200beveryone"
    assert [user.id for user in message.mentions] == [place.alice.id]
    assert not message.mention_everyone


async def test_a_private_answer_to_a_dead_interaction_comes_in_a_private_talk(place, handlers, simcord_env):
    async def very_slow_and_private(context):
        await asyncio.sleep(16 * 60)
        await context.reply(Reply("only yours", private=True))

    handlers.styles = very_slow_and_private
    await place.alice.slash(place.channel, "styles")
    await simcord_env.advance_time(17 * 60)
    assert place.alice.user.dm_channel.last_message.content == "only yours"


async def test_what_goes_wrong_is_said_privately_and_without_a_traceback(place, handlers, caplog):
    async def broken(context):
        raise RuntimeError("secret detail")

    handlers.compose = broken
    result = await place.alice.slash(place.channel, "compose")
    assert result.ephemeral
    assert "secret" not in result.response.content


async def test_further_answers_and_changes_follow_the_first(place, handlers):
    async def talk(context):
        await context.reply(Reply("one"))
        await context.reply(Reply("two", private=True))
        await context.edit(Reply("two, corrected"))

    handlers.compose = talk
    result = await place.alice.slash(place.channel, "compose")
    assert result.response.content == "one"
    assert [(answer.content, answer.ephemeral) for answer in result.followups] == [("two, corrected", True)]


async def test_no_privileged_intents_are_asked_for(platform):
    assert not platform.client.intents.value & discord.Intents.all().value & ~discord.Intents.default().value
