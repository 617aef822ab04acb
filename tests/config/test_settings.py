"""Settings: read when asked, from the environment and .env, and refused in a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

import config.settings
from bot.texts import explain
from config.errors import ConfigError
from config.example import example
from config.settings import PREFIX, SECRET_FIELDS, Settings, load_settings
from tests.refusals import refuses

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch, tmp_path):
    """A folder without .env and an environment without our variables."""
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_without_any_variable_the_defaults_hold():
    settings = load_settings()
    assert (settings.weights, settings.device, settings.slots, settings.out_dir) == (None, "auto", 4, Path("out"))


def test_the_environment_wins_over_the_env_file(monkeypatch):
    Path(".env").write_text("NOTABOT_SLOTS=2\nNOTABOT_DEVICE=cpu\nOTHER_PROGRAM=7\n", encoding="utf-8")
    monkeypatch.setenv("NOTABOT_SLOTS", "3")
    settings = load_settings()
    assert (settings.slots, settings.device) == (3, "cpu")


def test_an_empty_variable_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("NOTABOT_WEIGHTS", "")
    monkeypatch.setenv("NOTABOT_SLOTS", "")
    assert load_settings() == Settings()


def test_a_tilde_means_the_home_folder(monkeypatch):
    monkeypatch.setenv("NOTABOT_WEIGHTS", "~/net.safetensors")
    assert load_settings().weights == Path.home() / "net.safetensors"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("NOTABOT_SLOTS", "many", "valid integer"),
        ("NOTABOT_SLOTS", "0", "greater than or equal to 1"),
        ("NOTABOT_DEVICE", "tpu", "'auto', 'cpu' or 'cuda'"),
        ("NOTABOT_MAX_BARS", "257", "less than or equal to 256"),
        ("NOTABOT_RENDER_TIME_LIMIT_S", "-1", "greater than 0"),
        ("NOTABOT_RENDER_TIME_LIMIT_S", "nan", "less than or equal to 3600"),
        ("NOTABOT_THREADS", "1.5", "valid integer"),
        ("NOTABOT_ADMINS", "@annemarie", "like discord:123,telegram:77"),
        ("NOTABOT_BLOCKED_CHATS", "discord:12;telegram:13", "like discord:123,telegram:77"),
        ("NOTABOT_ALLOWED_GUILDS", "discord:Music", "like discord:123,telegram:77"),
        ("NOTABOT_DISCORD_API_URL", "discord.com/api", "begins with https:// or http://"),
        ("NOTABOT_DISCORD_GATEWAY_URL", "https://gateway.discord.gg", "begins with wss:// or ws://"),
        ("NOTABOT_HEALTH_PORT", "70000", "less than or equal to 65535"),
        ("NOTABOT_DATA_DIR", "~nobody-of-this-name/data", "a path, and ~ somebody's home folder"),
        ("NOTABOT_LOG_FORMAT", "xml", "'console' or 'json'"),
    ],
)
def test_a_bad_value_is_refused_naming_the_variable_the_value_and_what_it_should_be(monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as error:
        load_settings()
    assert explain(error.value).startswith(f"{name} should be ")
    assert said in explain(error.value)
    assert f"“{value}”" in explain(error.value)


def test_all_bad_values_are_named_at_once(monkeypatch):
    monkeypatch.setenv("NOTABOT_SLOTS", "x")
    monkeypatch.setenv("NOTABOT_DEVICE", "y")
    with refuses(ConfigError, match=r"NOTABOT_DEVICE.*NOTABOT_SLOTS|NOTABOT_SLOTS.*NOTABOT_DEVICE"):
        load_settings()


def test_a_misspelt_setting_is_refused_wherever_it_stands(monkeypatch):
    monkeypatch.setenv("NOTABOT_WEIGTHS", "net.pth")
    with refuses(ConfigError, match="Did you mean NOTABOT_WEIGHTS"):
        load_settings()
    monkeypatch.delenv("NOTABOT_WEIGTHS")
    Path(".env").write_text("NOTABOT_SLOT=2\n", encoding="utf-8")
    with refuses(ConfigError, match="Did you mean NOTABOT_SLOTS"):
        load_settings()


def test_settings_of_another_version_are_let_pass(monkeypatch):
    monkeypatch.setenv("NOTABOT_SOMETHING_ELSE_ENTIRELY", "1")
    assert load_settings() == Settings()


def test_an_unreadable_env_file_is_said():
    Path(".env").write_bytes(b"NOTABOT_SLOTS=\xff\xfe")
    with refuses(ConfigError, match=r"\.env cannot be read"):
        load_settings()


def test_people_and_places_are_lists_separated_by_commas_or_spaces(monkeypatch):
    monkeypatch.setenv("NOTABOT_ADMINS", "discord:123, telegram:77")
    monkeypatch.setenv("NOTABOT_ALLOWED_CHATS", "telegram:-1001234 telegram:-1001234,")
    settings = load_settings()
    assert settings.admins == {"discord:123", "telegram:77"}
    assert settings.allowed_chats == {"telegram:-1001234"}
    assert settings.blocked_people == frozenset()


def test_addresses_lose_the_slash_at_their_end(monkeypatch):
    monkeypatch.setenv("NOTABOT_TELEGRAM_API_URL", "http://127.0.0.1:8081/")
    assert load_settings().telegram_api_url == "http://127.0.0.1:8081"


def test_a_token_is_known_but_never_shown(monkeypatch):
    monkeypatch.setenv("NOTABOT_DISCORD_TOKEN", "  MTIz.geheim.token ")
    settings = load_settings()
    assert settings.discord_token.get_secret_value() == "MTIz.geheim.token"
    assert "geheim" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NOTABOT_DISCORD_TOKEN", "Bot geheim"),
        ("NOTABOT_TELEGRAM_TOKEN", "12:geheim\u0130"),
        ("NOTABOT_DATABASE_URL", "mysql://bot:geheim@host/notabot"),
    ],
)
def test_a_refused_secret_is_not_shown_either_nor_in_the_traceback(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with refuses(ConfigError, match=f"{name} should be ") as error:
        load_settings()
    assert "geheim" not in f"{error.value} {error.value.__cause__}"


def test_docker_secrets_are_read_and_the_environment_wins_over_them(monkeypatch, tmp_path):
    monkeypatch.setattr(config.settings, "SECRETS_DIR", tmp_path)
    (tmp_path / "notabot_discord_token").write_text("from-file\n", encoding="utf-8")
    (tmp_path / "notabot_telegram_token").write_text("from-file\n", encoding="utf-8")
    monkeypatch.setenv("NOTABOT_TELEGRAM_TOKEN", "from-environment")
    settings = load_settings()
    assert settings.discord_token.get_secret_value() == "from-file"
    assert settings.telegram_token.get_secret_value() == "from-environment"


def test_an_empty_secret_file_counts_as_not_set(monkeypatch, tmp_path):
    monkeypatch.setattr(config.settings, "SECRETS_DIR", tmp_path)
    for name in SECRET_FIELDS:
        (tmp_path / f"notabot_{name}").write_text("\n", encoding="utf-8")
    assert load_settings() == Settings()


def test_a_misspelt_secret_is_refused_too(monkeypatch, tmp_path):
    monkeypatch.setattr(config.settings, "SECRETS_DIR", tmp_path)
    (tmp_path / "notabot_discord_tokn").write_text("x", encoding="utf-8")
    with refuses(ConfigError, match="Did you mean NOTABOT_DISCORD_TOKEN"):
        load_settings()


def test_all_that_is_secret_is_known_as_secret():
    assert {"discord_token", "telegram_token", "database_url", "queue_url", "llm_key"} == SECRET_FIELDS


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        load_settings().slots = 9


def test_the_example_is_made_of_the_settings():
    """`notabot settings --example > .env.example` mends it."""
    assert (ROOT / ".env.example").read_text("utf-8") == example()


def test_every_setting_says_what_it_is_for_and_is_in_the_example():
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"# {PREFIX}{name.upper()}=" in example(), name
    assert max(map(len, example().splitlines())) <= 120


def test_the_defaults_in_the_example_are_the_defaults(monkeypatch):
    for line in example().splitlines():
        if line.startswith(f"# {PREFIX}"):
            name, _, value = line.removeprefix("# ").partition("=")
            monkeypatch.setenv(name, value)
    assert load_settings() == Settings()


def test_importing_reads_nothing():
    code = "import config.settings, config.files, generator.catalogue.catalogue"
    environment = {"NOTABOT_SLOTS": "nonsense", "PYTHONPATH": str(ROOT), "PATH": ""}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=60)
