"""The bot as a test or a script holds it: a process of its own that can be stopped, killed and started again.

REAL: `notabot run` with the model that ships, started from nothing; STUB: `tests.fakes.stub_bot`, which is forked. Its
log goes into a file.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.fakes import telegram as telegram_fake
from tests.fakes.discord import FakeDiscord
from tests.fakes.forked import ROOT, Forked, fork_stub_bot
from tests.fakes.telegram import FakeTelegram

REAL = ("-m", "bot", "run")
STUB = ("-m", "tests.fakes.stub_bot")
STOP_LIMIT_S = 30.0
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "TMPDIR", "PYTHONPATH")


class BotProcess:
    """Made by `open_bot`. starts: how often it was started; exit_codes: how it ended each time."""

    def __init__(self, program: tuple[str, ...], environment: Mapping[str, str], log: Path) -> None:
        self._program, self.environment, self.log = program, dict(environment), log
        self._process: asyncio.subprocess.Process | Forked | None = None
        self.starts = 0
        self.exit_codes: list[int] = []

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def memory_mib(self) -> float:
        """What the process holds in memory now (RSS)."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2

    def processor_s(self) -> float:
        """What the process has used so far, of all processors."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def start(self, **changes: str) -> None:
        """changes: to the environment, for this start and later ones."""
        assert not self.is_running
        self.environment |= changes
        self.starts += 1
        if self._program == STUB:
            self._process = await fork_stub_bot(self.environment, self.log)
            return
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *self._program, cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        """SIGKILL, as a crash of the machine does it."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM, and wait; the exit code."""
        await self._end(signal.SIGTERM)
        return self.exit_codes[-1]

    async def ended(self) -> int:
        """Wait until it ends by itself."""
        assert self._process is not None
        self.exit_codes.append(await self._process.wait())
        return self.exit_codes[-1]

    async def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.returncode is None:
            self._process.send_signal(number)
        try:
            async with asyncio.timeout(STOP_LIMIT_S):
                self.exit_codes.append(await self._process.wait())
        except TimeoutError:
            self._process.kill()
            self.exit_codes.append(await self._process.wait())


def environment_for(
    folder: Path, *, discord: FakeDiscord | None = None, telegram: FakeTelegram | None = None, **settings: str
) -> dict[str, str]:
    """What the bot is told. settings: names without NOTABOT_, in small letters; STUB_ ones as they are."""
    found = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    found |= {"NOTABOT_DATA_DIR": str(folder), "NOTABOT_HEALTH_PORT": "0", "NOTABOT_COOLDOWN_S": "0"}
    found["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), found.get("PYTHONPATH"))))
    if discord is not None:
        found |= {
            "NOTABOT_DISCORD_TOKEN": discord.token,
            "NOTABOT_DISCORD_API_URL": discord.api_url,
            "NOTABOT_DISCORD_GATEWAY_URL": discord.gateway_url,
        }
    if telegram is not None:
        found |= {"NOTABOT_TELEGRAM_TOKEN": telegram_fake.TOKEN, "NOTABOT_TELEGRAM_API_URL": telegram.base}
    stub = {name: value for name, value in settings.items() if name.startswith("STUB_")}
    return found | {f"NOTABOT_{name.upper()}": value for name, value in settings.items() if name not in stub} | stub


@asynccontextmanager
async def open_bot(program: tuple[str, ...], environment: Mapping[str, str], *, log: Path) -> AsyncIterator[BotProcess]:
    """Started, but perhaps not yet connected; ended at the end whatever happens."""
    bot = BotProcess(program, environment, log)
    await bot.start()
    try:
        yield bot
    finally:
        if bot.is_running:
            await bot.kill()
