"""What a person asks for on Discord is read and checked once."""

from bot.commands.words import check_options
from bot.store.people import People
from generator.notation.keys import parse_key
from generator.notation.limits import parse_metre
from tests.bot.counting import count_calls, count_methods
from tests.bot.platforms.discord.test_whole import at_work, compose, registry, services, settings  # noqa: F401 - fixtures


async def test_options_key_metre_and_settings_are_read_once(place, services, platform, monkeypatch):  # noqa: F811
    functions = count_calls(monkeypatch, parse_key, parse_metre, check_options)
    methods = count_methods(monkeypatch, (People, "meet"), (People, "settings"))
    async with at_work(services, platform):
        await compose(place, key="Am", metre="3/4", tempo=90)
    assert functions == {"parse_key": 1, "parse_metre": 1, "check_options": 1}
    assert methods == {"meet": 1, "settings": 0}
