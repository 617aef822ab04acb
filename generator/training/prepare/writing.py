"""Where a corpus and its report are written: whole, or not at all."""

import json
import lzma
from collections.abc import Iterable
from pathlib import Path

from generator.training.corpus import Row
from generator.training.errors import CorpusError

REPORT_ENDING = ".report.json"


def check_out(out: Path) -> None:
    """Refuse a name that is no corpus's and a folder that is not there. Raises CorpusError."""
    if not out.name.endswith((".jsonl", ".jsonl.xz")):
        raise CorpusError(reason="not_jsonl", name=out.name)
    if not out.parent.is_dir():
        raise CorpusError(reason="no_out_folder", folder=out.parent)


def report_path(out: Path) -> Path:
    """Where the report of a corpus lies: `mine.jsonl.xz` → `mine.report.json`."""
    return out.with_name(out.name.removesuffix(".xz").removesuffix(".jsonl") + REPORT_ENDING)


def write_corpus(rows: Iterable[Row], out: Path) -> None:
    """The rows as JSON, one a line, packed if the name ends in `.xz`. Raises CorpusError if they cannot be written."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    write_whole(out, lzma.compress(text) if out.suffix == ".xz" else text)


def write_whole(path: Path, content: bytes) -> None:
    """The file, all or nothing. Raises CorpusError."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise CorpusError(reason="not_written", path=path, why=error) from error
