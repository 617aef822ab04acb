"""`notabot train ship`: every file that ships has a command that makes it."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli.guard import EXIT_DONE, EXIT_FIXABLE, run
from tests.generator.evaluation.test_card import figures  # noqa: F401  (a fixture)
from tests.generator.training.conftest import make_row, write_corpus


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    rows = [make_row(number, bars=12) for number in range(3)] + [make_row(3, split="held-out")]
    return write_corpus(tmp_path / "tunes.jsonl", rows)


def test_openings_and_humans_are_written_where_they_are_wanted(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("openings", "humans"):
        out = tmp_path / f"{name}.json"
        assert run(["train", "ship", name, str(corpus), "--out", str(out)]) == EXIT_DONE
        assert json.loads(out.read_text("utf-8"))
        assert str(out) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["openings", "{}/no.jsonl", "--out", "{}/x"], "There is no corpus at"),
        (["originality", "{}/tunes.jsonl", "--out", "{}/x"], "has too few pieces"),
        (["card", "{}/no.json", "--out", "{}/x"], "cannot be read"),
        (["card", "{}/tunes.jsonl", "--out", "{}/x"], "does not hold the figures"),
        (["presets", "{}/tunes.jsonl", "--rounds", "2:x"], "PIECES:SETTINGS"),
        (["presets", "{}/tunes.jsonl", "--top-ps", "0.9;1"], "numbers with commas"),
        (["presets", "{}/tunes.jsonl", "--folder", "{}"], "no piece in any style"),
    ],
)
def test_what_cannot_be_made_is_one_sentence_and_leaves_no_file(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert run(["train", "ship", *(argument.format(tmp_path) for argument in arguments)]) == EXIT_FIXABLE
    told = capsys.readouterr().err
    assert sentence in told
    assert "Traceback" not in told
    assert not (tmp_path / "x").exists()


def test_the_card_is_written_from_figures(tmp_path: Path, figures: dict[str, Any]) -> None:  # noqa: F811
    (tmp_path / "figures.json").write_text(json.dumps(figures), encoding="utf-8")
    out = tmp_path / "README.md"
    assert run(["train", "ship", "card", str(tmp_path / "figures.json"), "--out", str(out)]) == EXIT_DONE
    assert "bits per character" in out.read_text("utf-8")
