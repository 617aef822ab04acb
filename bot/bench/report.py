"""What was measured, part by part, in one file: a part that is measured again takes the place of what stood there."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.errors import BadInput, CannotWrite

Parts = dict[str, Any]


class Report:
    """The file of a bench, or nothing but what is measured now where no file is named."""

    def __init__(self, path: Path | None) -> None:
        """Raises BadInput for a file that is none of ours, CannotWrite where there can be none."""
        self._path = path
        self.parts: Parts = _read(path) if path is not None and path.exists() else {}
        if path is not None:
            _make_room(path)

    def add(self, part: str, figures: object) -> None:
        """Put it among the others, and write all."""
        when = datetime.now().astimezone().isoformat(timespec="minutes")
        self.parts[part] = {"measured": when, "machine": machine(), "figures": figures}
        if self._path is not None:
            try:
                self._path.write_text(json.dumps(self.parts, indent=1) + "\n", encoding="utf-8")
            except OSError as error:
                raise _cannot_write(self._path, error) from error


def machine() -> dict[str, Any]:
    """What has to be known of the machine to read the figures. load: how many programs wanted to compute."""
    return {
        "processors": os.cpu_count(),
        "processor": _processor(),
        "system": platform.system(),
        "load": round(os.getloadavg()[0], 1),
    }


def _processor() -> str:
    """Its name as the system has it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # only Linux has it
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _make_room(path: Path) -> None:
    """A folder that can be written to: measuring takes long, so this is known before."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> CannotWrite:
    return CannotWrite(reason="failed", place=path, why=error.strerror or type(error).__name__)


def _read(path: Path) -> Parts:
    try:
        parts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(reason="not_a_bench", file=path, why=str(error)) from error
    if not isinstance(parts, dict) or not all(isinstance(part, dict) and "figures" in part for part in parts.values()):
        raise BadInput(reason="not_a_bench", file=path, why="no figures")
    return parts
