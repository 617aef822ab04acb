"""An endless stream of training batches that can be taken up again at any place.

Promises: which windows a batch holds depends on the rows, the plan and the batch's place alone, not on what was drawn
before it nor on how many processes draw. Every piece comes once an epoch, with a random cut in a random key; with
weights, as often as its weight says.
"""

import itertools
import logging
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from random import Random

from generator.errors import GeneratorError
from generator.model.patches import BLANK_PROMPT, FILL_PROMPT
from generator.training.augment import at_home
from generator.training.balance import draw_evenly
from generator.training.corpus import Row, prompt_lines
from generator.training.lessons import LEAST_FILL_BARS, Lesson, study_tune
from generator.training.memory import USUAL_TRUST
from generator.training.plan import Plan

log = logging.getLogger(__name__)
Transpose = Callable[[str, Random], str]
Batch = list[Lesson]


@dataclass(frozen=True)
class Position:
    """A place in the stream: the batch that comes next."""

    epoch: int = 0
    pool: int = 0
    batch: int = 0


class Windows:
    """Batches of windows of `rows`.

    workers: processes that draw ahead; 0 draws when a batch is asked for. weights: how often each row is drawn, all
    equally often without them; an epoch has as many windows as there are rows in any case.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        plan: Plan,
        transpose: Transpose | None,
        *,
        workers: int = 0,
        weights: Sequence[float] | None = None,
    ) -> None:
        self.rows, self.plan, self.transpose, self.workers = rows, plan, transpose, workers
        self.weights = weights
        self.pools_per_epoch = -(-len(rows) // plan.pool_pieces)

    def batches(self, start: Position) -> Generator[tuple[Batch, Position], None, None]:
        """Batches from `start` on, each with the position behind it. Close the iterator to end the workers."""
        places = self.places_from(start)
        skipped = start.batch
        for (epoch, index), pool in self.draw_ahead(places) if self.workers else self.draw_now(places):
            for number, batch in enumerate(pool[skipped:], start=skipped + 1):
                last = number == len(pool)
                next_epoch = epoch + 1 if last and index + 1 == self.pools_per_epoch else epoch
                next_pool = (index + 1) % self.pools_per_epoch if last else index
                yield batch, Position(next_epoch, next_pool, 0 if last else number)
            skipped = 0

    def places_from(self, start: Position) -> Iterator[tuple[int, int]]:
        """(epoch, pool) of every pool from `start` on, without end."""
        first = start.epoch * self.pools_per_epoch + start.pool
        return (divmod(number, self.pools_per_epoch) for number in itertools.count(first))

    def draw_now(self, places: Iterator[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], list[Batch]]]:
        """Each pool when its turn comes."""
        for epoch, index in places:
            yield (epoch, index), self.draw_pool(epoch, index)

    def draw_ahead(self, places: Iterator[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], list[Batch]]]:
        """The same pools in the same order, drawn by other processes before their turn."""
        # spawn, because a forked process shares locks with the threads of PyTorch and CUDA.
        context = multiprocessing.get_context("spawn")
        initargs = (self.rows, self.plan, self.transpose, self.weights)
        executor = ProcessPoolExecutor(self.workers, context, initializer=_start_worker, initargs=initargs)
        waiting: deque[tuple[tuple[int, int], Future[list[Batch]]]] = deque()
        try:
            for place in places:
                waiting.append((place, executor.submit(_draw_in_worker, *place)))
                if len(waiting) > self.workers:
                    drawn, future = waiting.popleft()
                    yield drawn, future.result()
        finally:
            executor.shutdown(cancel_futures=True)

    def draw_pool(self, epoch: int, index: int) -> list[Batch]:
        """The batches of one pool of pieces: windows of similar length together, the batches in random order."""
        order = self.draw_order(epoch)
        rng = Random(f"{self.plan.seed}/{epoch}/{index}")
        pieces = order[index * self.plan.pool_pieces : (index + 1) * self.plan.pool_pieces]
        batches = split_batches([self.draw(self.rows[piece], rng) for piece in pieces], self.plan.batch_patches)
        rng.shuffle(batches)
        return batches

    def draw_order(self, epoch: int) -> list[int]:
        """The numbers of the rows in the order in which they come in an epoch."""
        rng = Random(f"{self.plan.seed}/{epoch}")
        if self.weights is not None:
            return draw_evenly(self.weights, rng)
        order = list(range(len(self.rows)))
        rng.shuffle(order)
        return order

    def draw(self, row: Row, rng: Random) -> Lesson:
        """One window of a piece, in its own key or another; in a `fill_share` of them with a gap to be filled in."""
        abc, prompt = row["abc"], self.prompt(row, rng)
        if self.plan.home_key_share and rng.random() < self.plan.home_key_share:
            abc, more = at_home(row)
            prompt += more
        elif self.transpose is not None and rng.random() >= self.plan.original_key_share:
            abc = self.transposed(row, rng)
        plan = self.plan
        fills = bool(plan.fill_share) and rng.random() < plan.fill_share and abc.count("\n[V:") >= LEAST_FILL_BARS
        studied = study_tune(
            [*prompt, f"{FILL_PROMPT}\n"] if fills else prompt,
            abc,
            hearing=plan.hearing,
            trust=USUAL_TRUST if plan.memory else None,
        )
        if fills and studied.can_be_filled:
            return studied.fill_window(plan.context_patches, rng)
        return studied.random_window(plan.context_patches, rng)

    def prompt(self, row: Row, rng: Random) -> list[str]:
        """The lines that lead the window; in an `unnamed_share` of them the composer is blank, in half of those the
        period too.

        So the network learns what music is like whoever wrote it, which guidance leads away from (Sanchez et al., *Stay
        on topic with classifier-free guidance*, 2023).
        """
        lines = prompt_lines(row)
        if self.plan.unnamed_share and rng.random() < self.plan.unnamed_share:
            blank = slice(1, 2) if rng.random() < 0.5 else slice(0, 2)
            lines[blank] = [f"{BLANK_PROMPT}\n"] * len(lines[blank])
        return lines

    def transposed(self, row: Row, rng: Random) -> str:
        """The piece in another key; in its own if it cannot be transposed."""
        assert self.transpose is not None
        abc: str = row["abc"]
        try:
            return self.transpose(abc, rng)
        except (GeneratorError, ValueError) as error:
            log.debug("%s stays in its key: %s", row.get("id"), error)
            return abc


def split_batches(windows: Sequence[Lesson], batch_patches: int) -> list[Batch]:
    """Windows → batches of similar length, each at most `batch_patches` with its padding (or a single window)."""
    batches: list[Batch] = []
    for window in sorted(windows, key=len):
        if not batches or len(window) * (len(batches[-1]) + 1) > batch_patches:
            batches.append([])
        batches[-1].append(window)
    return batches


_in_worker: Windows | None = None  # a worker process gets the rows once, not with every pool


def _start_worker(
    rows: Sequence[Row], plan: Plan, transpose: Transpose | None, weights: Sequence[float] | None
) -> None:
    global _in_worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that saves the checkpoint
    _in_worker = Windows(rows, plan, transpose, weights=weights)


def _draw_in_worker(epoch: int, index: int) -> list[Batch]:
    assert _in_worker is not None
    return _in_worker.draw_pool(epoch, index)
