"""The rows of a corpus that stands already, mended: what `notabot train prepare` does with a `.jsonl` or `.jsonl.xz`.

Promises: rows come out in the order in which they went in, with all their fields, on the side of the split that they
were on; only `abc`, `metre`, `key`, `bars` and `aligned` may change. The corpus is written whole or not at all.
Not covered: duplicates, labels and the split, which whoever made the corpus has settled.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from generator.errors import NotationError
from generator.notation import parse_tune
from generator.training.corpus import Row, load_rows
from generator.training.errors import CorpusError
from generator.training.prepare.cleaning import is_aligned
from generator.training.prepare.mending import MENDINGS, mend
from generator.training.prepare.writing import check_out, report_path, write_corpus, write_whole

AT_A_TIME = 16  # rows that a process takes at once


@dataclass(frozen=True, kw_only=True)
class MendingReport:
    """Counts are pieces. touched: by mending; by_corpus: the same for each corpus; unreadable: stay as they are."""

    pieces: int
    touched: Mapping[str, int]
    by_corpus: Mapping[str, Mapping[str, int]]
    newly_aligned: int
    unreadable: tuple[str, ...]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def lines(self) -> list[str]:
        """For a person to read."""
        return [
            f"{self.pieces} pieces, {self.newly_aligned} more than before have voices that are equally long",
            *(f"  {self.touched.get(name, 0):>5}  {name}" for name in MENDINGS),
            *(f"  unreadable, left as it is: {name}" for name in self.unreadable),
        ]


@dataclass(frozen=True)
class _Done:
    """A row and the names of what was mended about it; readable: whether it could be looked at."""

    row: Row
    touched: tuple[str, ...]
    readable: bool = True


def mend_corpus(
    corpus: Path, out: Path, *, workers: int = 1, progress: Callable[[int, int], None] = lambda _done, _rows: None
) -> MendingReport:
    """Write the mended rows of a corpus to `out`, and the report beside it.

    workers: processes side by side. progress: called with the rows done and the rows in all. Raises CorpusError.
    """
    started = time.monotonic()
    check_out(out)
    if out.exists() and out.samefile(corpus):
        raise CorpusError(reason="onto_itself", path=out)
    rows = list(load_rows(corpus))
    done = []
    for number, one in enumerate(_mend_all(rows, workers), start=1):
        done.append(one)
        progress(number, len(rows))
    write_corpus([one.row for one in done], out)
    report = MendingReport(
        pieces=len(done),
        touched=dict(Counter(name for one in done for name in one.touched)),
        by_corpus=_by_corpus(done),
        newly_aligned=sum(
            bool(one.row.get("aligned")) - bool(row.get("aligned")) for one, row in zip(done, rows, strict=True)
        ),
        unreadable=tuple(_name(one.row) for one in done if not one.readable),
        seconds=round(time.monotonic() - started, 1),
    )
    write_whole(report_path(out), json.dumps(report.to_json(), indent=1, ensure_ascii=False).encode() + b"\n")
    return report


def _mend_all(rows: Sequence[Row], workers: int) -> Iterator[_Done]:
    with ExitStack() as stack:
        if workers == 1:
            yield from map(mend_row, rows)
            return
        pool = stack.enter_context(ProcessPoolExecutor(workers, mp_context=get_context("spawn")))
        yield from pool.map(mend_row, rows, chunksize=AT_A_TIME)


def mend_row(row: Row) -> _Done:
    """A row with its music in good order; one that cannot be read stays as it is."""
    try:
        mended = mend(parse_tune(row["abc"]))
    except NotationError:
        return _Done(row, (), readable=False)
    if not mended.touched:
        return _Done(row, ())
    header = mended.tune.header
    changed = {"abc": str(mended.tune), "bars": len(mended.tune.bars), "aligned": is_aligned(mended.tune)}
    said = {"metre": header.field("M") or "none", "key": header.key}
    return _Done({**row, **{name: value for name, value in {**said, **changed}.items() if name in row}}, mended.touched)


def _by_corpus(done: Sequence[_Done]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for one in done:
        counts.setdefault(str(one.row.get("corpus", "")), Counter()).update(one.touched)
    return {name: dict(count) for name, count in sorted(counts.items())}


def _name(row: Row) -> str:
    return str(row.get("id") or row.get("title") or row["work"])
