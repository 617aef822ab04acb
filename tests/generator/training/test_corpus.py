import json
import lzma
from pathlib import Path

import pytest

from generator.model.patches import BOS_PATCH, EOS_PATCH, decode_patch
from generator.training.corpus import encode_tune, load_corpus, prompt_lines, sort_rows
from generator.training.errors import CorpusError
from tests.generator.training.conftest import make_row, write_corpus
from tests.refusals import refuses


def test_rows_are_sorted_into_train_and_held_out(corpus_file: Path) -> None:
    corpus = load_corpus(corpus_file)
    assert (len(corpus.train), len(corpus.held_out), corpus.left_out) == (10, 3, {})
    assert corpus.sources() == [("us/tunes@abc123", "CC0-1.0", 10)]


def test_a_compressed_corpus_is_read_the_same(corpus_file: Path, tmp_path: Path) -> None:
    packed = tmp_path / "tunes.jsonl.xz"
    packed.write_bytes(lzma.compress(corpus_file.read_bytes()))
    assert load_corpus(packed) == load_corpus(corpus_file)


def test_what_cannot_be_used_is_left_out_and_counted(tmp_path: Path, rows: list[dict[str, object]]) -> None:
    odd = [make_row(20), make_row(21), make_row(22), make_row(23), make_row(24, split="held-out")]
    odd[0]["abc"] = odd[0]["abc"].replace("Piano", "Flügel")
    odd[1]["aligned"] = False
    odd[2]["abc"] = "L:1/8\nK:C\n"
    odd[3]["split"] = "validation"
    odd[4]["aligned"] = False  # stays: all held-out pieces are judged
    corpus = load_corpus(write_corpus(tmp_path / "odd.jsonl", rows + odd))
    assert (len(corpus.train), len(corpus.held_out)) == (10, 4)
    assert corpus.left_out == {
        "not plain ASCII": 1,
        "voices not equally long": 1,
        "no tune body": 1,
        "split is neither train nor held-out": 1,
    }


def test_a_work_on_both_sides_is_refused_by_name(tmp_path: Path) -> None:
    rows = [make_row(1), make_row(2), make_row(3, split="held-out")]
    rows[2]["work"] = rows[0]["work"]
    with refuses(CorpusError, match="work 1"):
        load_corpus(write_corpus(tmp_path / "leaky.jsonl", rows))


def test_a_missing_corpus_is_one_clear_error(tmp_path: Path) -> None:
    with refuses(CorpusError, match="There is no corpus"):
        load_corpus(tmp_path / "nowhere.jsonl.xz")


@pytest.mark.parametrize("split", ["train", "held-out"])
def test_a_corpus_with_one_side_only_is_refused(tmp_path: Path, split: str) -> None:
    with pytest.raises(CorpusError):
        load_corpus(write_corpus(tmp_path / "half.jsonl", [make_row(1, split=split)]))


@pytest.mark.parametrize("line", [b"not json\n", b"[]\n", b'{"abc": "x"}\n', b"\xff\xfe\n"])
def test_a_broken_line_is_one_clear_error(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_bytes(json.dumps(make_row(1)).encode() + b"\n" + line)
    with refuses(CorpusError, match="after line 1"):
        load_corpus(path)


def test_a_truncated_archive_is_one_clear_error(tmp_path: Path, corpus_file: Path) -> None:
    path = tmp_path / "cut.jsonl.xz"
    path.write_bytes(lzma.compress(corpus_file.read_bytes())[:-40])
    with refuses(CorpusError, match="cannot be read"):
        load_corpus(path)


def test_a_window_begins_with_prompt_and_header_and_counts_its_bars() -> None:
    row = make_row(1, bars=3)
    tune = encode_tune(prompt_lines(row), row["abc"])
    window = tune.window(0, 1000)
    assert tuple(window[0]) == BOS_PATCH
    assert tuple(window[-1]) == EOS_PATCH
    text = "".join(map(decode_patch, window[1:-1]))
    assert text.startswith("%Romantic\n%Nobody, Known\n%Keyboard\n%%score")
    assert [line.split("]")[0] for line in text.splitlines() if line.startswith("[r")] == ["[r:0/2", "[r:1/1", "[r:2/0"]
    assert "[r:0/2]" not in "".join(map(decode_patch, tune.window(1, 1000)))


@pytest.mark.parametrize(("licence", "kept"), [("CC0-1.0", 2), ("CC BY-NC 4.0", 1)])
def test_what_ships_learns_only_from_scores_that_everybody_may_use(licence: str, kept: int) -> None:
    rows = [make_row(1), make_row(2) | {"licence": licence}, make_row(3, split="held-out") | {"licence": licence}]
    corpus = sort_rows(rows)
    assert (len(corpus.train), len(corpus.held_out)) == (kept, 1)
    assert len(sort_rows(rows, any_licence=True).train) == 2
    assert sort_rows(rows, any_licence=True).private == (kept == 1)
