import json
from pathlib import Path
from random import Random

import pytest
import torch

from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.own_styles import path_beside
from generator.errors import UnknownStyle
from generator.model.checkpoint import load_network
from generator.model.metadata import UNNAMED_SHARE, read_metadata, was_trained_with
from generator.training import commands
from generator.training.bits import score_network
from generator.training.corpus import Row
from generator.training.errors import CorpusError, PlanError, ResumeError
from generator.training.finetune import START, WEIGHTS, FineTuned, finetune
from generator.training.plan import load_plan
from generator.training.pretrain import CHECKPOINT
from tests.generator.training.conftest import make_row, write_corpus
from tests.generator.training.test_commands import TINY
from tests.refusals import refuses

QUICK = {
    "budget_steps": 25,
    "batch_patches": 96,
    "warmup_steps": 2,
    "pool_pieces": 4,
    "bf16": False,
    "evaluate_every_s": 0.2,
    "original_key_share": 1.0,
    "peak_rate": 0.01,
}


def doe_row(number: int, **changes: object) -> Row:
    """A piece of Jane Doe, who writes thirds and nothing else."""
    row = make_row(number)
    rng = Random(number)
    bar = "|".join(f"[V:{voice}]" + " ".join(rng.choice(("CE", "EG", "GE")) * 2 for _ in "ab") for voice in "12")
    header = row["abc"].partition("[V:1]")[0]
    own = {"composer": "Doe, Jane", "instrumentation": "Keyboard", "work": f"doe {number}"}
    return {**row, **own, "abc": header + f"{bar}|\n" * 6, **changes}


@pytest.fixture
def doe_corpus(tmp_path: Path) -> Path:
    rows = [doe_row(number) for number in range(8)] + [doe_row(number, split="held-out") for number in (8, 9)]
    return write_corpus(tmp_path / "doe.jsonl", rows)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small weights that have seen other music."""
    folder = tmp_path_factory.mktemp("start")
    rows = [make_row(number) for number in range(8)] + [make_row(9, split="held-out")]
    corpus = write_corpus(folder / "tunes.jsonl", rows)
    commands.train(corpus, folder / "run", options=TINY | {"budget_steps": 20, "peak_rate": 0.01}, threads=1)
    return commands.export(folder / "run" / CHECKPOINT, folder / "begun.safetensors", precision="fp16")


def teach(corpus: Path, folder: Path, start: Path, **options: object) -> FineTuned:
    changes = QUICK | options.pop("changes", {})  # type: ignore[operator]
    return finetune(corpus, folder, start=start, options=changes, threads=1, precision="fp16", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("rank", [4, 0])
def test_fine_tuning_lowers_what_the_held_out_pieces_cost(
    tmp_path: Path, doe_corpus: Path, start: Path, rank: int
) -> None:
    done = teach(doe_corpus, tmp_path / "run", start, rank=rank)
    assert done.finished
    assert done.after < done.before - 0.3
    rows = [doe_row(8), doe_row(9)]
    measured = score_network(load_network(done.weights), rows).overall.bits_per_character
    assert measured == pytest.approx(done.after, abs=1e-4)
    assert done.learned_share < (0.05 if rank else 1.01)


def test_the_new_style_can_be_asked_for_with_the_new_weights_only(
    tmp_path: Path, doe_corpus: Path, start: Path
) -> None:
    done = teach(doe_corpus, tmp_path / "run", start, changes={"budget_steps": 2})
    catalogue = load_catalogue(done.weights)
    style = catalogue.find("jane doe keyboard")
    assert (style.period, style.composer, style.instrumentation) == ("Romantic", "Doe, Jane", "Keyboard")
    assert catalogue.find("doe") == style
    assert catalogue.suggest("doe piano")[0] == style
    assert catalogue.pieces(style) == 8
    opening = catalogue.opening(style, rng=Random(1))
    assert opening.lines[0] == "%%score { 1 | 2 }"
    assert (opening.key, opening.metre, opening.tempo) == ("C", "4/4", 90)
    assert catalogue.find("chopin keyboard") == load_catalogue().find("chopin keyboard")
    with pytest.raises(UnknownStyle):
        load_catalogue().find("doe keyboard")


def test_a_resumed_run_learns_what_an_uninterrupted_one_does(tmp_path: Path, doe_corpus: Path, start: Path) -> None:
    changes = {"budget_steps": 4, "keep_best": False}
    whole = teach(doe_corpus, tmp_path / "whole", start, changes=changes)
    sittings = [teach(doe_corpus, tmp_path / "parts", start, changes=changes, stop_after_s=0.0) for _ in range(4)]
    assert [done.step for done in sittings] == [1, 2, 3, 4]
    assert [done.resumed for done in sittings] == [False, True, True, True]
    assert whole.weights.read_bytes() != (tmp_path / "parts" / START).read_bytes()
    learned, again = (load_network(done.weights).state_dict() for done in (whole, sittings[-1]))
    assert all(torch.equal(learned[name], again[name]) for name in learned)


def test_a_run_goes_on_without_the_file_it_began_with(tmp_path: Path, doe_corpus: Path, start: Path) -> None:
    borrowed = tmp_path / "borrowed.safetensors"
    borrowed.write_bytes(start.read_bytes())
    teach(doe_corpus, tmp_path / "run", borrowed, changes={"budget_steps": 3}, stop_after_s=0.0)
    borrowed.unlink()
    assert teach(doe_corpus, tmp_path / "run", borrowed, changes={"budget_steps": 3}).finished


def test_checkpoints_hold_plain_weights_that_export_and_training_read(
    tmp_path: Path, doe_corpus: Path, start: Path
) -> None:
    done = teach(doe_corpus, tmp_path / "run", start, changes={"budget_steps": 3, "keep_best": False})
    out = commands.export(tmp_path / "run" / CHECKPOINT, tmp_path / "again.safetensors", precision="fp16")
    first, second = load_network(done.weights).state_dict(), load_network(out).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_weights_say_what_they_were_taught_and_under_which_licence(tmp_path: Path, start: Path) -> None:
    rows = [doe_row(number, licence="private", aligned=number > 0) for number in range(5)]
    rows.append(doe_row(5, split="held-out"))
    corpus = write_corpus(tmp_path / "private.jsonl", rows)
    done = teach(corpus, tmp_path / "run", start, changes={"budget_steps": 2})
    metadata = read_metadata(done.weights)
    assert json.loads(json.dumps(done.to_json()))["left_out"] == {"voices not equally long": 1}
    assert metadata["finetuned_sources"] == "us/tunes@abc123 (private): 4"
    assert metadata["finetuned_styles"] == "Romantic / Doe, Jane / Keyboard"
    assert "not to be passed on" in metadata["licence"]
    assert metadata["steps"] == "20", "the story of the network it began with is kept"


def test_a_network_that_can_be_guided_stays_so(tmp_path: Path, doe_corpus: Path, start: Path) -> None:
    guidable = tmp_path / "guidable.safetensors"
    commands.export(start, guidable, precision="fp16", extra={"unnamed_share": "0.25"})
    done = teach(doe_corpus, tmp_path / "run", guidable, changes={"budget_steps": 2})
    assert load_plan(tmp_path / "run" / "plan.json").unnamed_share == 0.25
    assert was_trained_with(UNNAMED_SHARE, done.weights)
    other = teach(doe_corpus, tmp_path / "other", start, changes={"budget_steps": 2}).weights
    assert not was_trained_with(UNNAMED_SHARE, other)


def test_a_style_taught_before_is_still_there_after_the_next(tmp_path: Path, doe_corpus: Path, start: Path) -> None:
    first = teach(doe_corpus, tmp_path / "first", start, changes={"budget_steps": 2})
    rows = [doe_row(number, composer="Roe, Richard", instrumentation="Guitar") for number in range(4)]
    other = write_corpus(tmp_path / "roe.jsonl", [*rows, doe_row(9, split="held-out")])
    second = teach(other, tmp_path / "second", first.weights, changes={"budget_steps": 2})
    catalogue = load_catalogue(second.weights)
    assert catalogue.find("doe keyboard").composer == "Doe, Jane"
    assert catalogue.find("roe guitar").composer == "Roe, Richard"
    assert {entry["name"] for entry in json.loads(path_beside(second.weights).read_text())["composers"]} == {
        "Doe, Jane",
        "Roe, Richard",
    }


def test_replayed_pieces_are_drawn_beside_the_own_ones(
    tmp_path: Path, doe_corpus: Path, start: Path, corpus_file: Path
) -> None:
    lines: list[str] = []
    done = teach(
        doe_corpus, tmp_path / "run", start, replay=corpus_file, changes={"budget_steps": 2}, announce=lines.append
    )
    assert "10 pieces replayed" in lines[0]
    assert done.styles == ("Doe, Jane / Keyboard",)


def test_what_is_not_possible_is_refused_in_a_sentence(tmp_path: Path, doe_corpus: Path, start: Path) -> None:
    with refuses(CorpusError, match="There is no corpus"):
        teach(tmp_path / "nowhere.jsonl", tmp_path / "run", start)
    with refuses(PlanError, match="The rank has to be"):
        teach(doe_corpus, tmp_path / "run", start, rank=1000)
    with refuses(PlanError, match="above 0 and below 1"):
        teach(doe_corpus, tmp_path / "run", start, replay=doe_corpus, replay_share=1.0)
    teach(doe_corpus, tmp_path / "run", start, changes={"budget_steps": 2}, stop_after_s=0.0)
    with refuses(ResumeError, match="another rank"):
        teach(doe_corpus, tmp_path / "run", start, rank=8)
    with refuses(ResumeError, match="run of the other kind"):
        teach(doe_corpus, tmp_path / "run", start, rank=0)
    assert not (tmp_path / "nowhere").exists()
    assert (tmp_path / "run" / WEIGHTS).exists()
