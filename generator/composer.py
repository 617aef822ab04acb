"""The door: a request in, a tune out, with progress on the way.

Promises: one task owns the device and steps all live pieces together, one patch each; a piece that is cancelled frees
its slot at the next step; the same request gives the same piece, alone or in a batch.
Not covered: fairness between people and surviving a restart, which are the job queue's.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from random import Random

import torch

from config.settings import Settings
from generator.credits import credit_line, piece_title
from generator.delivery import delivered_text, finish_tune
from generator.draft import Draft, header_patches
from generator.errors import BadRequest
from generator.model.checkpoint import load_network
from generator.model.engine import Engine
from generator.model.patches import BOS_PATCH
from generator.notation import Header, parse_header
from generator.notation.keys import parse_key
from generator.request import Finished, Progress, Request
from generator.rules import rules_for
from generator.styles import Catalogue, load_catalogue

log = logging.getLogger(__name__)
MANY_SLOTS = 16  # measured at NotaGen-small size: int8 is 1.9 times as fast for one, bf16 1.3 times for sixteen
SHIPPED_WEIGHTS = Path(__file__).parent / "weights" / "notabot.safetensors"


class Work:
    """A request on its way through the composer, as the task that owns the device sees it."""

    def __init__(self, request: Request, header_lines: tuple[str, ...]) -> None:
        self.request, self.header_lines = request, header_lines
        self.header: Header = parse_header(header_lines)
        self.draft: Draft | None = None
        self.cancelled = False
        self.failure: Exception | None = None
        self.started_s = time.monotonic()
        # Numbers of finished bars; an exception if the piece or the engine failed.
        self.news: asyncio.Queue[int | Exception] = asyncio.Queue()

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self.started_s

    @property
    def is_writing(self) -> bool:
        """Whether the next step is to write a patch of this piece."""
        return self.draft is not None and not (self.cancelled or self.failure or self.draft.done)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What goes wrong in here is this piece's own trouble; the others in the batch go on."""
        try:
            yield
        except Exception as error:
            log.exception("a piece failed")
            self.failure = error

    def open(self, engine: Engine, *, tries_per_bar: int) -> None:
        """Take a slot and let the model read prompt and tune header."""
        request = self.request
        prompt = [line.rstrip("\n") for line in request.style.prompt_lines]
        patches = [BOS_PATCH, *header_patches([*prompt, *self.header_lines])]
        rules = rules_for(
            self.header,
            bars=request.bars,
            key_asked=request.key is not None,
            tempo_asked=request.tempo is not None,
            all_sing=request.style.instrumentation == "Choral",
        )
        slot = engine.open_slot(patches, sampling=request.sampling, seed=request.seed)
        self.draft = Draft(slot, self.header, bars=request.bars, rules=rules, tries_per_bar=tries_per_bar)

    def close(self) -> None:
        """Give the slot back."""
        if self.draft is not None:
            self.draft.slot.close()


class Composer:
    """Composes pieces with one engine. Made by `open_composer`."""

    def __init__(self, engine: Engine, catalogue: Catalogue, settings: Settings) -> None:
        self.engine, self.catalogue, self.settings = engine, catalogue, settings
        self.places = asyncio.Semaphore(settings.slots)
        self.live: list[Work] = []
        self.wake = asyncio.Event()

    async def compose(self, request: Request) -> AsyncGenerator[Progress | Finished, None]:
        """Compose one piece: Progress at every finished bar, Finished at the end.

        Closing the generator early cancels the piece. Raises BadRequest for a key or metre that cannot be written, or
        more bars than the settings allow.
        """
        if request.bars > self.settings.max_bars:
            raise BadRequest(
                f"A piece can have at most {self.settings.max_bars} bars here, not {request.bars}. Ask for fewer."
            )
        opening = self.catalogue.opening(
            request.style, rng=Random(request.seed), key=request.key, metre=request.metre, tempo=request.tempo
        )
        async with self.places:
            work = Work(request, tuple(opening.lines))
            self.live.append(work)
            self.wake.set()
            try:
                for bar in range(1, request.bars + 1):
                    news = await work.news.get()
                    if isinstance(news, Exception):
                        raise news
                    left = work.elapsed_s / bar * (request.bars - bar)
                    yield Progress(bar, request.bars, work.elapsed_s, left)
                yield finished_piece(work)
            finally:
                work.cancelled = True
                self.wake.set()

    async def compose_whole(self, request: Request) -> Finished:
        """Compose one piece without looking at its progress."""
        async with aclosing(self.compose(request)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    return event
        raise AssertionError("a composition ends with Finished")

    async def serve(self) -> None:
        """Own the device: step all live pieces until cancelled."""
        while True:
            await self.wake.wait()
            self.wake.clear()
            while self.live:
                live = list(self.live)
                counted = [bars_of(work) for work in live]
                try:
                    await asyncio.to_thread(self.step, live)
                except Exception as error:
                    log.exception("the engine failed")
                    self.fail(live, error)
                    continue
                self.tell(live, counted)

    def step(self, live: list[Work]) -> None:
        """One patch for each live piece; runs in a thread, which nobody else enters meanwhile."""
        for work in live:
            if work.draft is None and not work.cancelled:
                with work.apart():
                    work.open(self.engine, tries_per_bar=self.settings.tries_per_bar)
        writing = {work.draft.slot: work for work in live if work.draft and work.is_writing}
        drafts = [work.draft for work in writing.values() if work.draft]
        feeds = {draft.slot: feed for draft in drafts if (feed := draft.take_feeds())}
        if feeds:
            self.engine.feed(feeds)
        if drafts:
            prefixes = {draft.slot: draft.next_prefix() for draft in drafts}
            drawn = self.engine.step(prefixes, {draft.slot: draft for draft in drafts})
            for draft in drafts:
                with writing[draft.slot].apart():
                    draft.take(drawn[draft.slot])

    def tell(self, live: list[Work], counted: list[int]) -> None:
        """Report finished bars and failures, and let go of what is finished, failed or cancelled."""
        for work, before in zip(live, counted, strict=True):
            for bar in range(before + 1, bars_of(work) + 1):
                work.news.put_nowait(bar)
            if work.failure is not None:
                work.news.put_nowait(work.failure)
            if work.cancelled or work.failure or (work.draft is not None and work.draft.done):
                work.close()
                self.live.remove(work)

    def fail(self, live: list[Work], error: Exception) -> None:
        """Tell every live piece that the engine failed; the engine itself goes on with the next ones."""
        for work in live:
            work.close()
            self.live.remove(work)
            work.news.put_nowait(error)


def bars_of(work: Work) -> int:
    """How many bars of the piece are finished."""
    return len(work.draft.bars) if work.draft else 0


def finished_piece(work: Work) -> Finished:
    """The piece that a finished draft holds."""
    draft, request = work.draft, work.request
    assert draft is not None
    tune = finish_tune(work.header, tuple(draft.bars))
    key_name = parse_key(work.header.key).name if work.header.key not in ("", "none") else None
    title, credit = piece_title(request.style, key_name), credit_line(request.style)
    abc = delivered_text(tune, title=title, credit=credit)
    return Finished(tune, abc, title, credit, draft.counts, {"compose_s": round(work.elapsed_s, 3)})


def best_precision(device: str, slots: int) -> str:
    """The fastest precision: on a processor int8 reads the fewest bytes for a few pieces, bf16 multiplies many best."""
    return "int8" if device == "cpu" and slots < MANY_SLOTS else "bf16"


@asynccontextmanager
async def open_composer(settings: Settings) -> AsyncIterator[Composer]:
    """Load the weights and run a composer as long as the context lasts. Raises CheckpointError."""
    device = settings.device if settings.device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
    precision = settings.precision if settings.precision != "auto" else best_precision(device, settings.slots)
    network = await asyncio.to_thread(load_network, settings.weights or SHIPPED_WEIGHTS, device=device)
    engine = Engine(network, slots=settings.slots, precision=precision, threads=settings.threads or None)
    composer = Composer(engine, load_catalogue(), settings)
    task = asyncio.create_task(composer.serve(), name="composer")
    try:
        yield composer
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
