"""What is secret is taken out of text, in every spelling; the rest stays."""

from urllib.parse import quote

import pytest

from bot.cli import app as cli_app
from bot.cli import run
from bot.logs.redaction import HIDDEN
from bot.platforms.discretion import redactor_of
from config.settings import Settings

DISCORD = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA.GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789AB"
TELEGRAM = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_12345"


@pytest.mark.parametrize(
    "text",
    [
        f"HTTP Request: POST https://api.telegram.org/bot{TELEGRAM}/getUpdates",
        f"https://api.telegram.org/file/bot{quote(TELEGRAM, safe='')}/photo.jpg",
        f"login with {TELEGRAM}",
        f"improper token {DISCORD} was passed",
        f"{{'Authorization': 'Bot {DISCORD}'}}",
        f"Authorization: Bot {DISCORD}",
    ],
)
def test_a_token_nobody_told_us_about_is_seen_by_its_shape(text):
    assert TELEGRAM not in redactor_of(None)(text)
    assert quote(TELEGRAM, safe="") not in redactor_of(None)(text)
    assert DISCORD not in redactor_of(None)(text)
    assert HIDDEN in redactor_of(None)(text)


def test_the_key_of_an_interaction_is_hidden_and_the_rest_of_its_address_stays():
    text = "PATCH https://discord.com/api/v10/webhooks/81/aW50ZXJhY3Rpb24/messages/@original has returned 404"
    assert redactor_of(None)(text) == text.replace("aW50ZXJhY3Rpb24", HIDDEN)


def test_a_password_in_an_address_is_hidden_with_or_without_the_settings():
    text = "cannot connect to postgresql://bot:geheim@db/notabot"
    assert redactor_of(None)(text) == text.replace("geheim", HIDDEN)
    settings = Settings(database_url="postgresql://bot:geheim@db/notabot")
    assert "geheim" not in redactor_of(settings)("password geheim was refused")


def test_a_known_secret_of_any_shape_is_hidden_in_every_spelling():
    redact = redactor_of(Settings(discord_token="short/one+", telegram_token="1:x y".replace(" ", "")))
    for spelling in ("short/one+", quote("short/one+"), quote("short/one+", safe="")):
        assert redact(f"a {spelling} b") == f"a {HIDDEN} b"


def test_ordinary_text_stays_as_it_is():
    text = "12:30 job k3f9 took 4.2 s at http://127.0.0.1:8077/healthz for discord:4711, notabot.chat.example"
    assert redactor_of(Settings(discord_token=DISCORD))(text) == text


def test_the_log_of_a_command_that_failed_unexpectedly_holds_no_token(monkeypatch, tmp_path):
    def fail(*_arguments, **_options):
        raise ZeroDivisionError(f"https://api.telegram.org/bot{TELEGRAM}/getMe with geheim.token")

    monkeypatch.setattr(cli_app.styles, "_table", fail)
    monkeypatch.setenv("NOTABOT_DISCORD_TOKEN", "geheim.token")
    assert run(["styles"]) == 1
    written = (tmp_path / "data" / "notabot.log").read_text("utf-8")
    assert "ZeroDivisionError" in written
    assert TELEGRAM not in written
    assert "geheim" not in written
