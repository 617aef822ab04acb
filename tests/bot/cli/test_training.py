"""`notabot train prepare` and `finetune`, and the styles that own weights bring along."""

import json
from pathlib import Path

import pytest

from bot.cli.guard import EXIT_DONE, EXIT_FIXABLE, run
from bot.cli.options import complete_style_words
from generator.catalogue.own_styles import NO_OPENINGS, OwnStyles, entries_of, save_own_styles
from tests.generator.training.conftest import make_row


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    folder = tmp_path / "doe"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.abc").write_text(f"X:1\nT:Piece of {number * 'x'}z\n{make_row(number, bars=12)['abc']}")
    return folder


def test_a_folder_becomes_a_corpus_and_a_report(scores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = scores.parent / "doe.jsonl.xz"
    options = ["--licence", "CC0", "--composer", "Doe, Jane", "--period", "Romantic", "--instrumentation", "Keyboard"]
    assert run(["train", "prepare", str(scores), "--out", str(out), *options]) == EXIT_DONE
    told = capsys.readouterr().out
    assert "3 of 3 files read, 3 pieces of 3 works: 2 to train on, 1 held out" in told
    assert "3  Doe, Jane / Keyboard (Romantic)" in told
    assert out.exists()
    assert json.loads((scores.parent / "doe.report.json").read_text())["files"] == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "prepare", "{scores}", "--out", "{scores}.jsonl"], "Say --licence"),
        (
            ["train", "prepare", "{scores}", "--out", "{scores}.jsonl", "--licence", "CC0", "--period", "x"],
            "Choose from",
        ),
        (["train", "prepare", "{scores}/no", "--out", "{scores}.jsonl", "--licence", "CC0"], "There is no folder"),
        (["train", "finetune", "nowhere.jsonl", "{scores}/run"], "There is no corpus at nowhere.jsonl"),
        (["train", "finetune", "nowhere.jsonl", "{scores}/run", "--set", "x"], "NAME=VALUE"),
        (["train", "nowhere.jsonl", "{scores}/run"], "There is no corpus at nowhere.jsonl"),
        (["train", "--new", "nowhere.jsonl", "{scores}/run"], "There is no corpus at nowhere.jsonl"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    scores: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert run([argument.format(scores=scores) for argument in arguments]) == EXIT_FIXABLE
    told = capsys.readouterr().err
    assert sentence in told
    assert "Traceback" not in told


@pytest.fixture
def own_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    weights = tmp_path / "mine.safetensors"
    save_own_styles(OwnStyles(entries_of([("Romantic", "Zelazny, Eva", "Guitar")]), NO_OPENINGS), weights)
    monkeypatch.setenv("NOTABOT_WEIGHTS", str(weights))
    return weights


def test_own_styles_are_listed_and_completed(own_weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["styles", "zelazny", "--json"]) == EXIT_DONE
    assert json.loads(capsys.readouterr().out)[0]["composer"] == "Zelazny, Eva"
    assert complete_style_words([], "zel") == ["zelazny", "zelenski"]


def test_broken_styles_are_one_sentence_and_do_not_stop_completion(
    own_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own_weights.with_name("mine.styles.json").write_text("{")
    assert run(["styles"]) == EXIT_FIXABLE
    assert "Correct the file, or take it away" in capsys.readouterr().err
    assert complete_style_words([], "zel") == ["zelenski"]
