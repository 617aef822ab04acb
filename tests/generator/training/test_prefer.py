"""Votes of somebody who likes high notes, a small network that learns to write them, and files that are no votes."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch

from generator.model.checkpoint import load_network
from generator.model.metadata import read_metadata
from generator.training import commands
from generator.training.errors import CorpusError, PlanError
from generator.training.prefer import Preferences, Preferred, prefer, preference_loss
from generator.training.pretrain import CHECKPOINT
from generator.training.votes import load_votes
from tests.generator.training.conftest import make_row, write_corpus
from tests.generator.training.test_commands import TINY
from tests.refusals import refuses

HEADER = "X:1\nT:A piece\nC:after nobody\nL:1/8\nM:4/4\nK:C\nV:1 treble\nV:2 bass\n"
STYLE = ["Romantic", "Chopin, Frederic", "Keyboard"]
QUICK = Preferences(rate=0.02, epochs=3, pairs_a_step=6, most_bits=3.0, least_variety=0.1, bf16=False)


def piece(notes: str, rng: Random) -> str:
    """Two bars as they are delivered, with a silent left hand."""
    bars = (" ".join("".join(rng.choice(notes) for _ in range(4)) for _ in range(2)) for _ in range(2))
    return HEADER + "".join(f"[V:1]{bar}|[V:2]z8|\n" for bar in bars)


def vote(number: int, **changes: Any) -> dict[str, Any]:
    """One who likes high notes; the better piece stands first in every other vote."""
    rng = Random(number)
    pieces = [{"abc": piece(notes, rng), "seed": number, "weights": "0"} for notes in ("efgab", "CDEFG")]
    verdict = "ab"[number % 2]
    one, other = pieces if verdict == "a" else pieces[::-1]
    own = {"id": f"vote {number}", "style": STYLE, "a": one, "b": other, "verdict": verdict}
    return {**own, "consent": True, "licence": "CC0", **changes}


def write_votes(path: Path, votes: list[Any]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in votes))
    return path


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small weights that have seen other music."""
    folder = tmp_path_factory.mktemp("start")
    rows = [make_row(number) for number in range(8)] + [make_row(9, split="held-out")]
    corpus = write_corpus(folder / "tunes.jsonl", rows)
    commands.train(corpus, folder / "run", options=TINY | {"budget_steps": 12, "peak_rate": 0.01}, threads=1)
    return commands.export(folder / "run" / CHECKPOINT, folder / "begun.safetensors", precision="fp16")


@pytest.fixture(scope="module")
def votes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_votes(tmp_path_factory.mktemp("votes") / "votes.jsonl", [vote(number) for number in range(40)])


def learn(votes: Path, folder: Path, start: Path, **changes: Any) -> Preferred:
    return prefer(votes, folder, start=start, wanted=replace(QUICK, **changes), threads=1, precision="fp16")


def test_a_network_that_learnt_from_votes_agrees_with_others(tmp_path: Path, votes: Path, start: Path) -> None:
    done = learn(votes, tmp_path, start)
    assert done.votes + done.test_votes == 40
    assert done.after.agrees == 1 > done.before.agrees
    assert not done.stopped
    assert read_metadata(done.weights)["preferred_votes"] == str(done.votes)
    before, after = load_network(start), load_network(done.weights)
    assert before.shape == after.shape
    assert any(not torch.equal(one, other) for one, other in zip(before.parameters(), after.parameters(), strict=True))


@pytest.mark.parametrize(("limit", "word"), [({"most_bits": 0.5}, "held-out"), ({"least_variety": 2.0}, "variety")])
def test_it_ends_with_what_it_had_as_soon_as_something_suffers(
    tmp_path: Path, votes: Path, start: Path, limit: dict[str, float], word: str
) -> None:
    done = learn(votes, tmp_path, start, **limit)
    assert word in done.stopped
    assert done.after == done.before
    before, after = load_network(start), load_network(done.weights)
    for one, other in zip(before.parameters(), after.parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-3)


def test_held_out_pieces_of_a_corpus_say_whether_something_is_forgotten(
    tmp_path: Path, votes: Path, start: Path
) -> None:
    corpus = write_corpus(tmp_path / "tunes.jsonl", [make_row(1), make_row(9, split="held-out")])
    wanted = replace(QUICK, epochs=0.2)
    done = prefer(votes, tmp_path / "run", start=start, corpus=corpus, wanted=wanted, threads=1)
    assert done.before.bits != learn(votes, tmp_path / "other", start, epochs=0.2).before.bits


def test_a_chosen_piece_that_becomes_less_likely_costs_more_than_a_gap_can_gain() -> None:
    wanted = Preferences()
    both_less = preference_loss(torch.tensor(-5.0), torch.tensor(-40.0), wanted=wanted)
    nothing = preference_loss(torch.tensor(0.0), torch.tensor(0.0), wanted=wanted)
    better = preference_loss(torch.tensor(1.0), torch.tensor(-5.0), wanted=wanted)
    assert better < nothing < both_less


def test_votes_that_decide_nothing_are_left_out_and_counted(tmp_path: Path) -> None:
    same = vote(1)["a"]
    lines = [
        *(vote(number) for number in range(12)),
        vote(0),
        vote(20, verdict="both"),
        vote(21, verdict="neither"),
        vote(22, consent=False),
        vote(23, licence="all rights reserved"),
        vote(24, a=same, b=same),
        vote(25, b={"abc": "no music"}),
        vote(26, b=None),
        vote(27, style=["Romantic"]),
        vote(28, verdict="c"),
        vote(29, style=["Romantik", "Dvo\u0159\u00e1k", "Keyboard"]),
    ]
    votes = load_votes(write_votes(tmp_path / "votes.jsonl", lines))
    assert len(votes.pairs) == 12
    assert votes.left_out == {
        "said twice": 1,
        "undecided": 2,
        "no consent": 1,
        "licence does not let everybody use it": 1,
        "the same piece twice": 1,
        "no style, or no music": 3,
        "no verdict": 1,
        "not plain ASCII": 1,
    }
    assert votes.to_test
    assert votes.to_learn


def test_what_is_delivered_is_read_as_the_corpus_writes_it(tmp_path: Path) -> None:
    pair = load_votes(write_votes(tmp_path / "votes.jsonl", [vote(number) for number in (0, 1)])).pairs[0]
    assert pair.chosen.startswith("L:1/8\n")
    assert "[V:2]" not in pair.chosen
    assert any(note in pair.chosen for note in "efgab")


def test_files_that_are_no_votes_are_refused(tmp_path: Path, start: Path) -> None:
    with refuses(CorpusError, match="There are no votes"):
        load_votes(tmp_path / "none.jsonl")
    with refuses(CorpusError, match="Line 2"):
        load_votes(write_votes(tmp_path / "list.jsonl", [vote(0), [1]]))
    with refuses(CorpusError, match="fewer than two"):
        load_votes(write_votes(tmp_path / "one.jsonl", [vote(0), vote(2, verdict="both")]))
    votes = write_votes(tmp_path / "votes.jsonl", [vote(0), vote(1)])
    with refuses(PlanError, match="above 0"):
        prefer(votes, tmp_path / "run", start=start, wanted=Preferences(rate=0.0))
    with refuses(PlanError, match="rank"):
        prefer(votes, tmp_path / "run", start=start, rank=0)
