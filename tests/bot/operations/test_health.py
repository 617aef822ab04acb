"""/healthz, /readyz and /metrics, asked over a socket, with a real store."""

import asyncio
import os
import signal
import socket
from contextlib import asynccontextmanager
from types import SimpleNamespace

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert

from bot.chat.messages import Action, Address, Person, Reply
from bot.commands.command import Command, Here, Option, Registry
from bot.commands.registry import build_registry
from bot.errors import BadInput
from bot.jobs import JobsHealth, Summary
from bot.operations.health import Health, open_health
from bot.operations.metrics import Metrics
from bot.operations.supervision import Supervised
from bot.store import PersonSettings, ServerRules, StoreBusy, StoreFull, open_store
from bot.store.tables import deliveries, jobs
from config.settings import Settings
from renderers.pipeline import Renderer
from renderers.process.child import ProcessLimits, ToolProcess
from tests.refusals import refuses


class Board:
    """What health asks of the jobs."""

    def __init__(self):
        self.alive = True

    def health(self):
        return JobsHealth(self.alive, "ok" if self.alive else "stuck: dispatcher")

    async def summary(self):
        return Summary(
            queued=3, running=1, slots=2, paused=True, draining=False, expected_s=9.0, oldest_s=12.5, done_today=5,
            failed_today=0,
        )  # fmt: skip

    def counts(self):
        return {"accepted": 7, "delivery_sent": 11}


class Platform:
    messenger = None

    def __init__(self, name, *, ready=True):
        self.name, self.ready, self.skipped = name, ready, 0


@pytest.fixture
async def store(tmp_path):
    async with open_store(None, tmp_path / "data") as store:
        yield store


@pytest.fixture
def health(store):
    platforms = [Supervised(Platform("discord")), Supervised(Platform("telegram"))]
    services = SimpleNamespace(store=store, jobs=SimpleNamespace(board=Board()), renderer=None)
    return Health(services, platforms, Metrics())


@asynccontextmanager
async def served(health):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    async def get(path):
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
            return answer.status, await (answer.json() if path != "/metrics" else answer.text())

    async with open_health(health, host="127.0.0.1", port=port):
        yield get


async def test_all_well_is_alive_and_ready(health):
    async with served(health) as get:
        assert await get("/healthz") == (200, {"alive": True})
        status, state = await get("/readyz")
    assert status == 200
    assert state == {
        "ready": True,
        "draining": False,
        "database": "ok",
        "jobs": "ok",
        "renderer": "ok",
        "platforms": {"discord": "ok", "telegram": "ok"},
    }


async def test_a_platform_that_hears_nobody_makes_it_not_ready_and_says_what_is_wrong(health):
    health.supervised[0].platform.ready = False
    health.supervised[0]._ended = "Discord refuses the token."
    async with served(health) as get:
        status, state = await get("/readyz")
        _, metrics = await get("/metrics")
    assert (status, state["ready"]) == (503, False)
    assert 'notabot_platform_ready{platform="discord"} 0.0' in metrics
    assert state["platforms"] == {"discord": "Discord refuses the token.", "telegram": "ok"}


async def test_without_any_platform_it_is_not_ready_but_alive(health):
    for supervised in health.supervised:
        supervised.platform.ready = False
    async with served(health) as get:
        status, state = await get("/readyz")
        assert (await get("/healthz"))[0] == 200
    assert (status, state["ready"]) == (503, False)
    assert state["platforms"] == {"discord": "connecting", "telegram": "connecting"}


async def test_a_loop_of_the_jobs_that_stands_still_is_named(health):
    health.services.jobs.board.alive = False
    async with served(health) as get:
        status, state = await get("/readyz")
    assert status == 503
    assert state["jobs"] == "stuck: dispatcher"


async def test_a_database_that_does_not_answer_is_named_and_metrics_say_so_too(health):
    @asynccontextmanager
    async def reading():
        raise StoreBusy
        yield

    async def look():
        raise StoreBusy

    health.services.store = SimpleNamespace(reading=reading, probe=SimpleNamespace(look=look))
    async with served(health) as get:
        status, state = await get("/readyz")
        metrics_status, metrics = await get("/metrics")
    assert status == 503
    assert "busy" in state["database"]
    assert metrics_status == 200
    assert "notabot_store_ready 0.0" in metrics
    assert "notabot_jobs_waiting NaN" in metrics


async def test_a_database_that_is_gone_is_named_and_again_ready_when_it_is_back(health, tmp_path, monkeypatch):
    monkeypatch.setattr("bot.operations.health.LOOK_EVERY_S", 0.0)
    database, away = tmp_path / "data" / "notabot.db", tmp_path / "away.db"
    async with served(health) as get:
        database.rename(away)
        assert (await get("/readyz"))[0] == 503
        assert "notabot_store_ready 0.0" in (await get("/metrics"))[1]
        away.rename(database)
        assert (await get("/readyz"))[0] == 200
        assert "notabot_store_ready 1.0" in (await get("/metrics"))[1]


@asynccontextmanager
async def renderer_of(module):
    process = ToolProcess(module, limits=ProcessLimits())
    try:
        yield Renderer(process, time_s=10), process
    finally:
        await process.stop()


async def test_a_renderer_that_died_while_nobody_drew_is_started_again_by_the_look(health):
    async with renderer_of("tests.renderers.process.toy_worker") as (health.services.renderer, process):
        await process.start()
        died = process.pid
        os.kill(died, signal.SIGKILL)
        while process.is_running:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        async with served(health) as get:
            assert (await get("/readyz"))[1]["renderer"] in {"ok", "being started"}
            async with asyncio.timeout(20):
                while (await get("/readyz"))[0] != 200:
                    pass
        assert process.is_running
        assert process.pid != died


async def test_a_renderer_that_cannot_be_started_is_named_until_it_can(health, monkeypatch):
    monkeypatch.setattr("bot.operations.health.LOOK_EVERY_S", 0.1)
    broken, whole = "tests.renderers.process.no_worker", "tests.renderers.process.toy_worker"
    async with renderer_of(broken) as (health.services.renderer, _), served(health) as get:
        async with asyncio.timeout(20):
            while (await get("/readyz"))[1]["renderer"] == "being started":
                pass
        status, state = await get("/readyz")
        assert status == 503
        assert state["renderer"] == "the process that draws does not start: ToolCrashed"
        assert await told(get, "notabot_renderer_ready 0.0")
        async with renderer_of(whole) as (health.services.renderer, _), asyncio.timeout(20):
            while (await get("/readyz"))[0] != 200:
                pass
            assert await told(get, "notabot_renderer_ready 1.0")


async def told(get, words):
    """The figures, as soon as they say so."""
    async with asyncio.timeout(20):
        while words not in (text := (await get("/metrics"))[1]):
            pass
    return text


async def test_refusals_are_counted_by_their_reason(health):
    async def handle(context):
        raise StoreFull

    registry = health.metrics.measure_commands(Registry(commands=[Command("compose", handle)]))
    names = (
        "services",
        "person",
        "address",
        "language",
        "event_key",
        "options",
        "likes",
        "rules",
        "here",
        "pressed",
        "called",
    )
    context = SimpleNamespace(**dict.fromkeys(names))
    with pytest.raises(StoreFull):
        await registry.commands[0].handle(context)
    async with served(health) as get:
        assert 'notabot_refusals_total{reason="StoreFull"} 1.0' in (await get("/metrics"))[1]


async def test_while_draining_it_is_not_ready(health):
    health.draining = True
    async with served(health) as get:
        status, state = await get("/readyz")
    assert (status, state["draining"]) == (503, True)


async def test_a_taken_port_is_said_and_port_0_serves_nothing(health):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with refuses(BadInput, match="NOTABOT_HEALTH_PORT"):
            async with open_health(health, host="127.0.0.1", port=other.getsockname()[1]):
                pass
    async with open_health(health, host="not a host", port=0):
        pass


# --- figures ---------------------------------------------------------------------------------------------------------


def figures(text):
    """{("name", label values ...): value}"""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def add_job(store, number, *, state, delivery):
    async with store.writing() as connection:
        await connection.execute(
            insert(jobs).values(
                id=f"job{number}", person="discord:1", platform="discord", language="en", state=state, task={},
                address={}, event_key=f"e{number}", turn=number, created=0.0,
            )
        )  # fmt: skip
        await connection.execute(
            insert(deliveries).values(
                job=f"job{number}", part="result", order=1, platform="discord", state=delivery, due=0.0
            )
        )


async def test_figures_come_from_the_tables_the_queue_and_the_platforms(health, store):
    await add_job(store, 1, state="done", delivery="sent")
    await add_job(store, 2, state="done", delivery="doubtful")
    await add_job(store, 3, state="failed", delivery="sent")
    health.supervised[1].platform.ready = False
    async with served(health) as get:
        _, text = await get("/metrics")
    found = figures(text)
    assert found["notabot_jobs", "done"] == 2
    assert found["notabot_jobs", "failed"] == 1
    assert found["notabot_deliveries", "discord", "sent"] == 2
    assert found["notabot_deliveries", "discord", "doubtful"] == 1
    assert found[("notabot_jobs_waiting",)] == 3
    assert found[("notabot_jobs_running",)] == 1
    assert found[("notabot_oldest_waiting_seconds",)] == 12.5
    assert found[("notabot_paused",)] == 1
    assert found["notabot_platform_ready", "discord"] == 1
    assert found["notabot_platform_ready", "telegram"] == 0
    assert found["notabot_events_total", "delivery_sent"] == 11


async def test_a_state_that_no_job_has_any_more_is_no_longer_shown(health, store):
    await add_job(store, 1, state="queued", delivery="pending")
    async with served(health) as get:
        await get("/metrics")
        async with store.writing() as connection:
            await connection.execute(jobs.update().values(state="done"))
        _, text = await get("/metrics")
    assert ("notabot_jobs", "queued") not in figures(text)


class Context:
    def __init__(self, services):
        self.services, self.person, self.language = services, Person("discord", "1"), "en"
        self.address, self.event_key, self.options = Address("discord", "1", "2"), "e", {}
        self.likes, self.rules, self.here, self.pressed = PersonSettings(), ServerRules(), Here(), None
        self.called = "Ann"

    async def reply(self, reply):
        return "message"

    async def edit(self, reply):
        pass

    async def delete(self):
        pass


async def test_the_first_answer_is_timed_once_for_commands_subcommands_and_buttons(health):
    async def answer(context, *_action):
        assert await context.reply(Reply("first")) == "message"
        await context.edit(Reply("second"))

    command = Command("a", options=[Option("x")], subcommands=[Command("b", answer)])
    measured = health.metrics.measure_commands(Registry([command, Command("c", answer)], {"again": answer}))
    context = Context(health.services)
    await measured.command("a").subcommands[0].handle(context)
    await measured.command("c").handle(context)
    await measured.actions["again"](context, Action("again"))
    async with served(health) as get:
        _, text = await get("/metrics")
    assert figures(text)["notabot_acknowledge_seconds_count", "discord"] == 3
    assert measured.command("a").options == command.options


async def test_making_is_timed_and_counted_by_how_it_ended(health):
    class Maker:
        async def make(self, job, task, *, language, on_progress, on_step):
            if job == "bad":
                raise ValueError(job)
            return "made"

    maker = health.metrics.measure_maker(Maker())
    assert await maker.make("good", None, language="en", on_progress=None, on_step=None) == "made"
    with pytest.raises(ValueError, match="bad"):
        await maker.make("bad", None, language="en", on_progress=None, on_step=None)
    async with served(health) as get:
        _, text = await get("/metrics")
    found = figures(text)
    assert found["notabot_makes_total", "made"] == found["notabot_makes_total", "failed"] == 1
    assert found[("notabot_compose_seconds_count",)] == 1


def test_what_is_counted_is_all_that_the_bot_can_do(health):
    whole = build_registry(Settings())
    measured = health.metrics.measure_commands(whole)
    assert (measured.actions.keys(), measured.answers.keys()) == (whole.actions.keys(), whole.answers.keys())
    assert whole.answers
    assert measured.forms == whole.forms
