"""Logs: for people or as JSON, with the job and a code for the person, and never with a secret."""

import asyncio
import io
import json
import logging
import re

import pytest

from bot.logs.lines import bound, person_code
from bot.platforms.discretion import open_discreet_logs
from config.settings import Settings

TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_12345"
log = logging.getLogger("bot.something")


def logged(act, **settings):
    """What `act` logs with these settings."""
    stream = io.StringIO()
    with open_discreet_logs(Settings(telegram_token=TOKEN, **settings), stream=stream):
        act()
    return stream.getvalue()


def fail_with_a_token():
    try:
        raise ValueError(f"https://api.telegram.org/bot{TOKEN}/getMe")
    except ValueError as error:
        log.exception("failed with %s", TOKEN, exc_info=error)


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_token_is_in_no_line_and_in_no_traceback(form):
    written = logged(fail_with_a_token, log_format=form)
    assert "ValueError" in written
    assert "Traceback" in written
    assert TOKEN not in written
    assert TOKEN.partition(":")[2] not in written


def test_json_is_one_object_a_line_with_the_job_and_a_code_for_the_person():
    def act():
        with bound(job="k3f9", person="discord:4711"):
            log.info("made in %.1f s", 4.25)
        log.warning("after")

    first, second = map(json.loads, logged(act, log_format="json").splitlines())
    assert first["event"] == "made in 4.2 s"
    assert (first["level"], first["logger"], first["job"]) == ("info", "bot.something", "k3f9")
    assert re.fullmatch(r"[0-9a-f]{10}", first["person"])
    assert first["timestamp"].endswith("Z")
    assert "job" not in second
    assert "4711" not in str(first)


def test_a_person_has_the_same_code_after_a_restart_and_another_one_elsewhere():
    codes = []
    for token in (TOKEN, TOKEN, "another"):
        with open_discreet_logs(Settings(telegram_token=token), stream=io.StringIO()):
            codes.append((person_code("discord:1"), person_code("discord:2")))
    assert codes[0] == codes[1] != codes[2]
    assert codes[0][0] != codes[0][1]


async def test_what_is_bound_goes_along_into_tasks():
    stream = io.StringIO()

    async def inner():
        log.info("inside")

    with open_discreet_logs(Settings(log_format="json"), stream=stream), bound(job="k3f9"):
        await asyncio.create_task(inner())
    assert json.loads(stream.getvalue())["job"] == "k3f9"


def test_libraries_that_would_quote_messages_are_quiet_even_when_debugging():
    def act():
        for name in ("httpx", "telegram.ext.Application", "discord.http", "sqlalchemy.engine", "aiosqlite"):
            logging.getLogger(name).debug("text of a person")
        logging.getLogger("httpx").info("POST /bot%s/sendMessage", TOKEN)
        logging.getLogger("httpx2").info("GET https://cdn/weights?Signature=sendMessage")
        log.debug("ours")

    written = logged(act, log_level="debug")
    assert "text of a person" not in written
    assert "sendMessage" not in written
    assert "ours" in written


def test_only_known_fields_of_a_record_are_shown():
    written = logged(lambda: log.info("x", extra={"platform": "discord", "update": "text of a person"}))
    assert "discord" in written
    assert "text of a person" not in written


def test_below_the_level_nothing_is_written():
    assert logged(lambda: log.info("x"), log_level="warning") == ""


def test_what_was_set_up_before_comes_back():
    before = (logging.getLogger().handlers[:], logging.getLogger().level, logging.getLogger("httpx").level)
    logged(lambda: None, log_level="debug")
    assert (logging.getLogger().handlers[:], logging.getLogger().level, logging.getLogger("httpx").level) == before
