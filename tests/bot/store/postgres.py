"""A real PostgreSQL server for the tests, in a folder of its own, reachable by a socket in that folder only."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest

SUPERUSER = "notabot"
START_LIMIT_S = 30


class Postgres:
    """A server that runs, or may be stopped and started again."""

    def __init__(self, folder: Path, binaries: Path, as_user: dict) -> None:
        self.folder, self._binaries, self._as_user = folder, binaries, as_user
        self._numbers = count()
        self._process: subprocess.Popen | None = None

    def url(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """The address of an empty database."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def make(self) -> None:
        options = [
            "-D",
            self.folder / "db",
            "-U",
            SUPERUSER,
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C",
        ]
        subprocess.run(
            [self._binaries / "initdb", *options], check=True, capture_output=True, cwd=self.folder, **self._as_user
        )

    def start(self) -> None:
        options = ["-D", self.folder / "db", "-k", self.folder, "-h", "", "-F", "-c", "shared_buffers=16MB"]
        log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen(
            [self._binaries / "postgres", *options], stdout=log, stderr=log, cwd=self.folder, **self._as_user
        )
        log.close()
        until = time.monotonic() + START_LIMIT_S
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.05)

    def stop(self) -> None:
        """At once: who is connected is thrown out."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(START_LIMIT_S)
            self._process = None


def _binaries() -> Path | None:
    """The folder with initdb and postgres; Debian keeps them out of PATH."""
    candidates = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in candidates if (folder / "postgres").exists()), None)


@contextmanager
def run_postgres() -> Iterator[Postgres]:
    """Skips the test where PostgreSQL is not installed."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed here")
    # It refuses to run as root; a short path, because that of a socket has at most 107 characters.
    as_user = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    if as_user:
        shutil.chown(folder, as_user["user"], as_user["group"])
    server = Postgres(folder, binaries, as_user)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
