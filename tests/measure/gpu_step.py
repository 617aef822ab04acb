"""Run the step as one CUDA graph, in bfloat16, beside the engine's own and beside what reading its numbers takes.

    make measure NAME=gpu_step ARGS="--out bench.json"
    make measure NAME=gpu_step ARGS="--device cpu --size 2,1,128,64 --contexts 16 48 --steps 2"

The second one rehearses it where there is no GPU: the same function, without a graph. Random weights of NotaGen-X's
size, one slot and 32. The limit is the time to read weights, keys and values once at the speed of a large copy; the
character level's weights are read for each of the 16 characters.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import torch

from bot.bench.report import Report
from generator.evaluation.bench import alternating_times, clock_for, copy_slot, parse_shape, random_opening
from generator.evaluation.graphed import GraphedStep, bytes_to_read
from generator.model.engine import Engine
from generator.model.network import Network
from generator.model.precision import with_precision
from generator.model.sampling import Sampling

COPIED_BYTES = {"cuda": 4 * 1024**3, "cpu": 64 * 1024**2}
ROOM_STEP = 64  # rooms are multiples of this


class Row(NamedTuple):
    """Milliseconds for one patch of every slot; what the graph writes in a second."""

    slots: int
    context: int
    engine_ms: float
    graph_ms: float
    limit_ms: float

    @property
    def patches_per_s(self) -> float:
        return 1000 * self.slots / self.graph_ms

    def line(self) -> str:
        times = " ".join(f"{ms:>11.2f}" for ms in (self.engine_ms, self.graph_ms, self.limit_ms))
        share = self.limit_ms / self.graph_ms
        return f"{self.slots:>6} {self.context:>8} {times} {share:>11.0%} {self.patches_per_s:>11.0f}"


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=gpu_step", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--size", default="notagen-x")
    parser.add_argument("--slots", type=int, nargs="+", default=[1, 32])
    parser.add_argument("--contexts", type=int, nargs="+", default=[16, 512, 1024])
    parser.add_argument("--steps", type=int, default=20, help="timed for each")
    parser.add_argument("--out", type=Path, help="put the figures into this file of `notabot bench`")
    given = parser.parse_args(arguments)
    if given.device == "cuda" and not torch.cuda.is_available():
        parser.error("there is no GPU; rehearse with --device cpu and a small --size")
    if given.device == "cpu":
        torch.set_num_threads(1)
    report = Report(given.out)
    shape = parse_shape(given.size)
    plain = Network(shape)
    plain.init_weights(seed=1)
    network = with_precision(plain.to(given.device), "bf16")
    del plain
    clock = clock_for(given.device, threads=2)
    per_s = _bytes_per_s(given.device, clock)
    print(
        f"{shape}, bf16, {given.device}: weights to read {bytes_to_read(network) / 1e9:.2f} GB, {per_s / 1e9:.0f} GB/s"
    )
    columns = ("engine ms", "graph ms", "limit ms", "of limit", "patches / s")
    print(f"{'slots':>6} {'context':>8} " + " ".join(f"{name:>11}" for name in columns))
    rows = []
    for slots in given.slots:
        for context in given.contexts:
            rows.append(_measure(network, slots, context, steps=given.steps, clock=clock, bytes_per_s=per_s))
            print(rows[-1].line(), flush=True)
            report.add(
                "gpu", {"device": _name_of(given.device), "size": given.size, "rows": [r._asdict() for r in rows]}
            )
    return 0


def _measure(
    network: Network, slots: int, context: int, *, steps: int, clock: Callable[[], float], bytes_per_s: float
) -> Row:
    """Both write the same number of patches behind the same opening, from where they go back every time."""
    opening, sampling = random_opening(context, seed=1), Sampling()
    room = min(network.shape.context_patches, -(-(context + 1) // ROOM_STEP) * ROOM_STEP)
    step = GraphedStep(network, slots=slots, room=room, sampling=sampling, halves=True)
    for slot in range(slots):
        step.read(slot, opening)
    step.uniform.uniform_()
    if network.char_table.device.type == "cuda":
        step.capture()
    lengths = step.lengths.clone()

    def run_graph() -> None:
        step.step()
        step.lengths.copy_(lengths)
        step.patches.tolist()  # as whoever composes would want them

    graph_ms = _median_ms(run_graph, steps=steps, clock=clock)
    limit_ms = 1000 * (bytes_to_read(network) + step.cache_bytes * (context + 1) / room) / bytes_per_s
    return Row(slots, context, _engine_ms(network, opening, slots, steps=steps, clock=clock), graph_ms, limit_ms)


def _engine_ms(
    network: Network, opening: Sequence[tuple[int, ...]], slots: int, *, steps: int, clock: Callable[[], float]
) -> float:
    engine = Engine(network, slots=slots, precision="fp32", guided=False)  # as it is: its layers are bf16 already
    first = engine.open_slot(opening, sampling=Sampling(), seed=0)
    opened = [first, *(copy_slot(engine, first, seed=seed) for seed in range(1, slots))]
    marks = {slot: slot.mark() for slot in opened}

    def run_engine() -> None:
        engine.step(dict.fromkeys(opened, ""))
        for slot, mark in marks.items():
            engine.rollback(slot, mark)

    return _median_ms(run_engine, steps=steps, clock=clock)


def _median_ms(work: Callable[[], object], *, steps: int, clock: Callable[[], float]) -> float:
    (median_s,) = alternating_times([work], count=steps, clock=clock)
    return 1000 * median_s


def _bytes_per_s(device: str, clock: Callable[[], float]) -> float:
    """How fast memory is read: a copy reads and writes every byte."""
    source = torch.zeros(COPIED_BYTES[torch.device(device).type], dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    return 2000 * source.nbytes / _median_ms(lambda: target.copy_(source), steps=5, clock=clock)


def _name_of(device: str) -> str:
    return torch.cuda.get_device_name(device) if device != "cpu" else "cpu"
