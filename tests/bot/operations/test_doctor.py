"""`notabot doctor`: every line says what is so, and what to do if it is wrong."""

import json
import socket
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.cli import run
from bot.operations.doctor import examination, examine, machine, operation
from bot.platforms import discord, telegram
from bot.platforms.discord import examination as discord_examination
from bot.platforms.spec import Finding
from bot.store import open_store
from config.settings import Settings
from tests.bot.store.test_jobs import add
from tests.fakes.discord import open_fake_discord
from tests.fakes.telegram import TOKEN as TELEGRAM_TOKEN
from tests.fakes.telegram import open_fake_telegram

ALL_RIGHTS = sum(discord_examination.PERMISSIONS.values())
INVITED = ALL_RIGHTS | discord_examination.VOICE_PERMISSIONS
DISCORD_TOKEN = "MTIzNDU2.geheim.zzz"


@asynccontextmanager
async def platform(answers):
    """A server that answers paths with (status, JSON)."""

    async def answer(request):
        status, body = answers.get(request.path.rpartition("/")[2], (404, {"ok": False}))
        return web.json_response(body, status=status)

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def discord_findings(answers):
    async with platform(answers) as url:
        return await discord.examine(Settings(discord_token=DISCORD_TOKEN, discord_api_url=url))


async def telegram_findings(me=None, webhook=None, *, status=200):
    answers = {"getMe": (status, {"ok": True, "result": me}), "getWebhookInfo": (200, {"ok": True, "result": webhook})}
    async with platform(answers) as url:
        return await telegram.examine(Settings(telegram_token=TELEGRAM_TOKEN, telegram_api_url=url))


def states(findings):
    return [finding.state for finding in findings]


# --- the platforms ---------------------------------------------------------------------------------------------------


async def test_both_fakes_are_found_in_order():
    async with open_fake_discord() as fake_discord, open_fake_telegram() as fake_telegram:
        found = await discord.examine(Settings(discord_token=fake_discord.token, discord_api_url=fake_discord.api_url))
        assert states(found)[0] == "ok"
        assert "notabot" in found[0].said
        found = await telegram.examine(Settings(telegram_token=TELEGRAM_TOKEN, telegram_api_url=fake_telegram.base))
        assert states(found) == ["ok"]
        assert "@OurBot" in found[0].said
        assert "https://t.me/OurBot?startgroup=new" in found[0].advice
        wrong = Settings(discord_token="a.b.c", discord_api_url=fake_discord.api_url)
        [refused] = await discord.examine(wrong)
        assert (refused.state, refused.said) == ("problem", "Discord refuses the token.")
        [refused] = await telegram.examine(Settings(telegram_token="6:wrong", telegram_api_url=fake_telegram.base))
        assert (refused.state, refused.said) == ("problem", "Telegram refuses the token.")
        assert "@BotFather" in refused.advice


async def test_the_invite_link_asks_for_the_rights_the_bot_needs_and_no_more():
    found = await discord_findings({"@me": (200, {"id": "42", "username": "notabot"}), "guilds": (200, [])})
    assert f"client_id=42&scope=bot+applications.commands&permissions={INVITED}" in found[0].advice
    assert "no privileged intent" in found[0].advice
    assert "Attach Files" in found[0].advice
    assert found[1] == Finding("discord", "warning", "The bot is in no server yet.", "Open the invite link above.")


async def test_rights_that_lack_in_a_server_are_named():
    guilds = [
        {"name": "Right", "permissions": str(ALL_RIGHTS)},
        {"name": "Owner", "permissions": str(discord_examination.ADMINISTRATOR)},
        {"name": "Wrong", "permissions": str(ALL_RIGHTS - discord_examination.PERMISSIONS["Attach Files"])},
    ]
    found = await discord_findings({"@me": (200, {"id": "42"}), "guilds": (200, guilds)})
    [warning] = [finding for finding in found if finding.state == "warning"]
    assert warning.said == "In “Wrong” the bot lacks: Attach Files."
    assert found[-1].said == "It is in 3 servers."


async def test_an_application_that_nobody_can_invite_is_a_problem():
    found = await discord_findings({"@me": (200, {"id": "42", "bot_require_code_grant": True}), "guilds": (200, [])})
    assert "problem" in states(found)


async def test_an_outage_is_told_as_one():
    [found] = await discord_findings({"@me": (503, {})})
    assert (found.state, found.said) == ("problem", "Discord answers with status 503.")
    [found] = await telegram_findings(status=502)
    assert (found.state, found.said) == ("problem", "Telegram answers with status 502.")


@pytest.mark.parametrize("check", [discord.examine, telegram.examine])
async def test_a_network_failure_is_told_as_such_and_nothing_is_said_about_the_token(check):
    nowhere = f"http://127.0.0.1:{free_port()}"
    [found] = await check(
        Settings(
            discord_token=DISCORD_TOKEN,
            telegram_token=TELEGRAM_TOKEN,
            discord_api_url=nowhere,
            telegram_api_url=nowhere,
        )
    )
    assert found.state == "problem"
    assert "could not be reached" in found.said
    assert "nothing is known about the token" in found.said
    assert TELEGRAM_TOKEN not in found.said + found.advice


async def test_a_webhook_and_the_privacy_mode_are_seen_and_the_webhooks_address_is_not_shown():
    me = {"username": "OurBot", "can_join_groups": False, "can_read_all_group_messages": True}
    found = await telegram_findings(me, {"url": "https://example.org/hook/geheim"})
    assert states(found) == ["ok", "warning", "ok", "warning", "warning"]
    said = " ".join(finding.said for finding in found)
    assert "example.org" in said
    assert "geheim" not in said
    assert "Privacy mode is off" in said


async def test_a_platform_without_a_token_is_switched_off_and_that_is_all_right():
    for check in (discord.examine, telegram.examine):
        [found] = await check(Settings())
        assert (found.state, "Switched off" in found.said) == ("ok", True)


# --- this machine --------------------------------------------------------------------------------------------------


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_the_model_is_loaded_and_measured(tiny_weights):
    [found] = await machine.check_model(Settings(weights=tiny_weights, device="cpu"))
    assert found.state == "ok"
    assert "tiny.safetensors" in found.said


async def test_a_bar_is_really_drawn_and_played():
    [found] = await machine.check_renderer(Settings())
    assert (found.state, "drawn and played" in found.said) == ("ok", True)


async def test_a_folder_that_cannot_be_made_is_a_problem(tmp_path):
    (tmp_path / "file").write_text("in the way")
    [found] = await operation.check_data_folder(Settings(data_dir=tmp_path / "file" / "data"))
    assert found.state == "problem"
    assert "NOTABOT_DATA_DIR" in found.advice
    [found] = await operation.check_data_folder(Settings(data_dir=tmp_path / "new"))
    assert found.state == "ok"
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize(("free", "state"), [(100, "problem"), (2**30, "warning"), (2**40, "ok")])
async def test_little_room_is_a_warning_and_none_a_problem(monkeypatch, tmp_path, free, state):
    monkeypatch.setattr(operation.shutil, "disk_usage", lambda _path: type("Usage", (), {"free": free}))
    [found] = await operation.check_disk(Settings(data_dir=tmp_path / "not" / "there"))
    assert found.state == state


async def test_the_database_is_opened_and_brought_up_to_date(tmp_path):
    [found] = await operation.check_database(Settings(data_dir=tmp_path))
    assert found.state == "ok"
    assert found.said.startswith("SQLite")


async def test_a_file_that_is_no_database_is_a_problem(tmp_path, monkeypatch):
    (tmp_path / "notabot.db").write_bytes(b"no database at all, but long enough to look like a file" * 100)
    monkeypatch.setattr(examination, "CHECKS", {"database": operation.check_database})
    monkeypatch.setattr(examination, "PLATFORMS", [])
    monkeypatch.setenv("NOTABOT_DATA_DIR", str(tmp_path))
    [found] = await examine()
    assert found.state == "problem"


async def test_a_port_is_free_or_taken_or_a_running_notabots():
    assert states(await operation.check_port(Settings(health_port=free_port()))) == ["ok"]
    assert states(await operation.check_port(Settings(health_port=0))) == ["ok"]
    async with platform({"healthz": (200, {"alive": True})}) as url:
        [found] = await operation.check_port(Settings(health_port=int(url.rpartition(":")[2])))
        assert (found.state, "running here" in found.said) == ("ok", True)
    async with platform({}) as url:
        [found] = await operation.check_port(Settings(health_port=int(url.rpartition(":")[2])))
        assert found.state == "problem"


async def test_settings_that_were_probably_not_meant_are_remarked(tmp_path):
    (tmp_path / ".env").write_text("NOTABOT_SLOTS=4\n")
    (tmp_path / ".env").chmod(0o644)
    found = await operation.check_settings(Settings(_env_file=None, queue_url="redis://host"))
    assert states(found) == ["warning", "problem", "warning"]
    assert found[2].advice == "chmod 600 .env"
    (tmp_path / ".env").chmod(0o600)
    found = await operation.check_settings(Settings(discord_token="x"))
    assert [finding.said for finding in found] == ["Nobody may use /admin."]
    assert states(await operation.check_settings(Settings(discord_token="x", admins="discord:1"))) == ["ok"]


# --- the whole -----------------------------------------------------------------------------------------------------


async def test_wrong_settings_are_the_only_finding(monkeypatch):
    monkeypatch.setenv("NOTABOT_SLOTS", "many")
    [found] = await examine()
    assert (found.about, found.state) == ("settings", "problem")
    assert "NOTABOT_SLOTS" in found.said


async def test_a_check_that_fails_in_a_way_nobody_thought_of_is_a_problem_without_secrets(monkeypatch):
    async def check(_settings):
        raise ZeroDivisionError(f"https://api.telegram.org/bot{TELEGRAM_TOKEN}/getMe and {DISCORD_TOKEN}")

    monkeypatch.setenv("NOTABOT_DISCORD_TOKEN", DISCORD_TOKEN)
    monkeypatch.setattr(examination, "CHECKS", {"x": check})
    monkeypatch.setattr(examination, "PLATFORMS", [])
    [found] = await examine()
    assert found.state == "problem"
    assert found.said.startswith("Unexpected: ZeroDivisionError")
    assert TELEGRAM_TOKEN not in found.said
    assert DISCORD_TOKEN not in found.said


async def test_a_check_without_end_is_ended(monkeypatch):
    async def check(_settings):
        import asyncio

        await asyncio.sleep(3600)

    monkeypatch.setattr(examination, "TIME_LIMIT_S", 0.01)
    monkeypatch.setattr(examination, "CHECKS", {"x": check})
    monkeypatch.setattr(examination, "PLATFORMS", [])
    assert states(await examine()) == ["problem"]


def look(monkeypatch, findings):
    async def check(_settings):
        return findings

    monkeypatch.setattr(examination, "CHECKS", {"x": check})
    monkeypatch.setattr(examination, "PLATFORMS", [])


def test_the_exit_code_is_1_only_for_problems(monkeypatch, capsys):
    look(monkeypatch, [Finding("disk", "warning", "Little room.", "Make room.")])
    assert run(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "warning  disk         Little room." in said
    assert "→ Make room." in said
    look(monkeypatch, [Finding("disk", "problem", "No room.", "Make room.")])
    assert run(["doctor"]) == 1
    assert "1 problem" in capsys.readouterr().out


def test_json_says_the_same(monkeypatch, capsys):
    look(monkeypatch, [Finding("disk", "problem", "No room.", "Make room.")])
    assert run(["doctor", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "ok": False,
        "findings": [{"about": "disk", "state": "problem", "said": "No room.", "advice": "Make room."}],
    }


async def test_results_that_were_given_up_are_named(tmp_path):
    async with open_store(None, tmp_path) as store, store.writing() as connection:
        await add(store, connection, "k3f9")
        parts = ["status", "result", "files"]
        await store.deliveries.add(connection, job="k3f9", platform="discord", parts=parts, first=0, due=0.0)
        await store.deliveries.fail_rest(connection, "k3f9", error="TryLater")
    _, found = await operation.check_database(Settings(data_dir=tmp_path))
    assert (found.about, found.state) == ("deliveries", "warning")
    assert found.said.startswith("2 messages")
    assert "/admin retry" in found.advice


async def test_a_soundfont_that_is_gone_costs_the_audio_and_the_doctor_says_so(tmp_path):
    settings = Settings(soundfont=tmp_path / "gone.sf2")
    (finding,) = await machine.check_renderer(settings)
    assert (finding.about, finding.state) == ("drawing", "problem")
    assert "mp3, mp3-small could not be made" in finding.said
    assert finding.advice == "All of these need the soundfont."
