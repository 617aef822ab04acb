"""How somebody's pieces of a style are to be sampled, as they found by `/sweep`: how that is named, kept and told of.

For the commands of a terminal they stand in a file beside what the program keeps for itself; a chat's stand with its
people (`bot.store.people`). What cannot be read there counts as not chosen.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.errors import CannotWrite
from generator.catalogue.style import Style
from generator.errors import BadRequest
from generator.model.patches import VOCABULARY
from generator.model.sampling_settings import Sampling
from generator.wishes.asked import Note

SHOWN = ("temperature", "top_p", "top_k")
FILE = "presets.json"

Preset = Mapping[str, float]


def preset_key(style: Style) -> str:
    """The name of a style's preset."""
    return "|".join((style.period, style.composer, style.instrumentation))


def style_of(key: str) -> Style:
    """The style of a preset with this name, bare."""
    return Style(*[*key.split("|"), "", "", ""][:3])


def preset_note(values: Preset) -> Note:
    """What is told with a piece that is composed so."""
    return Note("preset", "", " ".join(f"{values[name] or VOCABULARY:g}" for name in SHOWN))


def sampling_of(values: Mapping[str, Any]) -> Sampling:
    """As a record has it. Raises KeyError, BadRequest."""
    return Sampling(**{name: values[name] for name in ("temperature", "top_k", "top_p", "guidance") if name in values})


def load_presets(folder: Path) -> dict[str, Preset]:
    """Those in the folder, by name."""
    with suppress(OSError, ValueError):
        written = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if isinstance(written, dict):
            return {key: values for key, values in written.items() if _is_right(values)}
    return {}


def keep_preset(folder: Path, key: str, values: Preset | None) -> None:
    """Keep it, None to forget it. Raises CannotWrite."""
    kept = {name: preset for name, preset in load_presets(folder).items() if name != key}
    if values is not None:
        kept[key] = dict(values)
    path = folder / FILE
    beside = path.with_suffix(".new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8") as file:
            json.dump(kept, file, ensure_ascii=False, indent=2)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise CannotWrite(reason="failed", place=path, why=error.strerror or "?") from error


def _is_right(values: object) -> bool:
    try:
        return isinstance(values, dict) and set(SHOWN) <= set(values) and bool(sampling_of(values))
    except (BadRequest, TypeError):
        return False
