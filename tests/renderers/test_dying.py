"""A piece that was composed is not lost because the process that renders it dies, whatever kills it."""

import asyncio
import json
import os
import signal
from collections import Counter
from contextlib import asynccontextmanager

import pytest

from renderers.errors import InputRefused, ToolCrashed, ToolTimedOut
from renderers.formats import format_of
from renderers.pipeline import Renderer, open_renderer
from renderers.process.child import ProcessLimits, ToolProcess
from tests.refusals import refuses
from tests.renderers.test_sanitise import load_tune, tune

EVERYTHING = ("png", "mp3", "mid", "xml", "abc", "pdf", "analysis")
SHORT = tune("CDEF GABc|")


def failing(folder, misdeeds, *, time_s):
    """The real process, in which some formats end badly, and which knows how often it was started."""
    limits = json.dumps({"memory_mb": 3072, "output_mb": 96, "cpu_s": 60})
    process = ToolProcess(
        "tests.renderers.process.failing_worker",
        arguments=[limits, json.dumps(misdeeds), str(folder)],
        limits=ProcessLimits(time_s=time_s),
    )
    process.starts = 0
    launch = process._launch

    async def count_and_launch():
        process.starts += 1
        await launch()

    process._launch = count_and_launch
    return process


@asynccontextmanager
async def open_failing(folder, misdeeds, *, time_s=60.0, patience_s=None):
    """A renderer with one process. time_s: the limit of a request; patience_s: half of that of all, if another."""
    process = failing(folder, misdeeds, time_s=time_s)
    try:
        yield Renderer(process, time_s=patience_s or time_s), process
    finally:
        await process.stop()


@asynccontextmanager
async def open_failing_pair(folder, misdeeds, *, time_s=60.0):
    """One with a process that draws and another that plays."""
    drawing, player = (failing(folder, misdeeds, time_s=time_s) for _ in range(2))
    try:
        yield Renderer(drawing, player=player, time_s=time_s), drawing, player
    finally:
        await drawing.stop()
        await player.stop()


def names(files):
    return set(Counter(format_of(ending).name for ending in files))


async def test_a_process_that_dies_once_costs_nothing(tmp_path):
    async with open_failing(tmp_path, {"mp3": "dies once"}) as (renderer, process):
        files = await renderer.render(SHORT, EVERYTHING)
    assert names(files) == set(EVERYTHING)
    assert process.starts == 2


@pytest.mark.parametrize("killer", ["png", "mid", "abc"])
async def test_what_kills_every_process_is_left_out_and_all_else_is_made(tmp_path, killer):
    async with open_failing(tmp_path, {killer: "dies"}) as (renderer, process):
        rendering = await renderer.render_most(SHORT, EVERYTHING)
    if killer == "abc":
        assert names(rendering.files) == set(EVERYTHING), "the ABC needs no process"
    else:
        assert names(rendering.files) == set(EVERYTHING) - {killer}
        assert {name: type(error) for name, error in rendering.missing.items()} == {killer: ToolCrashed}
    assert process.starts <= 3


async def test_several_killers_are_left_out_one_by_one(tmp_path):
    async with open_failing(tmp_path, {"png": "dies", "mp3": "dies", "pdf": "dies"}) as (renderer, _):
        rendering = await renderer.render_most(SHORT, EVERYTHING)
    assert set(rendering.missing) == {"png", "mp3", "pdf"}
    assert names(rendering.files) == {"mid", "xml", "abc", "analysis"}


async def test_without_pages_the_audio_is_there_with_its_cover(tmp_path):
    """Which is drawn from what is played; were it a page, it would kill the process that makes the audio as well."""
    async with open_failing(tmp_path, {"png": "dies"}) as (renderer, _):
        rendering = await renderer.render_most(SHORT, ["png", "mp3"])
    assert set(rendering.missing) == {"png"}
    assert b"APIC" in rendering.files[".mp3"]


async def test_where_the_abc_itself_kills_the_process_the_abc_is_what_is_left(tmp_path):
    async with open_failing(tmp_path, {"": "dies"}) as (renderer, process):
        rendering = await renderer.render_most(SHORT, EVERYTHING)
        assert rendering.files == {".abc": SHORT.encode()}
        assert set(rendering.missing) == set(EVERYTHING) - {"abc"}
        assert process.starts == 2
        with pytest.raises(ToolCrashed):
            await renderer.render_most(SHORT, ["png", "mid"])


async def test_a_mistake_in_one_format_costs_that_format_and_no_process(tmp_path):
    async with open_failing(tmp_path, {"pdf": "raises", "mp3": "refuses"}) as (renderer, process):
        rendering = await renderer.render_most(SHORT, EVERYTHING)
    assert {name: type(error) for name, error in rendering.missing.items()} == {
        "pdf": ToolCrashed,
        "mp3": InputRefused,
    }
    assert (rendering.missing["mp3"].reason, rendering.missing["mp3"].values) == ("lasts", {"minutes": 90})
    assert process.starts == 1


async def test_what_takes_too_long_is_not_tried_again(tmp_path):
    """However long a busy machine takes to start the process that makes the others."""
    async with open_failing(tmp_path, {"mp3": "hangs"}, time_s=5.0, patience_s=60.0) as (renderer, process):
        rendering = await renderer.render_most(SHORT, ["mp3", "mid", "abc"])
    assert names(rendering.files) == {"mid", "abc"}
    assert type(rendering.missing["mp3"]) is ToolTimedOut
    assert process.starts == 2


async def test_all_attempts_together_take_no_more_than_twice_the_limit(tmp_path):
    hanging = dict.fromkeys(EVERYTHING, "hangs")
    async with open_failing(tmp_path, hanging, time_s=2.0) as (renderer, process):
        rendering = await renderer.render_most(SHORT, EVERYTHING)
    assert rendering.files == {".abc": SHORT.encode()}
    assert {type(error) for error in rendering.missing.values()} == {ToolTimedOut}
    assert process.starts <= 3


async def test_who_wants_everything_is_told_at_the_first_format_that_is_missing(tmp_path):
    async with open_failing(tmp_path, {"mp3": "dies"}) as (renderer, process):
        with pytest.raises(ToolCrashed):
            await renderer.render(SHORT, EVERYTHING)
        assert process.starts == 2
        assert await renderer.render(SHORT, ["xml"]), "the next piece is rendered"


async def test_abc_that_is_refused_is_refused_in_every_format():
    async with open_renderer() as renderer:
        with refuses(InputRefused, match="tuplet"):
            await renderer.render_most("X:1\nK:C\n(65C8|\n", ["abc", "png"])


async def test_a_process_killed_from_outside_in_the_middle_of_a_piece_costs_nothing():
    """What the kernel does when memory runs out."""
    async with open_renderer() as renderer:
        await renderer.warm_up()
        whole = await renderer.render(load_tune("quartet.abc"), EVERYTHING)
        for hand in (renderer._drawing, renderer._sound):
            for delay_s in (0.05, 0.2):
                rendering = asyncio.create_task(renderer.render(load_tune("quartet.abc"), EVERYTHING))
                await asyncio.sleep(delay_s)
                os.kill(hand._process.pid, signal.SIGKILL)
                assert await rendering == whole


async def test_a_page_is_drawn_while_its_sound_is_made(tmp_path):
    async with open_failing_pair(tmp_path, {"png": "meets mp3", "mp3": "meets png"}) as (renderer, *_):
        assert names(await renderer.render(SHORT, EVERYTHING)) == set(EVERYTHING)


async def test_what_kills_the_process_that_plays_costs_nothing_that_is_drawn(tmp_path):
    async with open_failing_pair(tmp_path, {"mp3": "dies"}) as (renderer, drawing, player):
        rendering = await renderer.render_most(SHORT, EVERYTHING)
        assert set(rendering.missing) == {"mp3"}
        assert names(rendering.files) == set(EVERYTHING) - {"mp3"}
        assert list(rendering.files) == ["_p1.png", ".mid", ".musicxml", ".abc", ".pdf", ".analysis.json"]
        assert (rendering.bars, round(rendering.seconds)) == (1, 2)
        assert (drawing.starts, player.starts) == (1, 3)


async def test_what_kills_the_process_that_draws_costs_nothing_that_is_heard(tmp_path):
    async with open_failing_pair(tmp_path, {"png": "dies"}) as (renderer, drawing, player):
        rendering = await renderer.render_most(SHORT, EVERYTHING)
        assert set(rendering.missing) == {"png"}
        assert (drawing.starts, player.starts) == (3, 1)


async def test_without_sound_one_process_makes_all(tmp_path):
    async with open_failing_pair(tmp_path, {}) as (renderer, drawing, player):
        assert names(await renderer.render(SHORT, ["png", "mid", "analysis"])) == {"png", "mid", "analysis"}
        assert (drawing.starts, player.starts) == (1, 0)
        assert renderer.is_well
        await renderer.warm_up()
        assert player.starts == 1


async def test_a_refusal_or_a_format_that_is_missing_costs_no_process(tmp_path):
    async with open_failing_pair(tmp_path, {"mp3": "refuses"}) as (renderer, drawing, player):
        with refuses(InputRefused, match="tuplet"):
            await renderer.render("X:1\nK:C\n(65C8|\n", EVERYTHING)
        with pytest.raises(InputRefused):
            await renderer.render(SHORT, EVERYTHING)
        assert await renderer.render(SHORT, ["png", "mid"])
        assert (drawing.starts, player.starts) == (1, 1)


async def test_a_piece_that_is_given_up_stops_both_processes(tmp_path):
    async with open_failing_pair(tmp_path, {"png": "hangs", "mp3": "hangs"}) as (renderer, drawing, player):
        await renderer.warm_up()
        rendering = asyncio.create_task(renderer.render(SHORT, EVERYTHING))
        await asyncio.sleep(0.3)
        rendering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await rendering
        assert not drawing.is_running
        assert not player.is_running


async def test_what_kills_while_another_is_encoded_beside_it_is_itself_left_out(tmp_path):
    """After a death one format is made after the other: else the MP3 would be blamed for what Opus does."""
    async with open_failing(tmp_path, {"make_opus": "dies"}) as (renderer, process):
        rendering = await renderer.render_most(SHORT, ["mp3", "opus", "flac"])
    assert set(rendering.missing) == {"opus"}
    assert names(rendering.files) == {"mp3", "flac"}
    assert process.starts == 3
