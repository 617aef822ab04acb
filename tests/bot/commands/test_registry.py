"""The list of commands, and that a new one is a handler, a line in it and its texts."""

import pytest

from bot.chat.messages import Reply
from bot.commands.command import Command, Option
from bot.commands.registry import build_registry
from bot.texts import FALLBACK, languages, texts
from config.settings import Settings

REGISTRY = build_registry(Settings(_env_file=None))
MAX_DESCRIPTION_CHARS = 100  # Discord's limit


def whole_names(command, family=""):
    name = f"{family}{command.name}"
    return [name, *(each for child in command.subcommands for each in whole_names(child, f"{name}."))]


@pytest.fixture
def hum(world, monkeypatch):
    """A world with a command that is nowhere but here."""

    async def handle_hum(context):
        await context.reply(Reply("m" * context.options.get("times", 1), language=context.language))

    words = {"command.hum": "Hum a little", "option.hum.times": "How long"}
    monkeypatch.setattr("bot.texts.texts", lambda language: {**texts(language), **words})
    world.registry.commands.append(Command("hum", handle_hum, (Option("times", "integer", minimum=1, maximum=9),)))
    return world


async def test_a_new_command_is_a_handler_a_line_in_the_list_and_its_texts(hum):
    assert [reply.text for reply in (await hum.say("/hum times=3")).replies] == ["mmm"]
    assert "/hum" in (await hum.say("/help")).replies[0].text
    assert "Hum a little" in (await hum.say("/help")).replies[0].text


async def test_a_new_command_s_options_are_held_to_what_it_says(hum):
    (refused,) = (await hum.say("/hum times=10")).replies
    assert refused.private
    assert "9" in refused.text


@pytest.mark.parametrize("language", languages())
def test_every_command_is_described_in_every_language_and_fits_into_the_list(language):
    described = texts(language)
    names = [name for command in REGISTRY.commands for name in whole_names(command)]
    assert len(names) > 20
    assert [name for name in names if not described.get(f"command.{name}")] == []
    assert [name for name in names if len(str(described[f"command.{name}"])) > MAX_DESCRIPTION_CHARS] == []


def test_no_command_is_described_that_there_is_not():
    names = {name for command in REGISTRY.commands for name in whole_names(command)}
    described = {key.removeprefix("command.") for key in texts(FALLBACK) if key.startswith("command.")}
    assert described - names == set()
