"""The real bot with a stand-in for composing and drawing, in a process of its own: `python -m tests.fakes.stub_bot`.

Everything but the maker is real: platforms, jobs, store, settings from the environment. STUB_DELAY_S is how long a
piece takes ("0.05-0.3": at random between the two), STUB_PLAY_S how long it takes from its first page to the rest,
likewise. The files of a piece are tiny and real, so that they can be opened.
Seeds that bring trouble: KILLS takes the process down with SIGKILL, HANGS never ends, RAISES is a mistake in the code,
REFUSES is a piece that cannot be composed. While the file STUB_DISK_FULL names exists, nothing reaches the disk. The
file STUB_CLOCK names may say by how many seconds the wall clock is wrong. STUB_LOOK_AFTER_S: how long after a lost
answer the bot looks at a message once more, which is a minute otherwise. STUB_LOOK_EVERY_S: how often it looks at
store and platforms. STUB_BACKOFF: "usual" for pauses between two tries of a platform as they usually are.
STUB_MINUTE_S: how long the minute is in which a Telegram group takes so many messages.
"""

from __future__ import annotations

import asyncio
import errno
import io
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot.app import serve
from bot.commands.chains import telling
from bot.jobs import outbox
from bot.making.compose import Compose
from bot.making.duel import LETTERS, Duel, heard_as
from bot.making.files import Piece, PieceName, new_id
from bot.making.onward import WorkOn
from bot.making.takes import ThreeTakes
from bot.making.task import Task
from bot.making.unveil import Unveil
from bot.making.workshop import Drawn
from bot.operations import health, supervision
from bot.operations.supervision import Backoff
from bot.platforms.telegram import pace
from bot.texts import Language
from config.settings import load_settings
from generator.catalogue.style import Style
from generator.errors import GeneratorError
from generator.request import Progress, Request

KILLS, HANGS, RAISES, REFUSES = 900_000_001, 900_000_002, 900_000_003, 900_000_004
QUICK = Backoff(first_s=0.2, longest_s=1.0, healthy_s=1.0)

XML = """<?xml version="1.0" encoding="UTF-8"?>
<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Piano</part-name></score-part></part-list>
<part id="P1"><measure number="1"><attributes><divisions>1</divisions><key><fifths>0</fifths></key>
<time><beats>4</beats><beat-type>4</beat-type></time><clef><sign>G</sign><line>2</line></clef></attributes>
<note><pitch><step>C</step><octave>4</octave></pitch><duration>4</duration><type>whole</type></note></measure></part>
</score-partwise>
"""


class StubMaker:
    """Waits, reports bars, and gives the same small piece to everybody, except for its ABC and its names."""

    def __init__(
        self, *, least_s: float, most_s: float, pages: int = 1, play_s: tuple[float, float] = (0.0, 0.0)
    ) -> None:
        self._least_s, self._most_s, self._pages, self._play_s = least_s, most_s, pages, play_s

    async def make(
        self,
        job: str,
        task: Task,
        *,
        language: Language,
        on_progress: Callable[[Progress], None],
        on_step: Callable[[str], None],
    ) -> Piece:
        """As `bot.jobs.ports.Maker` says."""
        request = _request_of(task)
        await bring_trouble(request.seed)
        takes_s = random.uniform(self._least_s, self._most_s)
        for bar in range(task.bars):
            on_progress(Progress(bar + 1, task.bars, takes_s * bar / task.bars, takes_s * (1 - bar / task.bars)))
            await asyncio.sleep(takes_s / task.bars)
        on_step("drawing ...")
        if any(self._play_s):
            on_step(Drawn(picture()))
            await asyncio.sleep(random.uniform(*self._play_s))
        piece = made(job, request, pages=self._pages)
        if isinstance(task, Duel):
            return duel(job, task.hours, request)
        return replace(piece, record={**piece.record, **_of_a_chain(task)})


def _request_of(task: Task) -> Request:
    """What is composed; of work on a piece, what would have been."""
    if isinstance(task, Compose):
        return task.request
    if isinstance(task, ThreeTakes | Unveil | Duel):
        return Request(style=Style("Romantic", "Chopin, Frederic", "Keyboard"), seed=7, bars=4)
    assert isinstance(task, WorkOn)
    return Request(style=task.work.style, seed=task.work.seed, bars=task.bars)


def _of_a_chain(task: Task) -> Mapping[str, Any]:
    """What the record of takes, or of the score of a chain in 3/4 for a piano, says besides."""
    if isinstance(task, Unveil):
        return {"kind": task.kind, "chain": {"id": task.chain, "parts": []}}
    if not isinstance(task, ThreeTakes):
        return {}
    takes = [["[V:1]A6|[V:2]A,,6|"] * task.new] * 3
    return {"kind": task.kind, "takes": {"chain": task.chain, "turn": task.turn, "bars": takes}}


async def bring_trouble(seed: int) -> None:
    if seed == KILLS:
        os.kill(os.getpid(), signal.SIGKILL)
    if seed == HANGS:
        await asyncio.Event().wait()
    if seed == RAISES:
        raise RuntimeError("a mistake, for this test")
    if seed == REFUSES:
        raise GeneratorError("This piece cannot be composed. Ask for another one.")


def made(job: str, request: Request, *, pages: int) -> Piece:
    what = f"{request.style.composer_slug}_{request.style.instrumentation_slug}"
    name = PieceName(what, datetime.now().astimezone(), job)
    abc = f"X:1\nT:Stub {job}\nM:4/4\nL:1/4\nK:C\nCDEF|\n".encode()
    pictures = {f"_p{page}.png": picture() for page in range(1, pages + 1)}
    files = {".abc": abc, ".musicxml": XML.encode(), ".mid": midi(), ".mp3": sound(), ".pdf": pdf(), **pictures}
    return Piece(record=record(name, request, list(files)), files=files)


def duel(job: str, hours: int, request: Request) -> Piece:
    """A sheet, and the two pieces that it is between, which differ in their setting."""
    sides = [made(new_id(9), request, pages=1) for _ in LETTERS]
    told = {
        letter.lower(): {"piece": side.record["id"], "style": "Romantic/Chopin, Frederic/Keyboard", "setting": setting}
        for letter, side, setting in zip(LETTERS, sides, ("default", "wild"), strict=True)
    }
    sheet = made(job, request, pages=1)
    heard = {heard_as(letter): sound() for letter in LETTERS}
    written = {**sheet.record, "kind": Duel.kind, "duel": {**told, "hours": hours, "composed": True}}
    return Piece(record=written, files={"_p1.png": picture(), **heard}, others=tuple(sides))


def record(name: PieceName, request: Request, endings: list[str]) -> Mapping[str, Any]:
    return {
        "id": name.id,
        "name": str(name),
        "title": f"Stub {name.id}",
        "credit": "in the style of nobody",
        "key": "C",
        "made": name.made.isoformat(timespec="seconds"),
        "request": request.to_json(),
        "seed": request.seed,
        "model": {"file": "stub"},
        "sampling": asdict(request.sampling),
        "report_card": {},
        "report": "a stub",
        "timings": {},
        "files": [f"{name}{ending}" for ending in endings],
    }


# --- tiny real files -------------------------------------------------------------------------------------------------


@cache
def picture() -> bytes:
    return _drawn("PNG")


@cache
def pdf() -> bytes:
    return _drawn("PDF")


def _drawn(kind: str) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("L", (60, 80), 255).save(buffer, kind)
    return buffer.getvalue()


@cache
def midi() -> bytes:
    import mido

    track = mido.MidiTrack([mido.Message("note_on", note=60, time=0), mido.Message("note_off", note=60, time=480)])
    buffer = io.BytesIO()
    mido.MidiFile(tracks=[track]).save(file=buffer)
    return buffer.getvalue()


@cache
def sound() -> bytes:
    """A tenth of a second of silence."""
    import lameenc

    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_in_sample_rate(44100)
    encoder.set_channels(1)
    return bytes(encoder.encode(bytes(2 * 4410)) + encoder.flush())


# --- running ---------------------------------------------------------------------------------------------------------


def fill_disk_on_demand(flag: Path) -> None:
    """While the file is there, writing through to the disk fails as it does on a full one."""
    real = os.fsync

    def fsync(fd: Any) -> None:
        if flag.exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(fd)

    os.fsync = fsync


def step_clock_on_demand(told: Path) -> None:
    """The wall clock is wrong by as many seconds as the file says."""
    real = time.time

    def wrong() -> float:
        try:
            return real() + float(told.read_text())
        except (OSError, ValueError):  # nothing said yet, or just being written
            return real()

    time.time = wrong


async def draw_bars(_drawer: Any, _abc: str) -> dict[str, bytes]:
    """In the place of `telling.Drawer`."""
    return {"_p1.png": picture(), ".mp3": sound()}


def _range_of(name: str, usual: str) -> tuple[float, float]:
    """Seconds from the environment: "0.05", or "0.05-0.3"."""
    least, _, most = os.environ.get(name, usual).partition("-")
    return float(least), float(most or least)


def main() -> None:
    least_s, most_s = _range_of("STUB_DELAY_S", "0.05")
    pages, play_s = int(os.environ.get("STUB_PAGES", "1")), _range_of("STUB_PLAY_S", "0")
    maker = StubMaker(least_s=least_s, most_s=most_s, pages=pages, play_s=play_s)
    if "STUB_DISK_FULL" in os.environ:
        fill_disk_on_demand(Path(os.environ["STUB_DISK_FULL"]))
    if "STUB_CLOCK" in os.environ:
        step_clock_on_demand(Path(os.environ["STUB_CLOCK"]))
    if "STUB_LOOK_AFTER_S" in os.environ:
        outbox.LOOK_AFTER_S = float(os.environ["STUB_LOOK_AFTER_S"])
    if "STUB_LOOK_EVERY_S" in os.environ:
        health.LOOK_EVERY_S = supervision.CHECK_EVERY_S = float(os.environ["STUB_LOOK_EVERY_S"])
    if "STUB_MINUTE_S" in os.environ:
        pace.MINUTE_S = float(os.environ["STUB_MINUTE_S"])
        pace.CHAT_BURST_S *= pace.MINUTE_S / 60
    telling.Drawer._draw = draw_bars  # type: ignore[method-assign]
    started = time.monotonic()
    backoff = Backoff() if os.environ.get("STUB_BACKOFF") == "usual" else QUICK
    code = asyncio.run(serve(load_settings(), maker=maker, backoff=backoff))
    sys.stderr.write(f"served {time.monotonic() - started:.1f} s\n")
    raise SystemExit(code)


if __name__ == "__main__":
    main()
