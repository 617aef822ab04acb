"""The fake Discord, tried by an unmodified discord.py in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.fakes.discord import (
    Channel,
    FakeDiscord,
    Message,
    Person,
    RateLimited,
    ResetAfter,
    ServerError,
    open_fake_discord,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLIENT = "tests.fakes.plain_discord_client"
ROOT = Path(__file__).resolve().parents[2]


class Plain:
    """The fake with the client at it, one guild and one person; `lines` is what the client has told."""

    def __init__(
        self, discord: FakeDiscord, ann: Person, channel: Channel, process: asyncio.subprocess.Process
    ) -> None:
        self.discord, self.ann, self.channel, self.process = discord, ann, channel, process
        self.lines: list[dict[str, Any]] = []

    async def told(self, what: str) -> dict[str, Any]:
        """The next line about this."""

        def look() -> dict[str, Any] | None:
            return next((line for line in self.lines if line["what"] == what), None)

        line = await self.discord.until(look, timeout_s=10, why=what)
        assert line is not None
        self.lines.remove(line)
        return line

    async def use(self, name: str, **options: Any) -> Any:
        return await self.discord.slash(self.ann, self.channel, name, **options)

    def said(self, text: str) -> list[Message]:
        return [message for message in self.discord.messages() if text in message.text]


async def listen(plain: Plain) -> None:
    assert plain.process.stdout is not None
    while line := await plain.process.stdout.readline():
        plain.lines.append(json.loads(line))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def running() -> AsyncIterator[Plain]:
    async with open_fake_discord(heartbeat_s=0.5) as discord:
        ann = discord.person("ann", locale="zh-CN")
        guild = await discord.guild("Music", owner=ann)
        places = {
            "DISCORD_API": discord.api_url,
            "DISCORD_GATEWAY": discord.gateway_url,
            "DISCORD_TOKEN": discord.token,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-W",
            "ignore",
            "-m",
            CLIENT,
            cwd=ROOT,
            env={**os.environ, **places},
            stdout=asyncio.subprocess.PIPE,
        )
        plain = Plain(discord, ann, guild.channels[0], process)
        listening = asyncio.create_task(listen(plain), name="listen")
        ready = await plain.told("ready")
        assert ready == {"what": "ready", "guilds": ["Music"], "channels": ["general"]}
        yield plain
        process.kill()
        await process.wait()
        await listening


@pytest_asyncio.fixture(loop_scope="module")
async def plain(running: Plain) -> AsyncIterator[Plain]:
    """Between tests nothing may be left to complain about."""
    running.lines.clear()
    yield running
    complaints = list(running.discord.complaints)
    running.discord.complaints.clear()
    assert complaints == []


async def test_heartbeats_are_answered(plain):
    await plain.discord.until(lambda: plain.discord.gateway.counts.heartbeats >= 2)


async def test_autocomplete_offers_choices(plain):
    typing = await plain.discord.autocomplete(plain.ann, plain.channel, "compose", "style", "c")

    await plain.discord.answered(typing)

    assert typing.choices == [{"name": "Chopin", "value": "chopin"}]


async def test_a_deferred_command_becomes_its_result_by_edits(plain):
    call = await plain.use("compose", style="chopin", bars=2)
    composed = await plain.told("composed")

    assert call.ack_type == 5
    assert call.response.revisions[:2] == ["bar 1 of 2", "bar 2 of 2"]
    assert call.response.text == "done\nchopin\na piece"
    assert [file.name for file in call.response.files] == ["page.png", "piece.mid", "piece.abc"]
    assert call.response.file(".png").description == "the first page"
    assert composed["names"] == ["piece.mid", "piece.abc"], "what an embed shows is no attachment any more"
    assert composed["read_back"] == 4


async def test_the_first_follow_up_fills_the_loading_message_and_keeps_it_private(plain):
    call = await plain.use("follow")
    second = await plain.discord.until(lambda: plain.said("second"))

    assert call.response.text == "first"
    assert call.response.seen_only_by == plain.ann
    assert second[0].id != call.response.id


async def test_buttons_change_their_message_or_answer_privately(plain):
    call = await plain.use("compose", style="bach")
    await plain.told("composed")

    change = await plain.discord.click(plain.ann, call.response, "Change")
    await plain.discord.answered(change)
    whisper = await plain.discord.click(plain.ann, call.response, "Whisper")
    answer = await plain.discord.response(whisper)

    assert change.ack_type == 7
    assert call.response.content == "changed"
    assert answer.seen_only_by == plain.ann


async def test_a_form_is_handed_in_as_it_was_filled_in(plain):
    call = await plain.discord.answered(await plain.use("write"))

    assert call.form["components"][0]["components"][0]["value"] == "1: A|"
    handed_in = await plain.discord.submit(call, words="1: B|\n2: C|")
    assert (await plain.discord.response(handed_in)).text == "written: 1: B|\n2: C|"
    with pytest.raises(AssertionError, match="characters"):
        await plain.discord.submit(call, words="")


async def test_a_context_menu_gets_the_message(plain):
    call = await plain.use("compose", style="bach")
    await plain.told("composed")

    about = await plain.discord.use_on_message(plain.ann, "About this piece", call.response)

    assert (await plain.discord.response(about)).text == "It has piece.mid, piece.abc."


async def test_an_acknowledgement_after_three_seconds_is_refused(plain):
    call = await plain.use("slow")
    await plain.told("listening")
    plain.discord.clock.advance(3.5)
    await plain.discord.say(plain.ann, plain.channel, "now")

    assert (await plain.told("slow"))["code"] == 10062
    assert call.acknowledged is None


async def test_a_second_acknowledgement_is_refused(plain):
    await plain.use("twice")

    assert (await plain.told("twice"))["code"] == 40060


async def test_a_token_dies_after_fifteen_minutes_and_one_person_is_notified_instead(plain):
    call = await plain.use("patient")
    await plain.told("listening")
    plain.discord.clock.advance(16 * 60)
    await plain.discord.say(plain.ann, plain.channel, "now")

    assert (await plain.told("patient"))["code"] == 10015
    (late,) = await plain.discord.until(lambda: plain.said("late"))
    assert late.pings == {plain.ann.id}
    assert call.response.loading


async def test_the_same_nonce_gives_the_same_message_for_some_minutes(plain):
    ids = []
    for wait_s in (0, 0, 180):
        plain.discord.clock.advance(wait_s)
        await plain.use("nonce", number="k3f9")
        ids.append((await plain.told("nonce"))["id"])

    assert ids[0] == ids[1] != ids[2]
    assert len(plain.said("with a nonce")) == 2


async def test_a_line_cut_after_the_call_leaves_its_message(plain):
    before = len(plain.said("with a nonce"))
    plain.discord.fail("POST", r"/channels/\d+/messages", ResetAfter())

    await plain.use("nonce", number="cut")
    assert (await plain.told("nonce"))["status"] is None
    await plain.use("nonce", number="cut")
    await plain.told("nonce")

    assert len(plain.said("with a nonce")) == before + 1


async def test_too_large_files_and_requests_are_refused(plain):
    for files, mib in ((1, 11), (3, 9)):
        await plain.use("large", files=files, mib=mib)
        refusal = await plain.told("large")
        assert (refusal["status"], refusal["code"]) == (413, 40005)
    await plain.discord.until(lambda: len(plain.said(f"the limit is {10 * 1024**2}")) == 2)


async def test_private_messages_reach_only_those_who_take_them(plain):
    await plain.use("private")
    await plain.told("private")
    assert plain.said("between us")[0].channel.person == plain.ann

    shy = plain.discord.person("shy", takes_dms=False)
    await plain.discord.slash(shy, plain.channel, "private")
    assert (await plain.told("private"))["code"] == 50007


async def test_missing_permissions_are_refused_with_their_numbers(plain):
    for denied, code in (("SEND_MESSAGES", 50013), ("ATTACH_FILES", 50013), ("VIEW_CHANNEL", 50001)):
        await plain.discord.deny(plain.channel, denied)
        await plain.use("public")
        assert (await plain.told("public"))["code"] == code, denied
    await plain.discord.deny(plain.channel)
    await plain.use("public")
    assert "code" not in await plain.told("public")


async def test_a_rate_limit_is_obeyed_and_an_outage_survived(plain):
    plain.discord.fail("POST", r"/channels/\d+/messages", RateLimited(0.3))
    plain.discord.fail("POST", r"/channels/\d+/messages", ServerError(502))
    made = len(plain.discord.calls)

    await plain.use("public")
    await plain.told("public")

    tries = [call for call in plain.discord.calls[made:] if call.path.endswith("/messages") and call.method == "POST"]
    assert [call.status for call in tries] == [429, 502, 200]
    assert tries[1].at - tries[0].at >= 0.3


async def test_a_counted_limit_holds_the_client_back(plain):
    bucket = plain.discord.limit("POST", r"/channels/\d+/messages", calls=1, per_s=0.5)
    made = len(plain.discord.calls)

    for _ in range(2):
        await plain.use("public")
        await plain.told("public")

    plain.discord.rest.buckets.remove(bucket)
    first, second = [call for call in plain.discord.calls[made:] if call.path.endswith("/messages")]
    assert first.status == second.status == 200, "the client waited by the headers, it was not refused"
    assert second.at - first.at >= 0.3


async def test_a_dropped_gateway_is_resumed_and_misses_nothing(plain):
    resumed = plain.discord.gateway.counts.resumed
    await plain.discord.gateway.drop()
    mention = f"<@{plain.discord.bot.id}> are you there?"
    await plain.discord.say(plain.ann, plain.channel, mention)

    await plain.told("resumed")

    assert (await plain.told("message"))["content"] == mention
    assert plain.discord.gateway.counts.resumed == resumed + 1


async def test_a_forgotten_session_is_begun_anew(plain):
    identified = plain.discord.gateway.counts.identified
    plain.discord.gateway.forget_sessions()
    await plain.discord.gateway.drop(code=4000)

    await plain.told("ready")

    assert plain.discord.gateway.counts.identified == identified + 1
    assert plain.discord.gateway.counts.refused_resumes >= 1


EMBED = {"title": "x", "image": {"url": "attachment://missing.png"}}
BUTTON = {"type": 2, "style": 1, "label": "x", "custom_id": "same"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"content": "x", "colour": 1}, 50035),
        ({"content": "x" * 2001}, 50035),
        ({"content": " "}, 50006),
        ({"embeds": [EMBED]}, 50035),
        ({"embeds": [{"title": "x" * 257}]}, 50035),
        ({"embeds": [{"description": "x" * 4000}, {"description": "x" * 4000}]}, 50035),
        ({"content": "x", "components": [{"type": 1, "components": [BUTTON, BUTTON]}]}, 50035),
        ({"content": "x", "components": [{"type": 1, "components": [BUTTON | {"custom_id": "x" * 101}]}]}, 50035),
        ({"content": "x", "components": [{"type": 1, "components": [BUTTON] * 6}]}, 50035),
        ({"content": "x", "nonce": "n" * 26, "enforce_nonce": True}, 50035),
        ({"content": "x", "flags": 64}, 50035),
        ({"content": "x", "attachments": [{"id": "7", "filename": "a"}]}, 50035),
    ],
)
async def test_what_discord_would_not_take_is_refused_and_noted(plain, body, code):
    headers = {"Authorization": f"Bot {plain.discord.token}"}
    url = f"{plain.discord.api_url}/channels/{plain.channel.id}/messages"
    async with aiohttp.ClientSession() as session, session.post(url, json=body, headers=headers) as answer:
        assert answer.headers["Content-Type"] == "application/json"
        assert (answer.status, (await answer.json())["code"]) == (400, code)
    assert len(plain.discord.complaints) == 1
    plain.discord.complaints.clear()


async def test_a_route_that_does_not_exist_is_noted(plain):
    async with aiohttp.ClientSession() as session, session.get(f"{plain.discord.api_url}/nonsense") as answer:
        assert answer.status == 404
    assert len(plain.discord.complaints) == 1
    plain.discord.complaints.clear()


async def test_a_wrong_token_is_refused(plain):
    headers = {"Authorization": "Bot wrong"}
    url = f"{plain.discord.api_url}/users/@me"
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        assert answer.status == 401
