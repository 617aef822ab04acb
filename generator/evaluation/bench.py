"""How fast the engine is, against NotaGen's own algorithm on the same weights in the same run.

Method: random weights are given to both. At a few lengths of context the time of one patch is measured (the median of
a few); the engine writes with one slot and with many. The time of a whole piece is the area under the line through the
measured points, from an empty context to the longest one; reading the opening is left out on both sides, and both write
patches of 16 characters unless the random network happens to end one. On a CPU with one thread the clock is the
process's CPU time, so that other work on the machine disturbs little.
Not covered: trained weights, which end patches after 12 characters on average and so favour the engine further.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor

from generator.errors import BadRequest
from generator.evaluation.reference import Reference
from generator.model.checkpoint import build_network
from generator.model.devices import find_device
from generator.model.engine import Engine
from generator.model.network import HEAD_WIDTH, Network, Shape
from generator.model.patches import BOS_PATCH, PATCH_CHARS
from generator.model.reference_names import rename_reference
from generator.model.sampling import Sampling
from generator.model.slot import Slot

NOTAGEN_SMALL = Shape(patch_layers=12, char_layers=3, hidden=768, context_patches=512)
SIZES = {
    "notagen-small": NOTAGEN_SMALL,
    "notagen-x": Shape(patch_layers=20, char_layers=6, hidden=1280, context_patches=1024),
}
SHORTEST_CONTEXT, LEFT_FOR_TIMING = 16, 12  # patches
LARGEST_SHAPE = (64, 64, 8192, 8192)
Patch = tuple[int, ...]


@dataclass(frozen=True)
class Point:
    """Seconds for one patch of one piece at a length of context: the reference, the engine alone and in a batch."""

    context_patches: int
    reference_s: float
    single_s: float
    batched_s: float


@dataclass(frozen=True, kw_only=True)
class BenchResult:
    """What was measured. difference: largest gap between both networks' vectors, to show that they are the same."""

    shape: Shape
    slots: int
    precision: str
    threads: int
    device: str
    difference: float
    points: tuple[Point, ...]

    @property
    def piece(self) -> Point:
        """Seconds for a whole piece that fills the context."""
        contexts = [point.context_patches for point in self.points]
        columns = [[p.reference_s for p in self.points], [p.single_s for p in self.points]]
        columns.append([p.batched_s for p in self.points])
        return Point(contexts[-1], *(area_under(contexts, column) for column in columns))

    @property
    def single_ratio(self) -> float:
        """How many times faster one piece is."""
        return self.piece.reference_s / self.piece.single_s

    @property
    def batched_ratio(self) -> float:
        """How many times more pieces are written in the same time with all slots in use."""
        return self.piece.reference_s / self.piece.batched_s

    def to_json(self) -> dict[str, object]:
        """Everything by name."""
        derived = {
            "piece": asdict(self.piece),
            "single_ratio": self.single_ratio,
            "batched_ratio": self.batched_ratio,
        }
        return {**asdict(self), **derived}

    def table(self) -> str:
        """A table to read."""
        shape = self.shape
        many = f"engine, {self.slots} slots"
        lines = [
            f"{shape.patch_layers} patch layers, {shape.char_layers} character layers, hidden {shape.hidden}, "
            f"{self.device}, {self.precision}, threads: {self.threads}, largest difference: {self.difference:.1e}",
            f"{'context':>12} {'reference':>12} {'engine':>12} {'ratio':>7} {many:>18} {'ratio':>7}",
        ]
        lines += [row_of(f"{point.context_patches}", point, unit="ms", factor=1000) for point in self.points]
        lines.append(row_of("whole piece", self.piece, unit="s", factor=1))
        return "\n".join(lines)


def run_bench(
    shape: Shape = NOTAGEN_SMALL,
    *,
    slots: int = 16,
    contexts: Sequence[int] = (16, 256, 500),
    patches: int = 3,
    precision: str = "fp32",
    threads: int = 1,
    device: str = "cpu",
    seed: int = 1,
) -> BenchResult:
    """Measure the reference and the engine.

    contexts: lengths of context in patches, increasing, with room for `patches` more in the shape's context.
    patches: how many are timed at each. precision: the engine's; the reference computes in float32.
    threads: CPU threads for both. The default takes half a minute on a free CPU.
    Raises ValueError if the contexts do not fit, BadRequest for a device or precision that there is not.
    """
    find_device(device)
    increasing = len(contexts) > 0 and contexts[0] > 0 and list(contexts) == sorted(set(contexts))
    if not increasing or contexts[-1] + patches > shape.context_patches:
        raise ValueError(f"contexts must increase and leave room for {patches} patches in {shape.context_patches}")
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        reference, network = random_pair(shape, seed=seed, device=device)
        opening = random_opening(contexts[-1], seed=seed)
        clock = clock_for(device, threads=threads)
        engine = Engine(network, slots=slots, precision=precision, threads=threads)
        measured = [
            Point(
                context,
                time_reference(reference, opening[:context], patches=patches, clock=clock),
                time_engine(engine, opening[:context], slots=1, patches=patches, clock=clock),
                time_engine(engine, opening[:context], slots=slots, patches=patches, clock=clock) / slots,
            )
            for context in contexts
        ]
        difference = largest_difference(reference, network, opening[: contexts[0]])
    finally:
        torch.set_num_threads(before)
    return BenchResult(
        shape=shape,
        slots=slots,
        precision=precision,
        threads=threads,
        device=device,
        difference=difference,
        points=tuple(measured),
    )


def parse_shape(text: str) -> Shape:
    """A name of `SIZES`, or "patch layers,character layers,hidden,context". Raises BadRequest."""
    if text in SIZES:
        return SIZES[text]
    try:
        shape = Shape(*map(int, text.split(",")))
    except (TypeError, ValueError):
        known = ", ".join(SIZES)
        raise BadRequest(reason="size", value=text, known=known) from None
    least = (1, 1, HEAD_WIDTH, SHORTEST_CONTEXT + 2 * LEFT_FOR_TIMING)
    sizes = (shape.patch_layers, shape.char_layers, shape.hidden, shape.context_patches)
    if any(not low <= size <= high for low, size, high in zip(least, sizes, LARGEST_SHAPE, strict=True)) or (
        shape.hidden % HEAD_WIDTH
    ):
        limits = {"least": ",".join(map(str, least)), "most": ",".join(map(str, LARGEST_SHAPE)), "width": HEAD_WIDTH}
        raise BadRequest(reason="shape", value=text, **limits)
    return shape


def contexts_of(shape: Shape) -> tuple[int, ...]:
    """A short context, half of the longest one, and nearly the longest one."""
    return SHORTEST_CONTEXT, shape.context_patches // 2, shape.context_patches - LEFT_FOR_TIMING


# --- the two networks ----------------------------------------------------------------------------------------------


def random_pair(shape: Shape, *, seed: int, device: str) -> tuple[Reference, Network]:
    """The reference with random weights, and ours with the same."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        reference = Reference(shape)
    return reference.to(device), build_network(rename_reference(reference.state_dict())).to(device)


def random_opening(count: int, *, seed: int) -> list[Patch]:
    """The BOS patch and patches of random printable characters."""
    rng = Random(seed)
    return [BOS_PATCH] + [tuple(rng.randrange(32, 127) for _ in range(PATCH_CHARS)) for _ in range(count - 1)]


@torch.inference_mode()
def largest_difference(reference: Reference, network: Network, patches: Sequence[Patch]) -> float:
    """Largest gap between the vectors that both give for the same patches."""
    given = as_tensor(reference, patches)
    gap = reference.patch_level_decoder(given) - network.patch_level(network.embed_patches(given))
    return float(gap.abs().max())


def as_tensor(reference: Reference, patches: Sequence[Patch]) -> Tensor:
    """patches as (1, N, 16) where the reference is."""
    return torch.tensor([patches], device=next(reference.parameters()).device)


# --- the clock -----------------------------------------------------------------------------------------------------


def clock_for(device: str, *, threads: int) -> Callable[[], float]:
    """CPU time where it means something, wall time elsewhere."""
    if device == "cpu":
        return time.process_time if threads == 1 else time.perf_counter

    def wall_after_device() -> float:
        torch.cuda.synchronize(device)
        return time.perf_counter()

    return wall_after_device


def median_time(work: Callable[[], object], *, count: int, clock: Callable[[], float]) -> float:
    """Median seconds of `count` runs, after one that warms up."""
    work()
    times = []
    for _ in range(count):
        start = clock()
        work()
        times.append(clock() - start)
    return statistics.median(times)


def time_reference(
    reference: Reference, opening: Sequence[Patch], *, patches: int, clock: Callable[[], float]
) -> float:
    """Seconds for one patch after this opening."""
    given, rng = as_tensor(reference, opening), np.random.default_rng(1)
    return median_time(lambda: reference.write_patch(given, sampling=Sampling(), rng=rng), count=patches, clock=clock)


def time_engine(
    engine: Engine, opening: Sequence[Patch], *, slots: int, patches: int, clock: Callable[[], float]
) -> float:
    """Seconds for one step of so many slots after this opening."""
    first = engine.open_slot(opening, sampling=Sampling(), seed=0)
    opened = [first, *(copy_slot(engine, first, seed=seed) for seed in range(1, slots))]
    marks = {slot: slot.mark() for slot in opened}

    def step() -> None:
        engine.step(dict.fromkeys(opened, ""))
        for slot, mark in marks.items():
            engine.rollback(slot, mark)

    try:
        return median_time(step, count=patches, clock=clock)
    finally:
        for slot in opened:
            engine.close(slot)


def copy_slot(engine: Engine, slot: Slot, *, seed: int) -> Slot:
    """Another slot with the same patches, its cache copied: reading them again would take longer than measuring."""
    copy = engine.open_slot(slot.patches[:1], sampling=slot.sampling, seed=seed)
    copy.patches, copy.pinned, copy.start = list(slot.patches), slot.pinned, slot.start
    engine.contexts.cache.copy_place(slot.index, copy.index)
    return copy


# --- figures -------------------------------------------------------------------------------------------------------


def area_under(contexts: Sequence[int], seconds: Sequence[float]) -> float:
    """Seconds for a piece: the trapezoids between the points, and the first point's height down to an empty context."""
    area = contexts[0] * seconds[0]
    for i in range(1, len(contexts)):
        area += (contexts[i] - contexts[i - 1]) * (seconds[i] + seconds[i - 1]) / 2
    return area


def row_of(name: str, point: Point, *, unit: str, factor: float) -> str:
    """One row of the table; times as a multiple of the unit."""
    times = [f"{seconds * factor:.1f} {unit}" for seconds in (point.reference_s, point.single_s, point.batched_s)]
    ratios = [f"{point.reference_s / seconds:.1f}x" for seconds in (point.single_s, point.batched_s)]
    return f"{name:>12} {times[0]:>12} {times[1]:>12} {ratios[0]:>7} {times[2]:>18} {ratios[1]:>7}"
