"""The styles that somebody's own weights know: a file beside the weights, `mine.safetensors` → `mine.styles.json`.

It holds "composers", entries as in `config/styles.toml` with the instrumentations under "own", and "openings", as in
`config/openings.json`. A person may add names in other languages (`"names": {"zh": [...]}`) and
aliases to it.
Promises: weights without such a file have no styles of their own; a file that is not such is refused with a sentence.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.files import load_toml
from generator.catalogue.openings import merge_openings
from generator.errors import CheckpointError

ENDING = ".styles.json"
NO_OPENINGS: Mapping[str, Any] = {"styles": {}, "families": {}, "tempos": {}, "layouts": []}


@dataclass(frozen=True)
class OwnStyles:
    """Composers with their instrumentations, and how pieces of these styles open."""

    composers: tuple[Mapping[str, Any], ...] = ()
    openings: Mapping[str, Any] = field(default_factory=lambda: NO_OPENINGS)

    def with_more(self, other: OwnStyles) -> OwnStyles:
        """Both; where a style is in both, the other's opening counts."""
        merged: dict[tuple[str, str], dict[str, Any]] = {}
        for entry in (*self.composers, *other.composers):
            known = merged.setdefault((entry["period"], entry["name"]), {})
            own = dict.fromkeys((*known.get("own", ()), *entry["own"]))
            known.update(entry, own=list(own))
        return OwnStyles(tuple(merged.values()), merge_openings(self.openings, other.openings))


def path_beside(weights: Path) -> Path:
    """Where the styles of weights are kept."""
    return weights.with_name(weights.stem + ENDING)


def load_own_styles(weights: Path | None) -> OwnStyles:
    """The styles beside the weights, none if there is no such file. Raises CheckpointError if it is none of ours."""
    path = path_beside(weights) if weights is not None else None
    if path is None or not path.is_file():
        return OwnStyles()
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
        own = OwnStyles(tuple(loaded["composers"]), {**NO_OPENINGS, **loaded["openings"]})
        _check(own)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(reason="styles_unreadable", path=path, why=error) from error
    return own


def _check(own: OwnStyles) -> None:
    """Raises ValueError for an entry without its names, and for an instrumentation that there is not."""
    known = {entry["name"] for entry in load_toml("words.toml")["instrumentations"]}
    for entry in own.composers:
        names = [name for several in entry.get("names", {}).values() for name in several]
        texts = (entry["name"], entry["period"], *entry["own"], *names, *entry.get("aliases", ()))
        if not all(isinstance(text, str) and text.strip() for text in texts):
            raise ValueError("a name is no text")
        if not all(isinstance(several, list) and several for several in entry.get("names", {}).values()):
            raise ValueError("the names in a language are no list")
        if unknown := set(entry["own"]) - known:
            raise ValueError(f"there is no instrumentation {min(unknown)}")
    if not all(isinstance(own.openings[name], type(empty)) for name, empty in NO_OPENINGS.items()):
        raise ValueError("the openings are not as in config/openings.json")
    merge_openings(NO_OPENINGS, own.openings)


def save_own_styles(own: OwnStyles, weights: Path) -> Path:
    """Write the styles beside the weights, all or nothing. Raises CheckpointError."""
    path = path_beside(weights)
    part = path.with_name(path.name + ".part")
    text = json.dumps({"composers": list(own.composers), "openings": own.openings}, ensure_ascii=False, indent=1)
    try:
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise CheckpointError(reason="not_written", path=path, why=error) from error
    return path


def entries_of(styles: Iterable[tuple[str, str, str]]) -> tuple[dict[str, Any], ...]:
    """Composers' entries of triples of period, composer and instrumentation."""
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    for period, composer, instrumentation in styles:
        entry = entries.setdefault((period, composer), {"name": composer, "period": period, "own": []})
        if instrumentation not in entry["own"]:
            entry["own"].append(instrumentation)
    return tuple(entries.values())
