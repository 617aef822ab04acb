"""A corpus that stands already is mended, and its rows stay the rows that they were."""

import json
from pathlib import Path

import pytest

from generator.training.corpus import load_rows
from generator.training.errors import CorpusError
from generator.training.prepare.mending import MENDINGS
from generator.training.prepare.ready import mend_corpus
from generator.training.prepare.writing import report_path
from tests.generator.training.conftest import make_row, write_corpus
from tests.refusals import refuses

FLAGGED = "L:1/8\nM:2/4\nK:C\nV:1 treble\n[V:1]C D E F|\n[V:1]C4|\n"


@pytest.mark.parametrize("workers", [1])
def test_rows_keep_their_fields_their_order_and_their_side_of_the_split(tmp_path: Path, workers: int) -> None:
    rows = [
        {**make_row(0), "abc": FLAGGED, "id": "a", "corpus": "mine", "aligned": True},
        {**make_row(1, split="held-out"), "abc": "no tune", "id": "b"},
    ]
    out = tmp_path / "mended.jsonl.xz"
    report = mend_corpus(write_corpus(tmp_path / "ready.jsonl", rows), out, workers=workers)
    assert list(load_rows(out)) == [{**rows[0], "abc": FLAGGED.replace("C D E F", "CDEF")}, rows[1]]
    assert report.touched == {"beams by the metre": 1}
    assert report.by_corpus["mine"] == {"beams by the metre": 1}
    assert report.unreadable == ("b",)
    assert json.loads(report_path(out).read_text())["pieces"] == 2
    assert all(any(name in line for line in report.lines()) for name in MENDINGS)


def test_a_corpus_is_not_written_over_itself(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "ready.jsonl", [make_row(0)])
    before = corpus.read_bytes()
    with refuses(CorpusError, match="written over"):
        mend_corpus(corpus, corpus)
    assert corpus.read_bytes() == before
