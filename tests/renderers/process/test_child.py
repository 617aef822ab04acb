import asyncio
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from renderers.errors import ToolCrashed, ToolTimedOut
from renderers.process.child import ProcessLimits, ToolProcess


@asynccontextmanager
async def toy(*, time_s=20.0, output_mb=2):
    process = ToolProcess(
        "tests.renderers.process.toy_worker", limits=ProcessLimits(time_s=time_s, output_mb=output_mb)
    )
    try:
        yield process
    finally:
        await process.stop()


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat").read_text()
    return stat.rsplit(")", 1)[1].split()[0] != "Z"  # a zombie is dead, only not yet mourned


async def wait_until(is_so):
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110  # another process tells us by a file or by its death
            await asyncio.sleep(0.02)


async def test_one_child_answers_one_request_after_the_other():
    async with toy() as process:
        first, files = await process.ask({"do": "echo"})
        second, _ = await process.ask({"do": "echo"})
    assert first["pid"] == second["pid"]
    assert files == {"file": b"\x00\xff"}


async def test_requests_at_the_same_time_wait_for_each_other():
    async with toy() as process:
        answers = await asyncio.gather(*(process.ask({"do": "echo"}) for _ in range(5)))
    assert len({header["pid"] for header, _ in answers}) == 1


async def test_the_child_sees_none_of_our_secrets(monkeypatch):
    monkeypatch.setenv("NOTABOT_DISCORD_TOKEN", "secret")
    async with toy() as process:
        header, _ = await process.ask({"do": "echo"})
    assert "secret" not in header["environment"].values()


async def test_a_child_that_hangs_is_killed_when_its_time_is_over_and_the_next_request_gets_a_new_one():
    async with toy(time_s=0.5) as process:
        header, _ = await process.ask({"do": "echo"})
        with pytest.raises(ToolTimedOut):
            await process.ask({"do": "hang"})
        assert not is_alive(header["pid"])
        again, _ = await process.ask({"do": "echo"})
    assert again["pid"] != header["pid"]


@pytest.mark.parametrize("misdeed", ["die", "exit", "babble", "flood"])
async def test_a_child_that_dies_or_talks_nonsense_has_crashed_and_is_replaced(misdeed):
    async with toy() as process:
        with pytest.raises(ToolCrashed):
            await process.ask({"do": misdeed})
        assert process.pid is None
        header, _ = await process.ask({"do": "echo"})
        assert header["pid"] == process.pid


async def test_processor_time_runs_out_as_a_timeout():
    async with toy() as process:
        with pytest.raises(ToolTimedOut):
            await process.ask({"do": "burn"})


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not let a process limit its memory")
async def test_memory_is_limited():
    async with toy() as process:
        header, _ = await process.ask({"do": "take memory"})
    assert header["refused"]


async def test_cancelling_leaves_no_survivors_not_even_grandchildren(tmp_path):
    note = tmp_path / "grandchild"
    async with toy() as process:
        await process.start()
        child = process.pid
        asking = asyncio.create_task(process.ask({"do": "spawn and hang", "note": str(note)}), name="asking")
        await wait_until(lambda: note.exists() and note.read_text())
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await wait_until(lambda: not is_alive(child))
        await wait_until(lambda: not is_alive(int(note.read_text())))


async def test_a_child_that_died_while_nobody_asked_is_replaced_unnoticed():
    async with toy() as process:
        header, _ = await process.ask({"do": "echo"})
        os.kill(header["pid"], 9)
        await asyncio.sleep(0.2)
        again, _ = await process.ask({"do": "echo"})
    assert again["pid"] != header["pid"]


def test_limits_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="positive"):
        ProcessLimits(time_s=0)
