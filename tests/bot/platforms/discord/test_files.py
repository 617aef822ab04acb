"""A file in an option of a command: Discord tells beside the options where it lies."""

import pytest

from bot.commands import build_registry
from bot.commands.words import check_options
from bot.errors import FileNotFetched, FileTooLarge
from bot.platforms.discord.commands import ATTACHMENT, describe_all, read_call
from config.settings import Settings
from tests.fakes.discord import open_fake_discord


@pytest.fixture
async def discord():
    async with open_fake_discord() as discord:
        yield discord


def called(registry, file, **changes):
    """What the command is given for an interaction with this file."""
    told = {"attachments": {file.id: file.to_json() | changes}}
    given = [{"name": "file", "type": ATTACHMENT, "value": file.id}, {"name": "tune", "type": 3, "value": "2"}]
    call = read_call(registry, {"name": "render", "options": given, "resolved": told})
    return check_options(call.command, call.options)


async def test_a_file_is_fetched_from_where_discord_says_that_it_lies(discord):
    options = called(build_registry(Settings(_env_file=None)), discord.attachment("song.mxl", b"PK and more"))
    file = options["file"]
    assert (file.name, file.size, options["tune"]) == ("song.mxl", 11, "2")
    assert await file.fetch(100) == b"PK and more"


async def test_a_file_that_is_larger_than_discord_says_is_not_taken_into_memory(discord):
    file = called(build_registry(Settings(_env_file=None)), discord.attachment("song.mxl", b"x" * 200_000), size=10)
    with pytest.raises(FileTooLarge):
        await file["file"].fetch(100_000)


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:9/nobody", "file:///etc/hostname"])
async def test_a_file_that_is_not_there_is_an_error_of_ours(discord, url):
    file = called(build_registry(Settings(_env_file=None)), discord.attachment("song.mxl", b"PK"), url=url)
    with pytest.raises(FileNotFetched):
        await file["file"].fetch(100)


def test_discord_is_told_that_the_option_takes_a_file():
    [render] = [one for one in describe_all(build_registry(Settings(_env_file=None))) if one["name"] == "render"]
    assert {option["name"]: option["type"] for option in render["options"]}["file"] == ATTACHMENT
