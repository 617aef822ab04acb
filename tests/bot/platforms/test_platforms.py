"""A new platform is a package of its own and a row in the list: everything else reads the list."""

import asyncio
import json
import signal
import socket
from importlib.util import find_spec

import aiohttp
import pytest

from bot import platforms
from bot.app import check_can_run, serve
from bot.cli import run
from bot.operations.doctor import examination, examine
from bot.platforms import PLATFORMS
from config.errors import ConfigError
from config.settings import Settings, load_settings
from tests.bot.test_app import Maker, tell, until
from tests.fakes.toy_platform import TOY
from tests.refusals import refuses


@pytest.fixture
def toy(monkeypatch):
    """A row more in the list, and a token."""
    PLATFORMS.append(TOY)
    monkeypatch.setenv("NOTABOT_TOY_TOKEN", "geheimes.token")
    yield TOY
    PLATFORMS.remove(TOY)


@pytest.mark.parametrize("spec", PLATFORMS, ids=lambda spec: spec.name)
def test_every_platform_has_its_doors_its_token_and_its_library(spec):
    door = spec.door()
    assert callable(door.open_platform)
    assert asyncio.iscoroutinefunction(door.examine)
    assert find_spec(spec.library)
    assert spec.token_setting.removeprefix("NOTABOT_").lower() in Settings.model_fields


async def test_a_new_platform_is_served_its_secrets_are_hidden_and_its_library_is_quiet(toy, capsys):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    task = asyncio.create_task(serve(Settings(health_port=port), maker=Maker()))

    async def ready():
        try:
            async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                return (await answer.json())["platforms"] == {"toy": "ok"}
        except aiohttp.ClientError:
            return False

    await until(ready)
    tell(signal.SIGTERM)
    assert await asyncio.wait_for(task, 25) == 0
    written = capsys.readouterr().err
    assert "serving toy" in written
    assert "[hidden] with [hidden]" in written
    assert "somebody's words" not in written


async def test_a_new_platform_is_examined_and_its_token_not_shown(toy, monkeypatch):
    monkeypatch.setattr(examination, "CHECKS", {})
    findings = {finding.about: finding for finding in await examine()}
    assert set(findings) == {"discord", "telegram", "toy"}
    assert findings["toy"].said == "hello, **********"


async def test_a_platform_that_cannot_be_loaded_is_one_problem_and_the_others_are_examined(toy, monkeypatch):
    monkeypatch.setattr(examination, "CHECKS", {})
    monkeypatch.setitem(__import__("sys").modules, "tests.fakes.toy_platform", None)
    assert [(finding.about, finding.state) for finding in await examine()][-1] == ("toy", "problem")


def test_without_any_token_all_that_could_be_set_are_named(toy, monkeypatch, capsys):
    monkeypatch.setenv("NOTABOT_TOY_TOKEN", "")
    assert run(["run"]) == 2
    assert "NOTABOT_DISCORD_TOKEN, NOTABOT_TELEGRAM_TOKEN or NOTABOT_TOY_TOKEN" in capsys.readouterr().err


def test_its_own_settings_are_refused_in_the_same_sentences(toy, monkeypatch):
    monkeypatch.setenv("NOTABOT_TOY_TOKEN", "geheim und mehr")
    with refuses(ConfigError, match=r"NOTABOT_TOY_TOKEN should be the token alone.*not shown") as error:
        toy.token(load_settings())
    assert "geheim" not in str(error.value)
    monkeypatch.delenv("NOTABOT_TOY_TOKEN")
    monkeypatch.setenv("NOTABOT_TOY_TOKN", "x")
    with refuses(ConfigError, match="Did you mean NOTABOT_TOY_TOKEN"):
        toy.token(load_settings())


def test_its_people_may_be_named_in_lists_and_those_of_no_platform_may_not(toy):
    settings = Settings(admins="toy:7,terminal:ann", discord_token="x")
    platforms.check_keys(settings)
    with refuses(ConfigError, match="NOTABOT_ALLOWED_PEOPLE names a platform that there is not: “irc:7”"):
        check_can_run(Settings(allowed_people="irc:7", discord_token="x"))


def test_its_settings_are_shown_without_secrets_and_in_the_example(toy, monkeypatch, capsys):
    monkeypatch.setenv("NOTABOT_TOY_GREETING", "servus")
    assert run(["settings", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["NOTABOT_TOY_TOKEN"], shown["NOTABOT_TOY_GREETING"]) == ("(secret)", "servus")
    assert shown["NOTABOT_SLOTS"] == "4"
    assert run(["settings"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["NOTABOT_TOY_GREETING", "servus", "set"] in lines
    assert ["NOTABOT_SLOTS", "4"] in lines
    assert run(["settings", "--example"]) == 0
    example = capsys.readouterr().out
    assert "# --- Toy\n\n# Its token." in example
    assert "# NOTABOT_TOY_GREETING=hello\n" in example
