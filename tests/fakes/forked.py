"""A stub bot that is forked from a process which has loaded everything, instead of being started from nothing.

Tests start it more than a hundred times, and a start takes five seconds of processor time for imports and reading.
Python's fork server does so once for each process that tests (`tests.fakes.loaded`). What it forks is a process of its
own all the same, with its own environment and log, and SIGKILL ends it anywhere. That the program also starts from
nothing is for tests of the real one.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import chdir
from multiprocessing import forkserver, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_context = get_context("forkserver")
_context.set_forkserver_preload(["tests.fakes.loaded"])


class Forked:
    """What `BotProcess` uses of `asyncio.subprocess.Process`. Made by `fork_stub_bot`, for the loop that runs."""

    def __init__(self, process: BaseProcess) -> None:
        assert process.pid is not None
        self.pid, self._process = process.pid, process
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(process.sentinel, self._end)

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    async def wait(self) -> int:
        await self._ended.wait()
        code = self.returncode
        assert code is not None
        return code

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self._process.kill()

    def _end(self) -> None:
        self._loop.remove_reader(self._process.sentinel)
        self._ended.set()


async def fork_stub_bot(environment: Mapping[str, str], log: Path) -> Forked:
    """One that lives already. log: to which it appends what it prints."""
    process = _context.Process(target=_live, args=(dict(environment), log), name="stub bot", daemon=True)
    with chdir(ROOT):  # where the fork server finds what it loads
        forkserver.ensure_running()
    await asyncio.to_thread(process.start)  # the first one takes as long as loading does
    return Forked(process)


def _live(environment: Mapping[str, str], log: Path) -> None:
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as written:
        for descriptor in (1, 2):
            os.dup2(written.fileno(), descriptor)

    from tests.fakes.stub_bot import main

    main()
