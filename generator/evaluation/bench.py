"""How fast the engine is, against NotaGen's algorithm on the same weights in the same run, or NotaGen's own code.

Method: random weights are given to all. At a few lengths of context the time of one patch is measured (the median of
a few, each taken in turn); the engine writes with one slot and with many. The time of a whole piece is the area under
the line through the measured points, from an empty context to a whole piece's; reading the opening is left out on all
sides, and all write patches of 16 characters unless the random network happens to end one. On a CPU with one thread the
clock is the process's CPU time, so that other work on the machine disturbs little.
Not covered: trained weights, which end patches after 12 characters on average and so favour the engine further.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from generator.errors import BadRequest
from generator.evaluation.notagen import NotaGen, is_known
from generator.model.checkpoint import build_network
from generator.model.devices import find_device
from generator.model.engine import Engine
from generator.model.network import HEAD_WIDTH, Network, Shape
from generator.model.patches import BOS_PATCH, PATCH_CHARS
from generator.model.reference_names import rename_reference
from generator.model.sampling import Sampling
from generator.model.slot import Slot

if TYPE_CHECKING:
    from generator.evaluation.reference import Reference

# Both with a context of 1,024 patches, and room to time what comes behind it.
NOTAGEN_SMALL = Shape(patch_layers=12, char_layers=3, hidden=768, context_patches=1056)
SIZES = {
    "notagen-small": NOTAGEN_SMALL,
    "notagen-x": Shape(patch_layers=20, char_layers=6, hidden=1280, context_patches=1056),
}
SHORTEST_CONTEXT, LEFT_FOR_TIMING = 16, 12  # patches
USUAL_CONTEXTS = (SHORTEST_CONTEXT, 128, 512, 1024)
PIECE_PATCHES = 512  # what a whole piece fills, where the context is longer
LARGEST_SHAPE = (64, 64, 8192, 8192)
Patch = tuple[int, ...]


@dataclass(frozen=True)
class Point:
    """Seconds for one patch of one piece at a length of context: the reference, the engine alone and in a batch.

    notagen_s: of NotaGen's own code, if it took part.
    """

    context_patches: int
    reference_s: float
    single_s: float
    batched_s: float
    notagen_s: float | None = None

    @property
    def theirs_s(self) -> float:
        """What ours are compared with: NotaGen's own code, without it the same algorithm by us."""
        return self.reference_s if self.notagen_s is None else self.notagen_s


@dataclass(frozen=True, kw_only=True)
class BenchResult:
    """What was measured. difference: largest gap between both networks' vectors, to show that they are the same.

    is_known: whether NotaGen's own code, if it took part, was the version that our figures are about.
    """

    shape: Shape
    slots: int
    precision: str
    threads: int
    device: str
    difference: float
    points: tuple[Point, ...]
    is_known: bool = False

    @property
    def piece(self) -> Point:
        """Seconds for a whole piece, which fills the longest context that is no longer than PIECE_PATCHES."""
        points = [point for point in self.points if point.context_patches <= PIECE_PATCHES] or list(self.points)
        contexts = [point.context_patches for point in points]
        own = [point.notagen_s for point in points if point.notagen_s is not None]
        return Point(
            contexts[-1],
            area_under(contexts, [point.reference_s for point in points]),
            area_under(contexts, [point.single_s for point in points]),
            area_under(contexts, [point.batched_s for point in points]),
            area_under(contexts, own) if own else None,
        )

    @property
    def single_ratio(self) -> float:
        """How many times faster one piece is."""
        return self.piece.theirs_s / self.piece.single_s

    @property
    def batched_ratio(self) -> float:
        """How many times more pieces are written in the same time with all slots in use."""
        return self.piece.theirs_s / self.piece.batched_s

    @property
    def growth(self) -> tuple[float, float]:
        """What a patch costs at the longest context beside the shortest: alone, with all slots in use."""
        first, last = self.points[0], self.points[-1]
        return last.single_s / first.single_s, last.batched_s / first.batched_s

    def to_json(self) -> dict[str, object]:
        """Everything by name."""
        derived = {
            "piece": asdict(self.piece),
            "single_ratio": self.single_ratio,
            "batched_ratio": self.batched_ratio,
            "growth": self.growth,
        }
        return {**asdict(self), **derived}

    def table(self) -> str:
        """A table to read."""
        shape = self.shape
        many = f"engine, {self.slots} slots"
        lines = [
            f"{shape.patch_layers} patch layers, {shape.char_layers} character layers, hidden {shape.hidden}, "
            f"{self.device}, {self.precision}, threads: {self.threads}, largest difference: {self.difference:.1e}",
            f"{'context':>12} {'reference':>12} {'NotaGen':>12} {'engine':>12} {'ratio':>7} {many:>18} {'ratio':>7}",
        ]
        lines += [row_of(f"{point.context_patches}", point, unit="ms", factor=1000) for point in self.points]
        lines.append(row_of("whole piece", self.piece, unit="s", factor=1))
        contexts = f"{self.points[0].context_patches} to {self.points[-1].context_patches}"
        alone, together = self.growth
        lines.append(f"a patch costs {alone:.2f} times as much alone, {together:.2f} in all slots, context {contexts}")
        if self.points[0].notagen_s is None:
            lines.append("beside NotaGen's algorithm, written by us; name a checkout of NotaGen for its own code")
        elif not self.is_known:
            lines.append("NotaGen's code is another version than the one that our figures are about")
        return "\n".join(lines)


def run_bench(
    shape: Shape = NOTAGEN_SMALL,
    *,
    slots: int = 16,
    contexts: Sequence[int] = USUAL_CONTEXTS,
    patches: int = 3,
    precision: str = "fp32",
    threads: int = 1,
    device: str = "cpu",
    seed: int = 1,
    notagen: Path | None = None,
) -> BenchResult:
    """Measure the reference and the engine, and NotaGen's own code if a checkout of it is named.

    contexts: lengths of context in patches, increasing, with room for `patches` more in the shape's context.
    patches: how many are timed at each. precision: the engine's; the others compute in float32.
    threads: CPU threads for all. The default takes a minute on a free CPU, two with NotaGen's own code.
    Raises ValueError if the contexts do not fit, BadRequest for a device, precision or checkout that there is not.
    """
    find_device(device)
    increasing = len(contexts) > 0 and contexts[0] > 0 and list(contexts) == sorted(set(contexts))
    if not increasing or contexts[-1] + patches > shape.context_patches:
        raise ValueError(f"contexts must increase and leave room for {patches} patches in {shape.context_patches}")
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        reference, network = random_pair(shape, seed=seed, device=device)
        own = None if notagen is None else NotaGen(notagen, shape, reference.state_dict(), device=device)
        opening = random_opening(contexts[-1], seed=seed)
        clock = clock_for(device, threads=threads)
        engine = Engine(network, slots=slots, precision=precision, threads=threads, guided=False)
        measured = [
            time_all(reference, own, engine, opening[:context], patches=patches, clock=clock) for context in contexts
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
        is_known=notagen is not None and is_known(notagen),
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
    """The usual ones if all fit; otherwise a short context, half of the longest one, and nearly the longest one."""
    longest = shape.context_patches - LEFT_FOR_TIMING
    if longest >= USUAL_CONTEXTS[-1]:
        return USUAL_CONTEXTS
    return SHORTEST_CONTEXT, shape.context_patches // 2, longest


# --- the two networks ----------------------------------------------------------------------------------------------


def random_pair(shape: Shape, *, seed: int, device: str) -> tuple[Reference, Network]:
    """The reference with random weights, and ours with the same."""
    from generator.evaluation.reference import Reference  # transformers takes seconds to load

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


def alternating_times(works: Sequence[Callable[[], object]], *, count: int, clock: Callable[[], float]) -> list[float]:
    """Median seconds of each in `count` rounds, in which they take turns, after one that warms up."""
    times: list[list[float]] = [[] for _ in works]
    for number in range(count + 1):
        for work, so_far in zip(works, times, strict=True):
            start = clock()
            work()
            if number:
                so_far.append(clock() - start)
    return [statistics.median(each) for each in times]


def time_all(
    reference: Reference,
    own: NotaGen | None,
    engine: Engine,
    opening: Sequence[Patch],
    *,
    patches: int,
    clock: Callable[[], float],
) -> Point:
    """Seconds for one patch after this opening by each of them, the engine with one slot and with all."""
    given, rng, sampling = as_tensor(reference, opening), np.random.default_rng(1), Sampling()
    first = engine.open_slot(opening, sampling=sampling, seed=0)
    opened = [first, *(copy_slot(engine, first, seed=seed) for seed in range(1, len(engine.free) + 1))]
    marks = {slot: slot.mark() for slot in opened}

    def step(slots: Sequence[Slot]) -> None:
        engine.step(dict.fromkeys(slots, ""))
        for slot in slots:
            engine.rollback(slot, marks[slot])

    works: list[Callable[[], object]] = [
        lambda: reference.write_patch(given, sampling=sampling, rng=rng),
        lambda: step([first]),
        lambda: step(opened),
    ]
    if own is not None:
        works.append(lambda: own.write_patch(opening, sampling))
    try:
        reference_s, single_s, together_s, *own_s = alternating_times(works, count=patches, clock=clock)
    finally:
        for slot in opened:
            engine.close(slot)
    return Point(len(opening), reference_s, single_s, together_s / len(opened), own_s[0] if own_s else None)


def copy_slot(engine: Engine, slot: Slot, *, seed: int) -> Slot:
    """Another slot with the same patches, its cache copied: reading them again would take longer than measuring."""
    copy = engine.open_slot(slot.patches[:1], sampling=slot.sampling, seed=seed)
    copy.patches, copy.pinned, copy.start, copy.read = list(slot.patches), slot.pinned, slot.start, slot.read
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
    times = [
        "" if seconds is None else f"{seconds * factor:.1f} {unit}"
        for seconds in (point.reference_s, point.notagen_s, point.single_s, point.batched_s)
    ]
    ratios = [f"{point.theirs_s / seconds:.1f}x" for seconds in (point.single_s, point.batched_s)]
    reference, own, alone, many = times
    return f"{name:>12} {reference:>12} {own:>12} {alone:>12} {ratios[0]:>7} {many:>18} {ratios[1]:>7}"
