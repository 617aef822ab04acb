"""What FILE_OR_ID means: a piece of ours by its id or any of its files, or a file of notation from elsewhere.

Not covered: what is done with it, and files of notation in other formats than ABC (`loading.py`).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.loading import load_abc, load_score
from bot.errors import BadInput
from bot.making.reading import with_all_rests
from renderers.formats import ABC, without_ending
from renderers.score.files import ENDINGS, ScoreFile

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from bot.making.workshop import Source

FILE_OR_ID = (
    "An ABC file, the .json or another file of a piece beside its .abc, or the id of a piece in the folder of --out."
)
MUSIC_OR_ID = (
    "A file of notation (ABC, MusicXML, MEI, humdrum, MIDI), any file of a piece, or the id of a piece in the folder "
    "of --out."
)
Record = dict[str, Any]
_ID = re.compile(r"#?([0-9a-z]{1,20})", re.ASCII)


def find_source(named: str, folder: Path) -> Source:
    """The piece that is meant: a file of it, an ABC file, or an id of a piece in the folder. Raises BadInput."""
    from bot.making.workshop import Source

    path = Path(named) if Path(named).exists() else _by_id(named, folder)
    if not path.is_dir() and path.suffix.lower() != ABC.ending:
        path = _abc_beside(path)
    record = _record(path.with_suffix(".json"))
    return Source(
        id=str(record.get("id") or path.name), name=path.stem, abc=with_all_rests(load_abc(path)), record=record
    )


def find_file(named: str, folder: Path) -> Path:
    """The file that is named, if it is notation; else the ABC of the piece that it, or the id, belongs to.

    Raises BadInput.
    """
    path = Path(named)
    is_file = path.exists() or path.suffix or len(path.parts) > 1
    path = path if is_file else _by_id(named, folder)
    if path.is_file() and path.suffix.lower() not in ENDINGS and record_of(path):
        return _abc_beside(path)
    return path


def _by_id(named: str, folder: Path) -> Path:
    """The `.abc` or, where it is missing, the `.json` of the piece with this id."""
    found = _ID.fullmatch(named.strip().lower())
    if found is None:
        raise BadInput(reason="no_such_file", file=named)
    for ending in (ABC.ending, ".json"):
        files = sorted(folder.glob(f"*_{found[1]}{ending}"))
        if files:
            return files[-1]
    raise BadInput(reason="no_such_piece", id=found[1], folder=folder)


def _abc_beside(path: Path) -> Path:
    """The ABC of the piece that a file belongs to: every other format does as well."""
    beside = path.with_name(without_ending(path.name) + ABC.ending)
    if not beside.exists():
        raise BadInput(reason="no_abc_beside", file=path)
    return beside


def records_in(folder: Path) -> dict[str, Record]:
    """What is known about all pieces in the folder, by id, the oldest first."""
    found = [record for path in folder.glob("*.json") if (record := _record(path)).get("id") and record.get("name")]
    found.sort(key=lambda record: (str(record.get("made") or ""), str(record["id"])))
    return {str(record["id"]): record for record in found}


def record_of(path: Path) -> Record:
    """What is known about the piece that a file belongs to; nothing for a file that stands alone."""
    return _record(path.with_name(without_ending(path.name) + ".json"))


def _record(path: Path) -> Record:
    """What is known about the piece; nothing for a file that stands alone."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) and "name" in record else {}


def find_music(named: str, folder: Path) -> tuple[Source, ScoreFile | None]:
    """The same, or a file of notation in any format, which is handed over as it is. Raises BadInput, InputRefused."""
    from bot.making.workshop import Source

    path = Path(named)
    is_ours = not path.exists() or path.is_dir() or path.with_name(without_ending(path.name) + ".json").exists()
    if is_ours or path.suffix.lower() == ABC.ending:
        return find_source(named, folder), None
    score = load_score(path)
    abc, file = (score, None) if isinstance(score, str) else ("", score)
    return Source(id=path.name, name=path.stem, abc=abc, record={}), file
