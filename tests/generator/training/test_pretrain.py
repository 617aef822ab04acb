import json
import os
import signal
import threading
from pathlib import Path

import pytest
import torch

from generator.training.corpus import Row
from generator.training.errors import BrokenRunError, ResumeError
from generator.training.plan import Plan
from generator.training.pretrain import CHECKPOINT, LOG, Run, load_trained, train
from generator.training.windows import Position
from tests.refusals import refuses


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def weights(run: Run) -> dict[str, torch.Tensor]:
    return dict(run.network.state_dict())


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(a[name], b[name]) for name in a)


def test_two_runs_of_one_plan_give_the_same_weights(tmp_path: Path, rows: list[Row], tiny_plan: Plan) -> None:
    runs = [Run(tiny_plan) for _ in range(2)]
    for number, run in enumerate(runs):
        assert train(run, rows, folder=tmp_path / str(number))
    assert runs[0].step == 8
    assert same(weights(runs[0]), weights(runs[1]))
    other = Run(tiny_plan.changed({"seed": 2}))
    train(other, rows, folder=tmp_path / "other")
    assert not same(weights(runs[0]), weights(other))


def test_a_resumed_run_ends_where_an_uninterrupted_one_does(tmp_path: Path, rows: list[Row], tiny_plan: Plan) -> None:
    whole = Run(tiny_plan)
    train(whole, rows, folder=tmp_path / "whole")

    folder = tmp_path / "pieces"
    sittings, finished = 0, False
    while not finished:
        run = Run(tiny_plan)
        if sittings:
            run.resume(folder / CHECKPOINT)
        finished = train(run, rows, folder=folder, stop_after_s=0.01)
        sittings += 1
    assert sittings > 1
    assert (run.step, run.characters, run.position) == (whole.step, whole.characters, whole.position)
    assert same(weights(run), weights(whole))


def test_a_run_with_ears_memory_gaps_and_an_average_ends_where_an_uninterrupted_one_does(
    tmp_path: Path, rows: list[Row], tiny_plan: Plan
) -> None:
    plan = tiny_plan.changed(
        {"hearing": True, "memory": True, "fill_share": 0.5, "average_steps": 3, "cooldown_share": 0.5}
    )
    whole, first, second = Run(plan), Run(plan), Run(plan)
    train(whole, rows, folder=tmp_path / "whole")
    assert not train(first, rows, folder=tmp_path / "pieces", stop_after_s=0.01)
    second.resume(tmp_path / "pieces" / CHECKPOINT)
    assert train(second, rows, folder=tmp_path / "pieces")
    assert same(weights(second), weights(whole))
    assert whole.average is not None
    assert second.average is not None
    assert same(second.average.weights, whole.average.weights)
    assert not same(whole.average.weights, weights(whole))
    with refuses(ResumeError, match="hearing True, not False"):
        Run(tiny_plan).resume(tmp_path / "whole" / CHECKPOINT)


def test_training_lowers_the_loss_and_writes_it_down(tmp_path: Path, rows: list[Row], tiny_plan: Plan) -> None:
    plan = tiny_plan.changed({"budget_steps": 40, "peak_rate": 0.01, "evaluate_every_s": 0.05})
    assert train(Run(plan), rows, folder=tmp_path)
    entries = [json.loads(line) for line in (tmp_path / LOG).read_text().splitlines()]
    assert entries[-1]["step"] == 40
    assert entries[-1]["held_out_bpc"] < 5 < 7
    assert entries[-1]["characters"] > 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_saves_before_leaving(
    tmp_path: Path, rows: list[Row], tiny_plan: Plan, number: signal.Signals
) -> None:
    run = Run(tiny_plan.changed({"budget_steps": 1_000_000}))
    handler = signal.getsignal(number)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), number))
    timer.start()
    assert train(run, rows, folder=tmp_path) is False
    timer.join()
    _, state = load_trained(tmp_path / CHECKPOINT)
    assert state["progress"][1] == run.step > 0
    assert signal.getsignal(number) == handler


def test_a_checkpoint_of_another_size_is_refused(tmp_path: Path, rows: list[Row], tiny_plan: Plan) -> None:
    Run(tiny_plan).save(tmp_path / CHECKPOINT)
    with refuses(ResumeError, match="hidden 64, not 128"):
        Run(tiny_plan.changed({"hidden": 128})).resume(tmp_path / CHECKPOINT)


def test_a_broken_checkpoint_is_refused(tmp_path: Path, tiny_plan: Plan) -> None:
    path = tmp_path / CHECKPOINT
    path.write_bytes(b"nothing that PyTorch knows")
    with refuses(ResumeError, match="cannot be read"):
        Run(tiny_plan).resume(path)
    torch.save({"model": {}}, path)
    with refuses(ResumeError, match="no checkpoint of a training run"):
        Run(tiny_plan).resume(path)


def test_a_checkpoint_without_a_place_begins_its_epoch_again(tmp_path: Path, tiny_plan: Plan) -> None:
    # Checkpoints of the first version had no position.
    run = Run(tiny_plan)
    run.position = Position(3, 1, 2)
    run.save(tmp_path / CHECKPOINT)
    state = torch.load(tmp_path / CHECKPOINT, weights_only=True)
    del state["position"]
    for name in ("budget_steps", "pool_pieces"):
        del state["plan"][name]
    torch.save(state, tmp_path / CHECKPOINT)
    fresh = Run(tiny_plan)
    fresh.resume(tmp_path / CHECKPOINT)
    assert fresh.position == Position(3)


def test_a_loss_that_is_no_number_ends_the_run_aloud(tmp_path: Path, rows: list[Row], tiny_plan: Plan) -> None:
    run = Run(tiny_plan)
    with torch.no_grad():
        run.network.char_table.fill_(float("nan"))
    with refuses(BrokenRunError, match="nan at step 0"):
        train(run, rows, folder=tmp_path)
    assert not (tmp_path / CHECKPOINT).exists()


def test_bfloat16_training_stays_close_to_float32(tmp_path: Path, rows: list[Row], tiny_plan: Plan) -> None:
    from generator.training.windows import Windows

    batch, _ = next(Windows(rows, tiny_plan, None).batches(Position()))
    exact, rough = (Run(tiny_plan.changed({"bf16": bf16})).train_step(batch) for bf16 in (False, True))
    assert exact == pytest.approx(rough, rel=0.01)
