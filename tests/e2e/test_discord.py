"""Discord from end to end: `notabot run` with the model that ships, against the fake, over real sockets."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mido
import pytest
import pytest_asyncio
from lxml import etree
from mutagen.mp3 import MP3
from PIL import Image

from bot.commands.announce import FIRST_PAGE
from generator.notation import parse_tune
from tests.fakes.bot_process import REAL, BotProcess, environment_for, open_bot
from tests.fakes.discord import (
    ApiError,
    Channel,
    FakeDiscord,
    Interaction,
    Message,
    Person,
    RateLimited,
    TooLarge,
    open_fake_discord,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

START_LIMIT_S, PIECE_LIMIT_S, ANSWER_LIMIT_S = 90.0, 120.0, 20.0
SCORES = Path(__file__).parents[1] / "data" / "scores"
RESULT_EDIT = r"/webhooks/\d+/[\w-]+/messages/.*"
SHORT: dict[str, Any] = {"style": "chopin keyboard", "bars": 4}


@dataclass
class Scene:
    """Ann in a channel with the bot."""

    discord: FakeDiscord
    bot: BotProcess
    ann: Person
    channel: Channel

    async def compose(self, **options: Any) -> Interaction:
        return await self.discord.slash(self.ann, self.channel, "compose", **options)

    async def result(self, call: Interaction) -> Message:
        """The piece, in the message that the call has made."""

        def look() -> Message | None:
            return next((one for one in call.messages if has_piece(one) and not one.deleted), None)

        found = await self.discord.until(look, timeout_s=PIECE_LIMIT_S, why="no piece")
        assert found is not None
        return found

    async def all_files(self, message: Message) -> Message:
        """What the button sends to whoever presses it."""
        return await self.discord.response(await self.discord.click(self.ann, message, "All files"), timeout_s=30)

    async def restart(self) -> None:
        await self.bot.kill()
        self.discord.gateway.connected.clear()
        await self.bot.start()
        await self.connected()

    async def connected(self) -> None:
        await self.discord.until(self.discord.gateway.connected.is_set, timeout_s=START_LIMIT_S, why="not connected")


def has_piece(message: Message) -> bool:
    """Whether all of it is there, and not its first page alone."""
    return any(file.name != FIRST_PAGE for file in message.files)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    folder = tmp_path_factory.mktemp("bot")
    async with open_fake_discord() as discord:
        ann = discord.person("ann")
        guild = await discord.guild("Music", owner=ann)
        environment = environment_for(folder / "data", discord=discord)
        async with open_bot(REAL, environment, log=folder / "log") as bot:
            scene = Scene(discord, bot, ann, guild.channels[0])
            await scene.connected()
            yield scene
            assert await bot.stop() == 0


@pytest_asyncio.fixture(loop_scope="module")
async def scene(served: Scene) -> AsyncIterator[Scene]:
    """A channel of its own for each test; at the end nothing may be left to complain about."""
    served.channel = await served.discord.channel(served.discord.guilds[0], "practice")
    yield served
    complaints = list(served.discord.complaints)
    served.discord.complaints.clear()
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def long_piece(served: Scene) -> Interaction:
    """Long enough for progress to be shown, and for several pages."""
    call = await served.compose(style="mozart keyboard", bars=48, seed=7)
    await served.result(call)
    return call


async def test_a_piece_is_acknowledged_shows_its_progress_and_brings_files_that_open(scene, long_piece):
    call, message = long_piece, long_piece.response

    assert call.took_s < 3
    # Where 48 bars take less time than two looks at them, the next step is what is seen.
    assert any("of 48" in text or "now I draw" in text for text in message.revisions), message.revisions
    assert "48 bars" in message.text
    for picture in (file for file in message.files if file.name.endswith(".png")):
        assert Image.open(io.BytesIO(picture.content)).format == "PNG"
        assert "48 bars" in (picture.description or "")
    assert MP3(io.BytesIO(message.file(".mp3").content)).info.length > 10
    files = await scene.all_files(message)
    assert files.ephemeral
    assert mido.MidiFile(file=io.BytesIO(files.file(".mid").content)).length > 10
    assert etree.fromstring(files.file(".musicxml").content).tag == "score-partwise"
    assert len(parse_tune(files.file(".abc").content.decode()).bars) == 48


async def test_more_pages_come_as_an_album_in_the_same_message(scene, long_piece):
    message = long_piece.response
    pages = [file for file in message.files if file.name.endswith(".png")]

    assert len(pages) > 1
    assert {file.in_embed for file in pages} == {True}, "pages are shown, not listed"
    turn = await scene.discord.click(scene.ann, message, "Page 2")
    second = await scene.discord.response(turn)
    assert second.file("_p2.png").content == message.file("_p2.png").content


async def test_a_file_in_an_option_comes_back_as_page_sound_and_files(scene):
    """MusicXML in an archive, as notation programs save it: the notes are all there, and the page is a picture."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(SCORES / "prelude.musicxml", "score.xml")
    file = scene.discord.attachment("prelude.mxl", packed.getvalue())
    message = await scene.result(await scene.discord.slash(scene.ann, scene.channel, "render", file=file))

    assert "Prelude on Nothing" in message.text
    assert Image.open(io.BytesIO(message.file(".png").content)).format == "PNG"
    assert MP3(io.BytesIO(message.file(".mp3").content)).info.length > 10
    midi = (await scene.all_files(message)).file(".mid").content
    struck = [one for one in mido.MidiFile(file=io.BytesIO(midi)) if one.type == "note_on"]
    assert sum(one.velocity > 0 for one in struck) == 34


async def test_buttons_and_the_context_menu_work_after_a_crash(scene):
    message = await scene.result(await scene.compose(**SHORT))

    await scene.restart()

    again = await scene.discord.click(scene.ann, message, "Again")
    pdf = await scene.discord.click(scene.ann, message, "PDF")
    about = await scene.discord.use_on_message(scene.ann, "About this piece", message)
    sent = await scene.discord.response(pdf, timeout_s=ANSWER_LIMIT_S)
    assert sent.file(".pdf").content.startswith(b"%PDF")
    recalled = await scene.discord.response(about, timeout_s=ANSWER_LIMIT_S)
    assert recalled.ephemeral
    assert recalled.text.startswith("What this is")
    assert not recalled.files, "it is about the piece, not the piece again"
    assert (await scene.result(again)).id != message.id


async def test_a_result_that_is_refused_as_too_large_comes_smaller_and_says_so(scene):
    scene.discord.fail("PATCH", RESULT_EDIT, TooLarge(), times=2, with_files=True)

    message = await scene.result(await scene.compose(**SHORT))

    tries = [call for call in scene.discord.calls if call.method == "PATCH" and call.files]
    assert [call.status for call in tries[-3:]] == [413, 413, 200]
    assert message.file(".png")


async def test_a_small_limit_of_the_server_is_kept_and_what_is_left_out_is_named(scene):
    guild = scene.discord.guilds[0]
    usual, guild.file_limit = guild.file_limit, 20_000
    try:
        call = await scene.compose(**SHORT)
        said = "Too large for this chat: "  # it may leave nothing that fits
        await scene.discord.until(
            lambda: any(said in one.text for one in call.messages), timeout_s=PIECE_LIMIT_S, why="no piece"
        )
    finally:
        guild.file_limit = usual

    message = call.response
    assert all(len(file.content) <= 20_000 for file in message.files)
    assert not [file for file in message.files if file.name.endswith(".mp3")]
    assert message.button("All files")
    assert "MP3" in message.text


async def test_a_rate_limit_is_waited_for_and_the_result_comes_once(scene):
    scene.discord.fail("PATCH", RESULT_EDIT, RateLimited(1.0), with_files=True)

    message = await scene.result(await scene.compose(**SHORT))

    edits = [call for call in scene.discord.calls if call.method == "PATCH" and call.files]
    number = max(number for number, call in enumerate(edits) if call.status == 429)
    first, second = edits[number : number + 2]  # the piece, or its page alone where that came before
    assert second.status == 200
    assert second.at - first.at >= 1.0
    assert [one for one in scene.discord.messages(scene.channel) if one.files] == [message]


async def test_a_dropped_gateway_is_resumed_and_a_request_made_meanwhile_is_heard(scene):
    resumed = scene.discord.gateway.counts.resumed
    await scene.discord.gateway.drop()

    call = await scene.compose(**SHORT)

    assert (await scene.result(call)).file(".mp3")
    assert scene.discord.gateway.counts.resumed == resumed + 1


@pytest.mark.parametrize(("status", "code"), [(404, 10015), (401, 50027)])
async def test_after_sixteen_minutes_the_piece_comes_as_a_message_that_calls_its_person(scene, status, code):
    scene.discord.rest.expired = lambda: ApiError(status, code, "expired")
    call = await scene.compose(**SHORT)
    await scene.discord.response(call)
    scene.discord.clock.advance(16 * 60)

    def look() -> list[Message]:
        return [one for one in scene.discord.messages(scene.channel) if has_piece(one)]

    (late,) = await scene.discord.until(look, timeout_s=PIECE_LIMIT_S)
    assert late.by_interaction is None
    assert late.pings == {scene.ann.id}
    assert late.button("Again")
    await scene.discord.until(lambda: call.response.deleted)
