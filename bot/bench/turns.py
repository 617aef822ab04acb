"""A turn: a program that one version runs by itself, with what it cost.

Promises: a version is a folder with its source; it runs with the packages that are installed here.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from bot.bench.figure import Figure
from bot.errors import BadInput, BenchFailed

OURS = Path(__file__).parents[2]
SCRIPTS = Path(__file__).with_name("scripts")
KIB_IN_MIB = 1024
ENDING_SHOWN = 400  # characters of what a program said last


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What a turn cost: processor and wall time from the start of the process to its end, all its children included,
    and the largest memory that one of them had. said: what it printed.
    """

    processor_s: float
    wall_s: float
    memory_mib: float
    said: str

    @property
    def found(self) -> dict[str, Any]:
        """The last line that it printed, as JSON."""
        found: dict[str, Any] = json.loads(self.said.strip().splitlines()[-1])
        return found


@dataclass(frozen=True)
class Versions:
    """Whose turns are taken: folders with the source of this version, and of another one if there is one."""

    now: Path = OURS
    before: Path | None = None

    @classmethod
    def beside(cls, folder: Path | None) -> Self:
        """Ours and another. Raises BadInput if there is no version in that folder."""
        if folder is not None and not (folder / "bot" / "__main__.py").is_file():
            raise BadInput(reason="not_a_version", path=folder)
        return cls(before=folder and folder.resolve())

    def in_turn(self, number: int, turns: Turns) -> Iterator[tuple[Path, list[Turn]]]:
        """Who takes the turns of a round, and what its turn is put behind; the other goes first in every second one."""
        both = [(self.now, turns.now)]
        if self.before is not None:
            both.append((self.before, turns.before))
        yield from both[::-1] if number % 2 else both


@dataclass(frozen=True)
class Turns:
    """What the turns of all rounds cost so far; of `before` none without another version."""

    now: list[Turn] = field(default_factory=list)
    before: list[Turn] = field(default_factory=list)

    def figure(self, name: str, unit: str, of: Callable[[Turn], float]) -> Figure:
        """One number of each turn."""
        return Figure(name=name, unit=unit, now=tuple(map(of, self.now)), before=tuple(map(of, self.before)))


def take_turn(version: Path, arguments: Sequence[str], **settings: str) -> Turn:
    """Run Python with these arguments in a folder of its own. settings: names without NOTABOT_, in small letters.

    Raises BenchFailed with the end of what it said, if it fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        said, complained, used = (Path(folder) / name for name in ("said", "complained", "used"))
        counting = [sys.executable, "-I", "-S", str(SCRIPTS / "counted.py"), str(used)]
        command = [*counting, sys.executable, "-P", "-W", "ignore", *arguments]
        with said.open("wb") as out, complained.open("wb") as errors:
            process = subprocess.Popen(  # noqa: S603
                command,
                cwd=folder,
                env=_environment(version, folder, settings),
                stdout=out,
                stderr=errors,
                start_new_session=True,
            )
            try:
                code = process.wait()
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise
        if code:
            ending = complained.read_text(errors="replace").strip()[-ENDING_SHOWN:]
            raise BenchFailed(version=version, ending=ending or said.read_text(errors="replace")[-ENDING_SHOWN:])
        cost = json.loads(used.read_text(encoding="ascii"))
        return Turn(
            processor_s=cost["processor_s"],
            wall_s=cost["wall_s"],
            memory_mib=cost["memory_kib"] / KIB_IN_MIB,
            said=said.read_text(),
        )


def run_script(version: Path, name: str, *arguments: object, **settings: str) -> Turn:
    """A turn of one of our scripts, which a version need not have itself."""
    return take_turn(version, [str(SCRIPTS / f"{name}.py"), *map(str, arguments)], **settings)


def _environment(version: Path, folder: str, settings: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the person's own settings: both are to do the same."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NOTABOT_")}
    named = {f"NOTABOT_{name.upper()}": value for name, value in settings.items()}
    return {**kept, "NOTABOT_DATA_DIR": folder, **named, "PYTHONPATH": str(version)}
