"""The one place that starts another process.

What is covered: a process group of its own, a bare environment and an empty folder; a time limit on every answer; no
survivors, also when we are cancelled or killed. The process limits its own memory, processor time and file sizes as
its first act (`limit_this_process`), because code between fork and exec is not safe beside threads.

What is not: this is no sandbox. The process may read what we may read. It is there because native code crashes.
"""

import asyncio
import ctypes
import logging
import os
import resource
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from renderers.errors import ToolCrashed, ToolTimedOut
from renderers.process.folder import OwnFolder
from renderers.process.protocol import BrokenFrame, Frame, pack_frame, receive_frame

START_TIMEOUT_S = 60.0
REAP_TIMEOUT_S = 5.0  # until the system has taken a killed process away
PIPE_BYTES = 1 << 20
KEPT_VARIABLES = ("HOME", "XDG_CACHE_HOME", "SYSTEMROOT")
_PR_SET_PDEATHSIG = 1  # linux/prctl.h

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ProcessLimits:
    """What one answer may cost."""

    time_s: float = 60.0
    cpu_s: int = 60
    memory_mb: int = 3072
    output_mb: int = 96

    def __post_init__(self) -> None:
        if self.time_s <= 0 or self.cpu_s <= 0 or self.memory_mb < 256 or self.output_mb <= 0:
            raise ValueError("limits are positive, and memory is at least 256 MB")


class ToolProcess:
    """A Python module that runs as a child and answers one request after the other.

    It is started by the first request, and again by the next one after it crashed, timed out or was interrupted.
    """

    def __init__(self, module: str, *, arguments: Sequence[str] = (), limits: ProcessLimits) -> None:
        self._argv = [sys.executable, "-P", "-m", module, *arguments]
        self._limits = limits
        self._process: asyncio.subprocess.Process | None = None
        self._folder: OwnFolder | None = None
        self._turn = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The process id while the child is running."""
        return self._process.pid if self._process is not None else None

    @property
    def is_running(self) -> bool:
        """Whether the child is there; it may be busy."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the child unless it is running, and wait until it says that it is ready. Raises as `ask`."""
        async with self._turn:
            await self._ready_child()

    async def ask(
        self,
        request: Mapping[str, Any],
        *,
        files: Mapping[str, bytes] | None = None,
        on_part: Callable[[Frame], None] = lambda _: None,
        time_s: float | None = None,
    ) -> Frame:
        """Send a request and wait for the answer. Requests wait for each other.

        files: that go with it, by name. on_part: hears of each frame that comes before the last; what it has heard is
        good whatever happens next. time_s: less time than the limits give.
        Raises ToolTimedOut, and ToolCrashed when the child dies or answers nonsense; then it is gone.
        """
        time_s = self._limits.time_s if time_s is None else min(time_s, self._limits.time_s)
        async with self._turn:
            child = await self._ready_child()
            return await self._guarded(self._exchange(child, request, files, on_part), timeout_s=time_s)

    async def restart(self) -> None:
        """Replace the child by a fresh one once it has nothing to do. Raises as `ask`."""
        async with self._turn:
            await self.stop()
            await self._ready_child()

    async def stop(self) -> None:
        """Kill the child and everything it started. Nothing happens if there is none."""
        child, self._process = self._process, None
        if child is not None:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # started with start_new_session=True
            with suppress(TimeoutError):
                async with asyncio.timeout(REAP_TIMEOUT_S):
                    await _drain(child.stdout)
                    await child.wait()
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.remove()

    async def _ready_child(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is not None:
            await self.stop()  # it died while nobody was asking
        if self._process is None:
            await self._guarded(self._launch(), timeout_s=START_TIMEOUT_S)
        assert self._process is not None
        return self._process

    async def _launch(self) -> None:
        self._folder = OwnFolder()
        self._process = await asyncio.create_subprocess_exec(
            *self._argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # native libraries chatter, and quote what people wrote
            cwd=self._folder.path,
            env=_bare_environment(str(self._folder.path)),
            start_new_session=True,
            limit=PIPE_BYTES,
        )
        await self._receive(self._process, on_part=lambda _: None)

    async def _exchange(
        self,
        child: asyncio.subprocess.Process,
        request: Mapping[str, Any],
        files: Mapping[str, bytes] | None,
        on_part: Callable[[Frame], None],
    ) -> Frame:
        assert child.stdin is not None
        child.stdin.write(pack_frame(request, files))
        await child.stdin.drain()
        return await self._receive(child, on_part)

    async def _receive(self, child: asyncio.subprocess.Process, on_part: Callable[[Frame], None]) -> Frame:
        """The last frame of an answer; all of it together may have so many bytes of files and no more."""
        assert child.stdout is not None
        bytes_left = self._limits.output_mb * 1_000_000
        while True:
            header, files = await receive_frame(child.stdout, max_file_bytes=bytes_left)
            if "part" not in header:
                return header, files
            bytes_left -= sum(map(len, files.values()))
            on_part((header, files))

    async def _guarded(self, work: Awaitable[Answer], *, timeout_s: float) -> Answer:
        """Wait for `work`; whatever goes wrong, even a cancellation, costs the child its life."""
        try:
            async with asyncio.timeout(timeout_s):
                return await work
        except TimeoutError as error:
            await self.stop()
            raise ToolTimedOut from error
        except (BrokenFrame, asyncio.IncompleteReadError, ConnectionError) as error:
            signal_number = await self._exit_signal()
            log.warning("the rendering process is gone: %s (signal %s)", error, signal_number)
            raise (ToolTimedOut if signal_number == signal.SIGXCPU else ToolCrashed) from error
        except BaseException:
            await self.stop()
            raise

    async def _exit_signal(self) -> int:
        """The signal that ended the child, 0 if it ended by itself; SIGKILL if it was alive until now."""
        child = self._process
        if child is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await child.wait()
        await self.stop()
        return -min(0, child.returncode or 0) if child is not None else 0


async def _drain(pipe: asyncio.StreamReader | None) -> None:
    """Read what is left: asyncio does not see a process end whose full pipe nobody reads, and would wait forever."""
    while pipe is not None and await pipe.read(PIPE_BYTES):
        pass


def limit_this_process(*, memory_mb: int, output_mb: int) -> None:
    """For the child: bound memory and file sizes, leave no core dump, and die with the parent."""
    _lower(resource.RLIMIT_AS, memory_mb * 1_000_000)
    _lower(resource.RLIMIT_FSIZE, output_mb * 1_000_000)
    _lower(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def limit_cpu(seconds: int) -> None:
    """For the child: from now on, this much processor time until SIGXCPU ends it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(usage.ru_utime + usage.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _lower(kind: int, limit: int) -> None:
    _, hard = resource.getrlimit(kind)
    lowered = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    with suppress(ValueError, OSError):  # macOS knows RLIMIT_AS and does not let it be set
        resource.setrlimit(kind, (lowered, lowered))


def _bare_environment(folder: str) -> dict[str, str]:
    """Neither tokens nor settings: what Python needs to find our package, and where caches are."""
    return {
        **{name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
        "PATH": os.defpath,
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "LANG": "C.UTF-8",
        "TMPDIR": folder,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
