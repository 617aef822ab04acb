"""The whole bot, served to both fakes: it starts, answers, survives trouble of one platform, drains, logs little."""

import asyncio
import io
import os
import signal
import socket
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest
from PIL import Image

from bot import app
from bot.app import EXIT_STOPPED, check_can_run, keep_daily, serve, stop_signals
from bot.cli import run
from bot.errors import BadInput
from bot.making.files import Piece
from bot.operations.supervision import Backoff
from bot.platforms.errors import BadToken
from config.settings import Settings
from generator.request import Progress
from tests.fakes.discord import ResetBefore, open_fake_discord
from tests.fakes.telegram import TOKEN as TELEGRAM_TOKEN
from tests.fakes.telegram import Fault, open_fake_telegram
from tests.refusals import refuses

SOON = Backoff(first_s=0.05, longest_s=0.1)


class Maker:
    """Makes a white page, at once or when it is let go."""

    def __init__(self):
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.begun = asyncio.Event()

    async def make(self, job, task, *, language, on_progress, on_step):
        self.begun.set()
        on_progress(Progress(1, task.bars, 0.1, 0.1))
        await self.may_end.wait()
        on_step("drawing ...")
        page = io.BytesIO()
        Image.new("RGB", (60, 80), "white").save(page, "PNG")
        request, name = task.request, f"chopin_keyboard_20261121_142312_{job}"
        record = {"id": job, "name": name, "request": request.to_json(), "seed": request.seed}
        files = {"_p1.png": page.getvalue(), ".mp3": b"ID3", ".mid": b"MThd", ".abc": b"X:1\n"}
        return Piece(record=record, files=files)


class World:
    """Both fakes, a settings maker, and the bot that runs."""

    def __init__(self, discord, telegram):
        self.discord, self.telegram, self.maker = discord, telegram, Maker()
        self.port = free_port()
        self.ann = telegram.person(77, "Ann")

    def settings(self, **changes):
        return Settings(
            **{
                "discord_token": self.discord.token,
                "discord_api_url": self.discord.api_url,
                "discord_gateway_url": self.discord.gateway_url,
                "telegram_token": TELEGRAM_TOKEN,
                "telegram_api_url": self.telegram.base,
                "health_port": self.port,
                "cooldown_s": 0,
                "drain_s": 20,
                **changes,
            }
        )

    @asynccontextmanager
    async def bot(self, **changes):
        """The running bot as a task; stopped at the end if it still runs."""
        task = asyncio.create_task(serve(self.settings(**changes), maker=self.maker, backoff=SOON))
        try:
            yield task
        finally:
            if not task.done():
                task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task

    async def get(self, path):
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{self.port}{path}") as answer:
            return answer.status, await (answer.json() if path == "/readyz" else answer.text())

    async def until_ready(self, **wanted):
        """Wait until /readyz says of these platforms what is wanted."""

        async def look():
            with suppress(aiohttp.ClientError):
                _, state = await self.get("/readyz")
                return all(wish(state["platforms"][name]) for name, wish in wanted.items())
            return False

        await until(look)

    async def until_telegram_shows(self, kind, *, number=1):
        async def look():
            return len([message for message in self.telegram.from_bot(77) if kind in message]) >= number

        await until(look)


async def until(look, *, timeout_s=15.0):
    async with asyncio.timeout(timeout_s):
        while not await look():  # noqa: ASYNC110  (it asks a server)
            await asyncio.sleep(0.02)


def ok(state):
    return state == "ok"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tell(number):
    os.kill(os.getpid(), number)


@pytest.fixture
async def world():
    async with open_fake_discord() as discord, open_fake_telegram() as telegram:
        yield World(discord, telegram)


async def ended(task):
    return await asyncio.wait_for(task, 25)


# --- a whole session ---------------------------------------------------------------------------------------------


async def test_a_whole_session_on_both_platforms_writes_no_secret_and_no_word_of_anybody(world, capsys):
    person = world.discord.person("bob")
    guild = await world.discord.guild("Music", owner=person)
    async with world.bot(log_level="debug", log_format="json") as task:
        await world.until_ready(discord=ok, telegram=ok)
        world.telegram.say(world.ann, "/compose chopin keyboard seed=4711")
        world.telegram.say(world.ann, "/compose my sweet secret")
        world.telegram.say(world.ann, "a word in private")
        interaction = await world.discord.slash(person, guild.channels[0], "compose", style="chopin keyboard")
        await world.until_telegram_shows("photo")
        await world.discord.until(lambda: any(message.files for message in world.discord.messages()))
        status, metrics = await world.get("/metrics")
        tell(signal.SIGTERM)
        assert await ended(task) == 0
    assert status == 200
    assert 'notabot_jobs{state="done"}' in metrics
    assert 'notabot_acknowledge_seconds_count{platform="telegram"}' in metrics
    written = capsys.readouterr().err
    assert "serving discord and telegram" in written
    assert '"event": "stopped"' in written
    secrets = [world.discord.token, TELEGRAM_TOKEN, TELEGRAM_TOKEN.partition(":")[2], interaction.token]
    for hidden in (*secrets, "sweet", "private", "keyboard seed", "chopin keyboard", f"telegram:{world.ann.id}"):
        assert hidden not in written, hidden


# --- trouble of one platform -------------------------------------------------------------------------------------


async def test_a_bad_token_of_one_platform_is_one_clear_line_and_the_other_goes_on(world, capsys):
    async with world.bot(discord_token="MTIz.not-the.token") as task:
        await world.until_ready(telegram=ok, discord=lambda state: "token" in state)
        status, state = await world.get("/readyz")
        assert (status, state["ready"]) == (503, False)
        world.telegram.say(world.ann, "/compose chopin keyboard")
        await world.until_telegram_shows("photo")
        tell(signal.SIGTERM)
        assert await ended(task) == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if "without discord for now" in line]
    assert len(lines) == 1
    assert "NOTABOT_DISCORD_TOKEN" in lines[0]


async def test_if_every_token_is_bad_it_ends_with_both_sentences(world):
    async with world.bot(discord_token="MTIz.not-the.token", telegram_token="666:wrong") as task:
        with refuses(BadToken, match=r"NOTABOT_DISCORD_TOKEN[\s\S]*NOTABOT_TELEGRAM_TOKEN"):
            await ended(task)


async def test_an_outage_of_one_platform_is_not_felt_on_the_other_and_ends_by_itself(world):
    world.discord.fail("GET", "/users/@me", ResetBefore(), times=10**6)
    async with world.bot() as task:
        await world.until_ready(telegram=ok, discord=lambda state: state not in ("ok", "connecting"))
        world.telegram.say(world.ann, "/compose chopin keyboard")
        await world.until_telegram_shows("photo")
        world.discord.rest.faults.clear()
        await world.until_ready(discord=ok)
        tell(signal.SIGINT)
        assert await ended(task) == 0


async def test_if_telegram_is_away_at_the_start_discord_serves_and_telegram_comes_later(world):
    fault = Fault("status", 502, "Bad Gateway", times=10**6)
    world.telegram.fail("getMe", fault)
    async with world.bot() as task:
        await world.until_ready(discord=ok, telegram=lambda state: state not in ("ok", "connecting"))
        fault.times = 0
        await world.until_ready(telegram=ok)
        tell(signal.SIGTERM)
        assert await ended(task) == 0


# --- stopping ----------------------------------------------------------------------------------------------------


async def test_told_to_stop_it_finishes_and_delivers_what_runs_and_refuses_what_comes(world):
    world.maker.may_end.clear()
    async with world.bot(discord_token=None) as task:
        world.telegram.say(world.ann, "/compose chopin keyboard")
        await asyncio.wait_for(world.maker.begun.wait(), 15)
        tell(signal.SIGTERM)

        async def draining():
            return (await world.get("/readyz"))[1]["draining"]

        await until(draining)
        assert (await world.get("/readyz"))[0] == 503
        world.telegram.say(world.ann, "/compose bach chorale")

        async def refused():
            return any("restart" in message.get("text", "") for message in world.telegram.from_bot(77))

        await until(refused)
        world.maker.may_end.set()
        assert await ended(task) == 0
    assert any("photo" in message for message in world.telegram.from_bot(77))


async def test_told_twice_it_stops_at_once_and_the_piece_is_made_after_the_next_start(world):
    world.maker.may_end.clear()
    async with world.bot(discord_token=None) as task:
        world.telegram.say(world.ann, "/compose chopin keyboard")
        await asyncio.wait_for(world.maker.begun.wait(), 15)
        tell(signal.SIGTERM)
        await asyncio.sleep(0.1)
        assert not task.done()
        tell(signal.SIGTERM)
        assert await ended(task) == EXIT_STOPPED
    assert not any("photo" in message for message in world.telegram.from_bot(77))
    world.maker.may_end.set()
    async with world.bot(discord_token=None) as task:
        await world.until_telegram_shows("photo")
        tell(signal.SIGTERM)
        assert await ended(task) == 0
    assert len([message for message in world.telegram.from_bot(77) if "photo" in message]) == 1


async def test_after_the_block_signals_mean_what_they_meant_before():
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with stop_signals() as stop:
        tell(signal.SIGTERM)
        await asyncio.wait_for(stop.first.wait(), 5)
        assert not stop.second.is_set()
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


# --- what cannot run -----------------------------------------------------------------------------------------------


def test_without_a_token_the_command_says_what_to_set_or_to_try(capsys):
    assert run(["run"]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    for word in ("NOTABOT_DISCORD_TOKEN", "NOTABOT_TELEGRAM_TOKEN", "notabot chat"):
        assert word in said


def test_a_queue_elsewhere_is_refused_because_only_the_embedded_one_exists():
    with refuses(BadInput, match="Only the embedded queue exists"):
        check_can_run(Settings(discord_token="x", queue_url="redis://:geheim@host"))


@pytest.mark.parametrize("broken", ["no such soundfont", "not a soundfont", "data folder that is a file"])
def test_what_would_fail_every_piece_is_said_before_anything_is_accepted(tmp_path, monkeypatch, capsys, broken):
    font = tmp_path / "instruments.sf2"
    if broken == "not a soundfont":
        font.write_bytes(b"RIFF, but nothing that sounds" * 100)
    data = tmp_path / "data"
    if broken == "data folder that is a file":
        data.touch()
    else:
        monkeypatch.setenv("NOTABOT_SOUNDFONT", str(font))
    monkeypatch.setenv("NOTABOT_DATA_DIR", str(data))
    monkeypatch.setenv("NOTABOT_TELEGRAM_TOKEN", TELEGRAM_TOKEN)
    monkeypatch.setenv("NOTABOT_TELEGRAM_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("NOTABOT_HEALTH_PORT", "0")
    assert run(["run"]) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert str(data if broken.startswith("data") else font) in said or "soundfont" in said


async def test_a_port_that_is_taken_is_said_with_what_to_do(world):
    with socket.socket() as other:
        other.bind(("127.0.0.1", world.port))
        other.listen()
        async with world.bot() as task:
            with refuses(BadInput, match="NOTABOT_HEALTH_PORT"):
                await ended(task)


# --- every day -----------------------------------------------------------------------------------------------------


async def test_retention_is_kept_again_and_again_even_if_it_failed(monkeypatch, caplog):
    asked = asyncio.Queue()

    async def keep_within(_store, *, retention_days):
        asked.put_nowait(retention_days)
        raise OSError("disk")

    monkeypatch.setattr("bot.store.keep_within", keep_within)
    task = asyncio.create_task(keep_daily(None, 30, every_s=0.01))
    assert [await asyncio.wait_for(asked.get(), 5) for _ in range(3)] == [30, 30, 30]
    task.cancel()
    assert "tried again tomorrow" in caplog.text
    assert app.RETENTION_EVERY_S == 24 * 3600
