"""Held-out bits per character of a network that learnt for three steps, beside what is compared with it."""

import json
from pathlib import Path

import pytest

from generator.evaluation.bits import measure_bits, report_lines
from generator.training import commands
from generator.training.pretrain import CHECKPOINT
from tests.generator.training.conftest import make_row, write_corpus
from tests.generator.training.test_commands import TINY


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [make_row(i) for i in range(10)] + [make_row(i, split="held-out") for i in range(10, 13)]
    return write_corpus(tmp_path_factory.mktemp("corpus") / "tunes.jsonl", rows)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Path:
    folder = tmp_path_factory.mktemp("run")
    assert commands.train(corpus, folder, options=TINY | {"budget_steps": 3}, threads=1).finished
    return folder / CHECKPOINT


def test_a_network_is_set_beside_others_and_its_baselines(checkpoint: Path, corpus: Path) -> None:
    seen: list[tuple[int, int]] = []
    figures = measure_bits(
        checkpoint,
        corpus,
        compare={"itself": checkpoint},
        threads=1,
        progress=lambda done, count: seen.append((done, count)),
    )
    assert json.loads(json.dumps(figures)) == figures
    assert figures["held_out"] == figures["compared"]["itself"]
    assert figures["held_out"]["overall"]["pieces"] == 3
    ours, untrained = (figures[name]["bits_per_character"] for name in ("ngram", "untrained"))
    assert ours < 4 < 7 < untrained
    assert figures["xz"]["bits_per_character"] > 0
    assert figures["weights"]["hidden"] == 64
    assert seen == [(1, 3), (2, 3), (3, 3)]
    told = report_lines(figures)
    assert told[0].startswith("checkpoint.pt: ")
    assert told[0].endswith("over 3 held-out pieces")
    assert [line.split(":")[0].strip() for line in told[1:]] == ["itself", "untrained", "6-gram", "xz"]


def test_a_network_that_writes_at_home_is_judged_there_too(checkpoint: Path, corpus: Path, tmp_path: Path) -> None:
    weights = commands.export(checkpoint, tmp_path / "x.safetensors", extra={"home_key_share": "0.75"})
    figures = measure_bits(weights, corpus, baselines=False, threads=1)
    assert figures["at_home"]["overall"]["pieces"] == 3
    assert figures["at_home"] != figures["held_out"]
    assert "in C major and A minor" in report_lines(figures)[1]


def test_a_network_that_remembers_its_piece_is_judged_so_too(checkpoint: Path, corpus: Path, tmp_path: Path) -> None:
    silent = commands.export(checkpoint, tmp_path / "a.safetensors")
    taught = commands.export(silent, tmp_path / "b.safetensors", corpus=corpus, recall_pieces=4)
    assert "recalling" not in measure_bits(silent, corpus, baselines=False, threads=1)
    figures = measure_bits(taught, corpus, baselines=False, threads=1)
    assert figures["recalling"]["overall"]["bits_per_character"] > 0
    assert figures["recalling"] != figures["held_out"]
