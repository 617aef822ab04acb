"""Finds the sampling that composes most like people, by family of styles: temperature x top-p x top-k x guidance.

How: every feature of the critic is measured on every piece, as deviations from the middle of human pieces of its style
and length (see `deviation`); `sweep_table.py` makes one distance of them.
In rounds: each setting composes a few pieces for every family; those that are better over all families go on with more.
As few pieces say little about one family, its setting is chosen by the mean of the distances in it and over all.
Beside it stands how many pieces a classifier that has learnt composers from human pieces hears as their composer's.
Every setting composes with the same seeds.
Not covered: whether people like it.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import product
from math import isnan
from pathlib import Path
from typing import Any

from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.style import Style
from generator.composer import Composer, open_composer
from generator.critic.cadence import ending_of
from generator.critic.features import FEATURES, measure
from generator.critic.human import Humans, Spread, load_humans
from generator.critic.judgement import Judgement
from generator.evaluation.classifiers import Classifier, Labelled, common_labels
from generator.evaluation.excerpts import Excerpt, take_excerpts
from generator.evaluation.measuring import Measured, Measurer, measure_excerpt
from generator.evaluation.sweep_table import ALL, HEADINGS, Outcome, Row, best_settings, rows_of
from generator.model.sampling import Sampling
from generator.notation import Tune
from generator.request import Finished, Request
from generator.training.corpus import load_corpus
from generator.training.errors import CorpusError

FAMILIES = ("keyboard", "chamber", "song", "choral", "orchestral")
MOST_DEVIATIONS = 4.0  # one odd feature of one piece must not decide
TAIL = 1.645  # standard deviations from the middle to the 95th percentile of a normal distribution
LEAST_SHARE_OF_RANGE, LEAST_SCALE = 0.05, 0.01  # no smaller deviation of human pieces is believed
Progress = Callable[[int, int, int], None]  # round, pieces done, of how many


@dataclass(frozen=True, kw_only=True)
class SweepPlan:
    """What is tried. styles: so many of each family, the best covered ones.

    rounds: pairs of pieces for each setting and family, and settings that go on. most_patches: sampled for each that is
    accepted; a setting that needs more is out.
    """

    families: tuple[str, ...] = FAMILIES
    styles: int = 4
    temperatures: tuple[float, ...] = (0.8, 1.0, 1.1, 1.2, 1.4)
    top_ks: tuple[int, ...] = (9, 0)
    top_ps: tuple[float, ...] = (0.9, 0.95, 1.0)
    guidances: tuple[float, ...] = (0.0, 1.0, 2.0)
    rounds: tuple[tuple[int, int], ...] = ((2, 10), (4, 4), (10, 1))
    most_patches: float = 1.3
    bars: int = 16
    seed: int = 5000

    def settings(self) -> list[Sampling]:
        """Every combination."""
        return [Sampling(*values) for values in product(self.temperatures, self.top_ks, self.top_ps, self.guidances)]


class Unjudged:
    """A judge that has no opinion: the pieces are measured here, and each setting keeps what it composed first."""

    def prepare(self) -> None:
        """There is nothing to load."""

    def judge(self, tune: Tune, style: Style, *, seed: int) -> Judgement:
        """The same of every piece."""
        return Judgement(seed=seed, liking=0.0)


# --- composing -------------------------------------------------------------------------------------------------------


def styles_of(corpus: Path, families: Sequence[str], *, most: int) -> dict[str, list[Style]]:
    """The styles of each family that have the most pieces to train on."""
    pieces = Counter((row["period"], row["composer"], row["instrumentation"]) for row in load_corpus(corpus).train)
    found: dict[str, list[Style]] = {family: [] for family in families}
    known = {(style.period, style.composer, style.instrumentation): style for style in load_catalogue().styles}
    for names, _ in pieces.most_common():
        style = known.get(names)
        if style is not None and style.family in found and len(found[style.family]) < most:
            found[style.family].append(style)
    return {family: styles for family, styles in found.items() if styles}


class Ear:
    """Hears composers: a classifier that has learnt them from the pieces trained on. folder: keeps their measures."""

    def __init__(self, corpus: Path, folder: Path) -> None:
        excerpts = take_excerpts(load_corpus(corpus).train)
        measured = Measurer(folder).measure(excerpts)
        composers = [excerpts[place].style.composer for place in measured.places]
        pieces = Labelled(measured.heard, composers, composers, composers)
        self.classifier = Classifier(pieces.with_labels(common_labels(pieces)))

    def hears(self, tune: Tune, style: Style) -> bool:
        """Whether the tune is heard as its composer's."""
        vector = measure_excerpt(Excerpt(style, "", str(tune)))
        if vector is None:
            return False
        one = Measured(vector[None, : len(FEATURES)], vector[None, len(FEATURES) :], (0,))
        return bool(self.classifier.right(Labelled(one.heard, [style.composer], [""], [""]))[0])


async def compose_round(
    composer: Composer,
    asked: Sequence[tuple[str, Request]],
    humans: Humans,
    ear: Ear,
    progress: Callable[[int, int], None],
) -> list[Outcome]:
    """Compose and measure all pieces, as many at once as there are slots."""
    done = 0

    async def make(family: str, request: Request) -> Outcome:
        nonlocal done
        finished = await composer.compose_whole(request)
        outcome = await asyncio.to_thread(judge, family, request, finished, humans, ear)
        done += 1
        progress(done, len(asked))
        return outcome

    return list(await asyncio.gather(*(make(family, request) for family, request in asked)))


def judge(family: str, request: Request, finished: Finished, humans: Humans, ear: Ear) -> Outcome:
    """Measure one piece against human ones."""
    measured = measure(finished.tune)
    return Outcome(
        family=family,
        style=request.style.name,
        seed=request.seed,
        sampling=request.sampling,
        deviations=deviations(measured, humans, request.style),
        heard=ear.hears(finished.tune, request.style),
        liking=humans.liking(measured, request.style),
        ending=ending_of(finished.tune),
        counts=finished.counts,
    )


def deviations(measured: Mapping[str, float], humans: Humans, style: Style) -> dict[str, float | None]:
    """Each feature in deviations from the middle of human pieces of the style and length."""
    spreads = humans.group(style, measured["bars"]).spreads
    return {
        name: None if isnan(measured[name]) else deviation(measured[name], spread) for name, spread in spreads.items()
    }


def deviation(value: float, spread: Spread) -> float:
    """How many standard deviations, as on that side of the middle; at most MOST_DEVIATIONS either way."""
    tail = spread.high - spread.middle if value > spread.middle else spread.middle - spread.low
    scale = max(tail / TAIL, LEAST_SHARE_OF_RANGE * (spread.high - spread.low), LEAST_SCALE)
    return max(-MOST_DEVIATIONS, min(MOST_DEVIATIONS, (value - spread.middle) / scale))


# --- the sweep -------------------------------------------------------------------------------------------------------


def sweep(
    corpus: Path,
    *,
    settings: Settings,
    folder: Path,
    plan: SweepPlan | None = None,
    out: Path | None = None,
    tell: Callable[[str], None],
    progress: Progress = lambda _round, _done, _count: None,
) -> None:
    """Compose, compare, and say the table and the lines of `presets.toml`.

    corpus: to choose the styles from. settings: with the weights. folder: keeps the measures of human pieces. out: all
    figures as JSON, written after every round, so that a run that is cut short is not lost.
    Raises CorpusError, CheckpointError, ToolMissing.
    """
    plan = plan or SweepPlan()
    styles = styles_of(corpus, plan.families, most=plan.styles)
    if not styles:
        raise CorpusError(reason="no_family", path=corpus, families=", ".join(plan.families))
    ear = Ear(corpus, folder)
    outcomes: list[Outcome] = []

    def after_round(found: Sequence[Outcome]) -> list[Row]:
        outcomes.extend(found)
        rows = rows_of(outcomes, styles)
        if out is not None:
            write(out, plan, settings, rows, outcomes)
        return rows

    rows = asyncio.run(_rounds(styles, settings, plan, ear, after_round, progress))
    tell(HEADINGS)
    for row in rows:
        tell(row.line())
    for family, one in chosen_of(rows, plan).items():
        values = ", ".join(f"{name} = {value}" for name, value in asdict(one).items())
        tell(f"{family} = {{ {values} }}")


async def _rounds(
    styles: Mapping[str, Sequence[Style]],
    settings: Settings,
    plan: SweepPlan,
    ear: Ear,
    after_round: Callable[[Sequence[Outcome]], list[Row]],
    progress: Progress,
) -> list[Row]:
    """All rounds. Returns the rows after the last one."""
    humans, going_on, composed = load_humans(), plan.settings(), 0
    rows: list[Row] = []
    async with open_composer(settings, judge=Unjudged()) as composer:
        for number, (pieces, kept) in enumerate(plan.rounds, start=1):
            asked = [
                (
                    family,
                    Request(style=mine[place % len(mine)], seed=plan.seed + place, bars=plan.bars, sampling=sampling),
                )
                for place in range(composed, composed + pieces)
                for sampling in going_on
                for family, mine in styles.items()
            ]
            rows = after_round(await compose_round(composer, asked, humans, ear, partial(progress, number)))
            composed += pieces
            going_on = best_settings(rows, ALL, most_patches=plan.most_patches)[:kept]
    return rows


def chosen_of(rows: Sequence[Row], plan: SweepPlan) -> dict[str, Sampling]:
    """The best setting of each family."""
    families = dict.fromkeys(row.family for row in rows if row.family != ALL)
    return {family: best_settings(rows, family, most_patches=plan.most_patches)[0] for family in families}


def write(path: Path, plan: SweepPlan, settings: Settings, rows: Sequence[Row], outcomes: Iterable[Outcome]) -> None:
    """Everything so far."""
    figures: dict[str, Any] = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "weights": settings.weights.name if settings.weights else "shipped",
        "seed": plan.seed,
        "bars": plan.bars,
        "rounds": plan.rounds,
        "chosen": {family: asdict(sampling) for family, sampling in chosen_of(rows, plan).items()},
        "rows": [asdict(row) for row in rows],
        "pieces": [outcome.to_json() for outcome in outcomes],
    }
    path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
