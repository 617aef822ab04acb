from pathlib import Path

import pytest
import torch

from generator.errors import CheckpointError
from generator.guard.recall import trust_of
from generator.model.checkpoint import load_network
from generator.model.metadata import read_metadata
from generator.training import commands
from generator.training.errors import CorpusError, PlanError, ResumeError
from generator.training.plan import Plan, load_plan
from generator.training.pretrain import CHECKPOINT, PLAN, Run, load_trained
from tests.refusals import refuses

TINY = {
    "patch_layers": 1,
    "hidden": 64,
    "context_patches": 48,
    "batch_patches": 96,
    "warmup_steps": 2,
    "pool_pieces": 4,
    "bf16": False,
}


@pytest.fixture
def trained(tmp_path: Path, corpus_file: Path) -> Path:
    """The folder of a short, finished run."""
    folder = tmp_path / "run"
    assert commands.train(corpus_file, folder, options=TINY | {"budget_steps": 3}, threads=1).finished
    return folder


def test_the_same_command_goes_on_where_it_left_off(tmp_path: Path, corpus_file: Path) -> None:
    folder = tmp_path / "run"
    first = commands.train(corpus_file, folder, options=TINY | {"budget_steps": 4}, stop_after_s=0, threads=1)
    assert (first.finished, first.resumed, first.step) == (False, False, 1)
    lines: list[str] = []
    second = commands.train(corpus_file, folder, threads=1, announce=lines.append)
    assert (second.finished, second.resumed, second.step) == (True, True, 4)
    assert "going on at step 1" in lines[0]
    assert load_plan(folder / PLAN) == Plan().changed(TINY | {"budget_steps": 4})


def test_a_finished_run_can_be_given_more_time(trained: Path, corpus_file: Path) -> None:
    assert commands.train(corpus_file, trained, threads=1).step == 3
    assert commands.train(corpus_file, trained, options={"budget_steps": 5}, threads=1).step == 5


def test_a_copy_of_a_run_is_cooled_down_while_the_run_may_go_on(tmp_path: Path, corpus_file: Path) -> None:
    run, cooled = tmp_path / "run", tmp_path / "cooled"
    listening = {"budget_steps": 1000, "cooldown_share": 0.1, "average_steps": 4, "hearing": True, "memory": True}
    commands.train(corpus_file, run, options=TINY | listening | {"fill_share": 0.5}, stop_after_s=0, threads=1)
    done = commands.cool(corpus_file, run, cooled, steps=3, options={"focus_share": 0.5}, threads=1)
    assert (done.finished, done.step) == (True, 4)
    assert load_plan(run / PLAN).budget_steps == 1000
    assert load_plan(cooled / PLAN).focus_share == 0.5
    network, state = load_trained(cooled / CHECKPOINT)
    assert torch.equal(network.char_table, state["average"]["weights"]["char_table"])
    written = commands.export(cooled / CHECKPOINT, tmp_path / "small.safetensors")
    assert load_network(written).shape.heard == network.shape.heard > 0
    with refuses(PlanError, match="steps"):
        commands.cool(corpus_file, run, cooled, steps=0)


def test_a_folder_with_a_run_is_not_overwritten(trained: Path, corpus_file: Path) -> None:
    before = (trained / CHECKPOINT).read_bytes()
    with refuses(ResumeError, match="holds a run already"):
        commands.train(corpus_file, trained, resume=False)
    with refuses(ResumeError, match="hidden 64, not 128"):
        commands.train(corpus_file, trained, options={"hidden": 128})
    assert (trained / CHECKPOINT).read_bytes() == before
    assert load_plan(trained / PLAN).hidden == 64


def test_a_run_can_begin_with_other_weights(trained: Path, tmp_path: Path) -> None:
    plan = Plan().changed(TINY)
    run = Run(plan)
    commands.start_from(run, trained / CHECKPOINT)
    assert torch.equal(run.network.char_table, load_trained(trained / CHECKPOINT)[0].char_table)
    with refuses(ResumeError, match="Make the sizes equal"):
        commands.start_from(Run(plan.changed({"hidden": 128})), trained / CHECKPOINT)


@pytest.mark.parametrize(("precision", "tolerance"), [("fp32", 0.0), ("fp16", 1e-3), ("int8", 2e-2)])
def test_exported_weights_are_the_trained_ones(
    trained: Path, corpus_file: Path, tmp_path: Path, precision: str, tolerance: float
) -> None:
    out = commands.export(
        trained / CHECKPOINT,
        tmp_path / "x.safetensors",
        precision=precision,
        corpus=corpus_file,
        hardware="a laptop",
        start=trained / CHECKPOINT,
        story="in one go",
    )
    network, loaded = load_trained(trained / CHECKPOINT)[0], load_network(out)
    for name, tensor in network.state_dict().items():
        assert torch.allclose(loaded.state_dict()[name], tensor, atol=tolerance), name
    metadata = read_metadata(out)
    assert metadata["steps"] == "3"
    assert metadata["hardware"] == "a laptop"
    assert "trained for 3 steps" in metadata["start"]
    assert metadata["story"] == "in one go"
    assert metadata["sources"] == "us/tunes@abc123 (CC0-1.0): 10"


def test_weights_say_how_far_their_pieces_may_believe_earlier_bars(
    trained: Path, corpus_file: Path, tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []
    silent = commands.export(trained / CHECKPOINT, tmp_path / "a.safetensors")
    taught = commands.export(
        silent,
        tmp_path / "b.safetensors",
        corpus=corpus_file,
        recall_pieces=4,
        progress=lambda done, count: seen.append((done, count)),
    )
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    with refuses(PlanError, match="0 pieces or more"):
        commands.export(silent, tmp_path / "x.safetensors", corpus=corpus_file, recall_pieces=-1)
    again = commands.export(taught, tmp_path / "c.safetensors", corpus=corpus_file, recall_pieces=0)
    assert trust_of(silent) is None
    assert trust_of(taught) is not None
    assert trust_of(again) == trust_of(taught)


def test_weights_exported_twice_keep_their_story(trained: Path, tmp_path: Path) -> None:
    large = commands.export(trained / CHECKPOINT, tmp_path / "l.safetensors", precision="fp16", hardware="a laptop")
    small = commands.export(large, tmp_path / "s.safetensors", precision="int8")
    assert small.stat().st_size < large.stat().st_size
    assert read_metadata(small)["hardware"] == "a laptop"
    assert read_metadata(small)["steps"] == "3"


def test_weights_are_exported_as_safetensors_only(trained: Path, tmp_path: Path) -> None:
    with refuses(CheckpointError, match="Choose another name"):
        commands.export(trained / CHECKPOINT, tmp_path / "x.bin")
    with refuses(CheckpointError, match="Choose fp32, fp16, int8"):
        commands.export(trained / CHECKPOINT, tmp_path / "x.safetensors", precision="int4")


def test_mistakes_leave_no_folder_behind(tmp_path: Path, corpus_file: Path) -> None:
    with pytest.raises(PlanError):
        commands.train(corpus_file, tmp_path / "run", options={"hidden": 65})
    with pytest.raises(CorpusError):
        commands.train(tmp_path / "no.jsonl", tmp_path / "run")
    assert not (tmp_path / "run").exists()
