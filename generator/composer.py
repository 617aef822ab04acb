"""The door: a request in, a tune out, with progress on the way.

Promises: one task owns the device and steps all live pieces together, one patch each; a piece that is cancelled frees
its slot at the next step; the same request gives the same piece, alone or in a batch. Of several candidates the best is
delivered, and what copies a training piece or nobody can play is composed again (`critic/choice.py`).
Not covered: fairness between people and surviving a restart, which are the job queue's.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

from config.settings import Settings
from generator.catalogue.catalogue import Catalogue, load_catalogue
from generator.catalogue.style import Style
from generator.critic.card import report_card
from generator.critic.choice import MOST_ROUNDS, Choice, best_of, candidate_seeds, is_enough
from generator.critic.judge import Critic, Judge
from generator.critic.judgement import Judgement
from generator.critic.playable import count_unplayable
from generator.errors import BadRequest
from generator.finishing.credits import credit_line, piece_title
from generator.finishing.delivery import delivered_text
from generator.guard.recall import Trust, trust_of
from generator.model.engine import Engine
from generator.model.loading import best_device, load_for_engine
from generator.model.metadata import FILL_SHARE, HOME_KEY_SHARE, UNNAMED_SHARE, was_trained_with
from generator.model.published import published_in
from generator.notation import Tune
from generator.notation.keys import read_key_field
from generator.onward.brought import Brought
from generator.onward.chain import Chain
from generator.onward.door import Worked, work_on
from generator.onward.editing import edit_piece
from generator.onward.links import NextBars, Takes, write_takes
from generator.onward.step import Edit
from generator.onward.work import Work
from generator.request import Counts, Finished, Progress, Request
from generator.writing.candidate import Candidate, Watch

log = logging.getLogger(__name__)
# Narrower networks let too many notes clash with other voices; so many of these are let through (`clashes.py`).
HEARS_OTHER_VOICES, CLASH_SHARE = 512, 0.5
SHIPPED_WEIGHTS = Path(__file__).parent / "weights" / "notabot.safetensors"


class Composer:
    """Composes pieces with one engine. Made by `open_composer`.

    Candidates wait for a slot in the order in which they were asked for, each for itself: a request with more
    candidates than there are slots has them composed in turns.
    guidable: whether the network knows prompts that name no composer; if not, guidance is left out. at_home: whether it
    writes best in C major and A minor, from where a piece is moved to its key. trust: how far a piece's own earlier
    bars are believed; None for a network for which that was not measured. prompted: whether the network reads prompts.
    fills: whether it was taught to read first what stands behind a gap.
    """

    def __init__(
        self,
        engine: Engine,
        catalogue: Catalogue,
        settings: Settings,
        judge: Judge,
        *,
        guidable: bool = False,
        at_home: bool = False,
        trust: Trust | None = None,
        prompted: bool = True,
        fills: bool = False,
    ) -> None:
        self.engine, self.catalogue, self.settings, self.judge = engine, catalogue, settings, judge
        self.guidable, self.at_home, self.trust, self.prompted = guidable, at_home, trust, prompted
        self.fills = fills
        self.clash_share = CLASH_SHARE if engine.shape.hidden < HEARS_OTHER_VOICES else 1.0
        self._waiting: list[Candidate] = []
        self._live: list[Candidate] = []
        self._wake = asyncio.Event()
        self._judging = asyncio.Lock()

    async def compose(self, request: Request) -> AsyncGenerator[Progress | Finished, None]:
        """Compose one piece: Progress at every finished bar, Finished at the end.

        Closing the generator early cancels the piece. Raises BadRequest for a key or metre that cannot be written, or
        more bars than the settings allow.
        """
        if request.bars > self.settings.max_bars:
            raise BadRequest(reason="most_bars", high=self.settings.max_bars, value=request.bars)
        if not self.guidable:
            request = replace(request, sampling=replace(request.sampling, guidance=0.0))
        watch = Watch()
        composed: list[Candidate] = []
        judgements: list[Judgement] = []
        number = request.candidates or self.settings.candidates
        for round_number in range(1, MOST_ROUNDS + 1):
            seeds = candidate_seeds(request.seed, candidates=number, round_number=round_number)
            candidates = [self._candidate_for(replace(request, seed=seed), watch) for seed in seeds]
            async with aclosing(self.write(candidates, watch)) as events:
                async for progress in events:
                    yield progress
            composed += candidates
            judgements += [await self.judged(candidate) for candidate in candidates]
            if is_enough(judgements, rounds=round_number):
                break
        compose_s = watch.elapsed_s
        known = self.catalogue.knows(self.catalogue.complete(request.style))
        yield await asyncio.to_thread(_finished_piece, composed, judgements, request, compose_s=compose_s, known=known)

    async def compose_whole(self, request: Request) -> Finished:
        """Compose one piece without looking at its progress."""
        async with aclosing(self.compose(request)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    return event
        raise AssertionError("a composition ends with Finished")

    async def work_on(self, brought: Brought, work: Work | Edit) -> AsyncGenerator[Progress | Worked, None]:
        """Do something with a piece that is there: Progress at every bar, Worked at the end. Raises BadRequest."""
        if not self.guidable:
            work = replace(work, sampling=replace(work.sampling, guidance=0.0))
        doing = edit_piece(self, brought, work) if isinstance(work, Edit) else work_on(self, brought, work)
        async with aclosing(doing) as events:
            async for event in events:
                yield event

    async def next_bars(self, chain: Chain, asked: NextBars) -> AsyncGenerator[Progress | Takes, None]:
        """Takes of the next bars of a chain: Progress at every bar, Takes at the end."""
        if not self.guidable:
            asked = replace(asked, sampling=replace(asked.sampling, guidance=0.0))
        async with aclosing(write_takes(self, chain, asked)) as events:
            async for event in events:
                yield event

    def _candidate_for(self, request: Request, watch: Watch) -> Candidate:
        """One candidate with the opening that its seed samples."""
        opening = self.catalogue.opening(
            request.style,
            rng=Random(request.seed),
            key=request.key_wanted,
            metre=request.metre,
            tempo=request.tempo,
            players=request.players,
        )
        return Candidate(request, opening.lines, watch, at_home=self.at_home, prompted=self.prompted)

    async def write(self, candidates: Sequence[Candidate], watch: Watch) -> AsyncGenerator[Progress, None]:
        """Have all candidates of one round written, together as far as there are slots; each so many bars."""
        bars = candidates[0].bars_to_write
        self._waiting += candidates
        self._wake.set()
        try:
            for count in range(1, bars * len(candidates) + 1):
                failure = await watch.news.get()
                if failure is not None:
                    raise failure
                bar, rest = divmod(count, len(candidates))
                if rest == 0:
                    yield Progress(bar, bars, watch.elapsed_s, watch.elapsed_s / bar * (bars - bar))
        finally:
            for candidate in candidates:
                candidate.cancelled = True
            self._wake.set()

    async def judged(self, candidate: Candidate) -> Judgement:
        """What the critic says about a finished candidate; one at a time, in a thread."""
        async with self._judging:
            return await asyncio.to_thread(self._judge, candidate)

    async def judge_tune(self, tune: Tune, style: Style, *, seed: int) -> Judgement:
        """The same about any whole tune."""
        async with self._judging:
            return await asyncio.to_thread(self._judge_tune, tune, style, seed=seed)

    def _judge(self, candidate: Candidate) -> Judgement:
        return self._judge_tune(candidate.tune, candidate.request.style, seed=candidate.request.seed)

    def _judge_tune(self, tune: Tune, style: Style, *, seed: int) -> Judgement:
        return replace(self.judge.judge(tune, style, seed=seed), unplayable=count_unplayable(tune))

    async def prepare(self) -> None:
        """Have the judge get ready while the first piece is written."""
        async with self._judging:
            await asyncio.to_thread(self.judge.prepare)

    async def serve(self) -> None:
        """Own the device: step all live pieces until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while live := self._admit():
                try:
                    await asyncio.to_thread(self._step, live)
                except Exception as error:
                    log.exception("the engine failed")
                    self._fail(live, error)
                    continue
                self._tell(live)

    def _admit(self) -> list[Candidate]:
        """Let those that have waited longest go on as far as there are slots. Returns all that are live."""
        self._waiting = [candidate for candidate in self._waiting if not candidate.cancelled]
        free = self.settings.slots - len(self._live)
        admitted, self._waiting = self._waiting[:free], self._waiting[free:]
        for candidate in admitted:
            candidate.watch.start()
        self._live += admitted
        return list(self._live)

    def _step(self, live: list[Candidate]) -> None:
        """One patch for each live piece; runs in a thread, which nobody else enters meanwhile."""
        for candidate in live:
            if candidate.draft is None and not candidate.cancelled:
                with candidate.apart():
                    candidate.open(
                        self.engine,
                        tries_per_bar=self.settings.tries_per_bar,
                        clash_share=self.clash_share,
                        trust=self.trust,
                    )
        writing = {candidate.draft.slot: candidate for candidate in live if candidate.draft and candidate.is_writing}
        drafts = [candidate.draft for candidate in writing.values() if candidate.draft]
        feeds = {draft.slot: feed for draft in drafts if (feed := draft.take_feeds())}
        if feeds:
            self.engine.feed(feeds)
        ready = set(self.engine.read_on(writing))
        prefixes = {draft.slot: draft.next_prefix() for draft in drafts if draft.slot in ready}
        if prefixes:
            patches = self.engine.step(prefixes, writing)
            for slot, patch in patches.items():
                writing[slot].take(patch)

    def _tell(self, live: list[Candidate]) -> None:
        """Report finished bars and failures, and let go of what is finished, failed or cancelled."""
        for candidate in live:
            candidate.tell()
            if candidate.cancelled or candidate.failure or (candidate.draft is not None and candidate.draft.done):
                candidate.close()
                self._live.remove(candidate)

    def _fail(self, live: list[Candidate], error: Exception) -> None:
        """Tell every live piece that the engine failed; the engine itself goes on with the next ones."""
        for candidate in live:
            candidate.close()
            self._live.remove(candidate)
            candidate.watch.news.put_nowait(error)


def _finished_piece(
    candidates: Sequence[Candidate],
    judgements: Sequence[Judgement],
    request: Request,
    *,
    compose_s: float,
    known: bool,
) -> Finished:
    """The best of the candidates, with what all of them cost. known: whether the style is."""
    choice = Choice(best_of(judgements) + 1, tuple(judgements))
    tune = candidates[choice.winner - 1].tune
    key_field = read_key_field(tune.header.key)
    key_name = key_field.key.name if key_field and key_field.key else None
    title = piece_title(request.style, key_name, players=request.players)
    credit = credit_line(request.style, known=known)
    counts = _counts_of(candidates, choice)
    return Finished(
        tune=tune,
        abc=delivered_text(tune, title=title, credit=credit),
        title=title,
        credit=credit,
        counts=counts,
        timings={"compose_s": round(compose_s, 3)},
        choice=choice,
        card=report_card(
            tune,
            key=request.key,
            metre=request.metre,
            bars=request.bars,
            counts=counts.to_json(),
            judgement=choice.won,
        ),
        plan=candidates[choice.winner - 1].plan,
        sampling=request.sampling,
    )


def _counts_of(candidates: Sequence[Candidate], choice: Choice) -> Counts:
    """The winner's own counts, and what was spent on the others."""
    counts = [candidate.draft.counts for candidate in candidates if candidate.draft]
    won = choice.winner - 1
    others = [place for place in range(len(counts)) if place != won]
    return replace(
        counts[won],
        pieces=len(candidates),
        copies_rejected=sum(choice.judgements[place].copied for place in others),
        unplayable_rejected=sum(choice.judgements[place].unplayable > 0 for place in others),
        other_patches=sum(counts[place].patches for place in others),
    )


def best_precision(device: str) -> str:
    """The fastest precision, the same for any number of slots: a seed gives the same piece on a busy machine."""
    return "int8" if device == "cpu" else "bf16"


@asynccontextmanager
async def open_composer(settings: Settings, *, judge: Judge | None = None) -> AsyncIterator[Composer]:
    """Load the weights and run a composer as long as the context lasts. Raises CheckpointError.

    judge: who chooses among candidates and finds copies, the critic that ships if nobody is named.
    """
    device = settings.device if settings.device != "auto" else best_device()
    precision = settings.precision if settings.precision != "auto" else best_precision(device)
    weights = settings.weights or SHIPPED_WEIGHTS
    guidable, published = was_trained_with(UNNAMED_SHARE, weights), published_in(weights)
    engine = Engine(
        await asyncio.to_thread(load_for_engine, weights, device=device, precision=precision),
        slots=settings.slots,
        precision=precision,
        threads=settings.threads or None,
        guided=guidable,
    )
    composer = Composer(
        engine,
        load_catalogue(settings.weights),
        settings,
        judge or Critic(leans=weights == SHIPPED_WEIGHTS),
        guidable=guidable,
        at_home=was_trained_with(HOME_KEY_SHARE, weights),
        trust=trust_of(weights),
        prompted=published is None or published.prompted,
        fills=was_trained_with(FILL_SHARE, weights),
    )
    tasks = [
        asyncio.create_task(composer.serve(), name="composer"),
        asyncio.create_task(composer.prepare(), name="critic"),
    ]
    try:
        yield composer
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)  # what kept the critic from loading, judging tells
