"""What a batch is to make, read from TOML and checked before anything is made.

    out = "night"              # folder; pause_s, formats and any setting of a piece may stand here, for all of them

    [[pieces]]
    words = "chopin keyboard, a sad waltz"
    count = 100

Promises: the same file means the same pieces with the same seeds and ids, so a batch can be taken up again; an entry
that was changed is another one. Every mistake is said with the place of it. Not covered: making them (`bot.cli.batch`).
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.errors import BadInput
from bot.making.compose import Compose
from bot.texts import explain
from config.errors import NotabotError
from generator.catalogue.catalogue import Catalogue
from generator.notation.keys import parse_key
from generator.notation.limits import parse_metre
from generator.planning.chords import parse_progression
from generator.planning.form import parse_form
from generator.request import MAX_BARS, SAMPLED_SEEDS, Request, sampling_for
from generator.wishes.asked import options_of
from generator.wishes.door import wishes_for

MOST_PIECES = 10_000
USUAL_BARS = 16
USUAL_PAUSE_S = 2.0
LONGEST_PAUSE_S = 86_400.0
ID_CHARS = 10

_READ = {"key": parse_key, "metre": parse_metre, "form": parse_form, "chords": parse_progression}
_SAMPLED: dict[str, type] = {"temperature": float, "top_k": int, "top_p": float, "guidance": float}
OF_A_PIECE: dict[str, type] = {
    "words": str,
    "count": int,
    "seed": int,
    "bars": int,
    "tempo": int,
    "candidates": int,
    "temperament": str,
    **dict.fromkeys(_READ, str),
    **_SAMPLED,
}
OF_ALL: dict[str, type] = {"out": str, "pause_s": float, "formats": list, "pieces": list}
NAMED = {str: "text", int: "number", float: "decimal", list: "list"}


@dataclass(frozen=True, kw_only=True)
class Item:
    """One piece. id: the same whenever the file is read; number: counted from 1; words: as they stand in the file."""

    id: str
    number: int
    words: str
    task: Compose


@dataclass(frozen=True, kw_only=True)
class Plan:
    """out: a folder, None for the usual one; formats: names, none for all."""

    items: tuple[Item, ...]
    pause_s: float = USUAL_PAUSE_S
    out: Path | None = None
    formats: tuple[str, ...] = ()


def read_plan(path: Path, catalogue: Catalogue) -> Plan:
    """Raises BadInput."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadInput(reason="no_such_file", file=path) from error
    except OSError as error:
        raise BadInput(reason="unreadable", file=path, why=error.strerror or "?") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(reason="batch_toml", file=path, why=error) from error
    return parse_plan(written, catalogue, file=path)


def parse_plan(written: Mapping[str, Any], catalogue: Catalogue, *, file: Path) -> Plan:
    """file: for what is said about mistakes. Raises BadInput."""
    for_all = {name: value for name, value in written.items() if name in OF_A_PIECE and name not in ("words", "count")}
    _check({name: value for name, value in written.items() if name not in for_all}, OF_ALL, file=file, where="–")
    entries = written.get("pieces") or []
    if not entries or not all(isinstance(entry, dict) for entry in entries):
        raise BadInput(reason="batch_empty", file=file)
    items: list[Item] = []
    alike: Counter[str] = Counter()
    for place, entry in enumerate(entries, 1):
        whole = for_all | entry
        but_count = {name: value for name, value in whole.items() if name != "count"}
        fixed = json.dumps(but_count, sort_keys=True, default=str)
        mark = _hashed(f"{alike[fixed]} {fixed}")
        alike[fixed] += 1
        items += _items(whole, catalogue, file=file, place=place, first=len(items) + 1, mark=mark)
        if len(items) > MOST_PIECES:
            raise BadInput(reason="batch_many", file=file, limit=MOST_PIECES)
    pause_s = float(written.get("pause_s", USUAL_PAUSE_S))
    if not 0 <= pause_s <= LONGEST_PAUSE_S:
        raise BadInput(reason="batch_pause", file=file, value=pause_s, limit=int(LONGEST_PAUSE_S))
    out = Path(written["out"]).expanduser() if written.get("out") else None
    return Plan(items=tuple(items), pause_s=pause_s, out=out, formats=tuple(map(str, written.get("formats", ()))))


def _items(
    entry: Mapping[str, Any], catalogue: Catalogue, *, file: Path, place: int, first: int, mark: str
) -> Iterator[Item]:
    """mark: of the entry, whatever its count; so a larger count goes on, and other entries beside it change nothing."""
    _check(entry, OF_A_PIECE, file=file, where=str(place))
    words, count = str(entry.get("words", "")).strip(), entry.get("count", 1)
    if not words:
        raise BadInput(reason="batch_words", file=file, where=place)
    if not 1 <= count <= MOST_PIECES:
        raise BadInput(reason="batch_count", file=file, where=place, value=count, limit=MOST_PIECES)
    seed = entry.get("seed", int(mark[:12], 16) % SAMPLED_SEEDS)
    try:
        task = _task(words, entry, catalogue, seed=seed)
        for number in range(count):
            named = _hashed(f"{mark} {number}")[:ID_CHARS]
            its = replace(task, request=replace(task.request, seed=seed + number))
            yield Item(id=named, number=first + number, words=words, task=its)
    except NotabotError as error:
        raise BadInput(reason="batch_piece", file=file, where=place, sentence=explain(error) or error) from error


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _task(words: str, entry: Mapping[str, Any], catalogue: Catalogue, *, seed: int) -> Compose:
    wishes = wishes_for(words, catalogue)
    assert wishes.style is not None, "a request has a style"
    given = {name: read(entry[name]) for name, read in _READ.items() if name in entry}
    given |= {name: entry[name] for name in ("bars", "tempo", "temperament") if name in entry}
    asked = options_of(wishes, catalogue, given=given, seed=seed, most_bars=MAX_BARS)
    temperament = asked.pop("temperament", None)
    sampled = {name: entry.get(name) for name in _SAMPLED}
    request = Request(
        style=wishes.style,
        players=wishes.players,
        seed=seed,
        bars=asked.pop("bars", USUAL_BARS),
        candidates=entry.get("candidates"),
        sampling=sampling_for(catalogue, wishes.style, temperament=temperament, **sampled),
        **asked,
    )
    return Compose(request=request, guidance_asked=bool(entry.get("guidance")), genre=wishes.genre)


def _check(entry: Mapping[str, Any], known: Mapping[str, type], *, file: Path, where: str) -> None:
    """Names and kinds of values. Raises BadInput."""
    for name, value in entry.items():
        kind = known.get(name)
        if kind is None:
            names = ", ".join(sorted({*known, *OF_A_PIECE} - {"pieces"}))
            raise BadInput(reason="batch_name", file=file, where=where, name=name, names=names)
        fits = type(value) is kind or (kind is float and type(value) is int)
        if not fits:
            raise BadInput(reason="batch_value", file=file, where=where, name=name, kind=NAMED[kind], value=value)
