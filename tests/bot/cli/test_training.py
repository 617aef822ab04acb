"""`notabot train prepare` and `finetune`, and the styles that own weights bring along."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.guard import EXIT_DONE, EXIT_FIXABLE, run
from bot.cli.options import complete_style_words
from generator.catalogue.own_styles import NO_OPENINGS, OwnStyles, entries_of, save_own_styles
from tests.generator.training.conftest import make_row, write_corpus
from tests.generator.training.test_commands import TINY


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


def test_a_corpus_that_stands_is_mended_and_its_labels_are_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus, out = write_corpus(tmp_path / "doe.jsonl", [make_row(0), make_row(1)]), tmp_path / "mended.jsonl"
    assert run(["train", "prepare", str(corpus), "--out", str(out)]) == EXIT_DONE
    assert "2 pieces" in capsys.readouterr().out
    assert [json.loads(line)["work"] for line in out.read_text().splitlines()] == ["work 0", "work 1"]
    assert run(["train", "prepare", str(corpus), "--out", str(out), "--licence", "CC0"]) == EXIT_FIXABLE
    assert "so --licence mean nothing here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "prepare", "{scores}", "--out", "{scores}.jsonl"], "Say --licence"),
        (
            ["train", "prepare", "{scores}", "--out", "{scores}.jsonl", "--licence", "CC0", "--period", "x"],
            "Choose from",
        ),
        (["train", "prepare", "{scores}/no", "--out", "{scores}.jsonl", "--licence", "CC0"], "There is no folder"),
        (["train", "prefer", "nowhere.jsonl", "{scores}/run"], "There are no votes at nowhere.jsonl"),
        (["train", "finetune", "nowhere.jsonl", "{scores}/run"], "There is no corpus at nowhere.jsonl"),
        (["train", "finetune", "nowhere.jsonl", "{scores}/run", "--set", "x"], "NAME=VALUE"),
        (["train", "pretrain", "nowhere.jsonl", "{scores}/run"], "There is no corpus at nowhere.jsonl"),
        (["train", "pretrain", "--new", "nowhere.jsonl", "{scores}/run"], "There is no corpus at nowhere.jsonl"),
        (["train", "export", "nowhere.pt", "x.safetensors"], "The checkpoint nowhere.pt cannot be read"),
        (["train", "export", "nowhere.pt", "x.safetensors", "--precision", "int4"], "Choose fp32, fp16 or int8"),
        (["train", "bits", "nowhere.pt", "nowhere.jsonl"], "There is no corpus at nowhere.jsonl"),
        (["train", "bits", "nowhere.pt", "nowhere.jsonl", "--compare", "x"], "NAME=FILE"),
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
def corpus(tmp_path: Path) -> Path:
    rows = [make_row(i) for i in range(10)] + [make_row(i, split="held-out") for i in range(10, 13)]
    return write_corpus(tmp_path / "tunes.jsonl", rows)


TINY_RUN = [f"--set={name}={json.dumps(value)}" for name, value in (TINY | {"budget_steps": 2}).items()]


def test_a_network_is_trained_in_sittings_exported_and_measured(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, weights, out = tmp_path / "run", tmp_path / "x.safetensors", tmp_path / "figures.json"
    train = ["train", "pretrain", str(corpus), str(folder), "--threads=1", "--json", *TINY_RUN]
    ends = []
    for sitting in ("0", "1000"):
        assert run([*train, "--stop-after-s", sitting]) == EXIT_DONE
        ends.append(json.loads(capsys.readouterr().out))
    assert [(end["finished"], end["resumed"]) for end in ends] == [(False, False), (True, True)]
    assert run(["train", "export", str(folder / "checkpoint.pt"), str(weights), "--precision=fp16"]) == EXIT_DONE
    again = ["train", "pretrain", str(corpus), str(tmp_path / "again"), "--threads=1", *TINY_RUN]
    assert run([*again, "--start", str(weights)]) == EXIT_DONE
    capsys.readouterr()
    measure = ["train", "bits", str(weights), str(corpus), "--no-baselines", "--out", str(out), "--threads=1"]
    assert run([*measure, "--json"]) == EXIT_DONE
    assert json.loads(out.read_text()) == json.loads(capsys.readouterr().out)
    assert run(measure) == EXIT_DONE
    assert "bits per character" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["train", "network", "nowhere.jsonl", "run"], "notabot train pretrain"),
        (["train", "nowhere.jsonl", "run"], "notabot train pretrain CORPUS FOLDER"),
        (["train", "--new", "nowhere.jsonl", "run"], "notabot train pretrain CORPUS FOLDER"),
        (["export", "nowhere.jsonl", "x.safetensors"], "notabot train export"),
    ],
)
def test_an_old_name_still_works_and_says_the_new_one(
    old: list[str], new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(old) == EXIT_FIXABLE
    told = capsys.readouterr().err.splitlines()
    assert f"is called `{new}` now" in told[0]
    assert "nowhere.jsonl" in told[1]


LITTLE = ("discord", "telegram", "pydantic_settings", "rapidfuzz", "sqlalchemy", "structlog", "aiohttp")


def test_a_machine_with_little_but_pytorch_can_train(corpus: Path, tmp_path: Path) -> None:
    """The libraries of the chats, the settings and the database are not there."""
    blocked = "".join(f"sys.modules[{name!r}] = None; " for name in (*LITTLE, "verovio", "music21", "huggingface_hub"))
    arguments = ["train", "pretrain", str(corpus), str(tmp_path / "run"), "--threads=1", *TINY_RUN]
    code = f"import sys; {blocked}from bot.cli import run; sys.exit(run({arguments!r}))"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == EXIT_DONE, done.stderr
    assert "finished" in done.stdout


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
