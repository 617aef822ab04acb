#!/usr/bin/env python
"""Find the sampling that composes most like people, by family of styles: temperature x top-p x top-k x guidance.

    scripts/sweep_sampling.py CORPUS.jsonl.xz --weights FILE --out sweep.json

How: every feature of the critic is measured on every piece, as deviations from the middle of human pieces of its style
and length (see `deviation`). Over the pieces of one setting each feature has a mean and a deviation,
where human pieces have about 0 and 1; the distance of a setting is the mean over features of mean² + (deviation - 1)²:
the Fréchet distance of normal distributions, one feature at a time. Pieces too much alike score badly too.
In rounds: each setting composes a few pieces for every family; those that are better over all families go on with more.
As few pieces say little about one family, its setting is chosen by the mean of the distances in it and over all.
Beside it stands how many pieces a classifier that has learnt composers from human pieces hears as their composer's.
Every setting composes with the same seeds.
Not covered: whether people like it.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import product
from math import isnan
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.style import Style
from generator.composer import Composer, open_composer
from generator.critic.cadence import Ending, ending_of
from generator.critic.choice import Verdict
from generator.critic.features import FEATURES, measure
from generator.critic.human import Humans, Spread, load_humans
from generator.evaluation.classifiers import Classifier, Labelled, common_labels
from generator.evaluation.excerpts import Excerpt, take_excerpts
from generator.evaluation.measuring import Measured, Measurer, measure_excerpt
from generator.model.sampling import Sampling
from generator.notation import Tune
from generator.request import Counts, Finished, Request
from generator.training.corpus import load_corpus

FAMILIES = ("keyboard", "chamber", "song", "choral", "orchestral")
ALL = "all"
MOST_DEVIATIONS = 4.0  # one odd feature of one piece must not decide
TAIL = 1.645  # standard deviations from the middle to the 95th percentile of a normal distribution
LEAST_SHARE_OF_RANGE, LEAST_SCALE = 0.05, 0.01  # no smaller deviation of human pieces is believed
FEWEST_PIECES = 2  # with a feature, for it to have a deviation


class Unjudged:
    """A judge that has no opinion: the pieces are measured here, and each setting keeps what it composed first."""

    def prepare(self) -> None:
        """There is nothing to load."""

    def judge(self, tune: Tune, style: Style, *, seed: int) -> Verdict:
        return Verdict(seed, liking=0.0, shared_notes=0, limit=0)


@dataclass(frozen=True)
class Outcome:
    """One piece. deviations: by feature, from the middle of human pieces; None where it cannot be known."""

    family: str
    style: str
    seed: int
    sampling: Sampling
    deviations: dict[str, float | None]
    heard: bool
    liking: float
    ending: Ending | None
    counts: Counts

    def to_json(self) -> dict[str, Any]:
        values = {name: value for name, value in vars(self).items() if name not in ("sampling", "counts")}
        return {**values, "sampling": asdict(self.sampling), "counts": self.counts.to_json()}


@dataclass(frozen=True)
class Row:
    """What is known about one setting in one family."""

    family: str
    sampling: Sampling
    pieces: int
    distance: float
    rank_by: float
    heard: float
    liking: float
    patches_per_kept_patch: float
    repair: float
    bars_first_try: float
    bars_repaired: float
    held_back_per_100_patches: float
    ends_on_tonic: float

    def line(self) -> str:
        one = self.sampling
        figures = (
            f"{self.pieces:>7}",
            f"{self.distance:>9.3f}",
            f"{self.rank_by:>8.3f}",
            f"{self.heard:>6.2f}",
            f"{self.liking:>7.2f}",
            f"{self.patches_per_kept_patch:>8.2f}",
            f"{self.repair:>7.2f}",
            f"{self.bars_first_try:>8.2f}",
            f"{self.bars_repaired:>9.4f}",
            f"{self.held_back_per_100_patches:>10.1f}",
            f"{self.ends_on_tonic:>6.2f}",
        )
        return f"{self.family:<12}{one.temperature:>5}{one.top_p:>6}{one.top_k:>4}{one.guidance:>5}" + "".join(figures)


HEADINGS = (
    f"{'family':<12}{'T':>5}{'top-p':>6}{'k':>4}{'g':>5}{'pieces':>7}{'distance':>9}{'rank by':>8}{'heard':>6}"
    f"{'liking':>7}{'patches':>8}{'repair':>7}{'1st try':>8}{'repaired':>9}{'held back':>10}{'tonic':>6}"
)


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
    composer: Composer, asked: Sequence[tuple[str, Request]], humans: Humans, ear: Ear, progress: str
) -> list[Outcome]:
    """Compose and measure all pieces, as many at once as there are slots."""
    done = 0
    started = time.monotonic()

    async def make(family: str, request: Request) -> Outcome:
        nonlocal done
        finished = await composer.compose_whole(request)
        outcome = await asyncio.to_thread(judge, family, request, finished, humans, ear)
        done += 1
        if done % 10 == 0 or done == len(asked):
            print(
                f"{progress}: {done} of {len(asked)}, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True
            )
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


# --- figures ---------------------------------------------------------------------------------------------------------


def distance(outcomes: Iterable[Outcome]) -> float:
    """Fréchet distance of the features, each by itself, from those of human pieces; the mean over features."""
    columns: dict[str, list[float]] = defaultdict(list)
    for outcome in outcomes:
        for name, value in outcome.deviations.items():
            if value is not None:
                columns[name].append(value)
    distances = [
        statistics.fmean(values) ** 2 + (statistics.stdev(values) - 1) ** 2
        for values in columns.values()
        if len(values) >= FEWEST_PIECES
    ]
    return statistics.fmean(distances) if distances else float("inf")


def rows_of(outcomes: Sequence[Outcome], families: Iterable[str]) -> list[Row]:
    """A row for every setting in every family, and over all of them; the best of each family first."""
    by_setting: dict[Sampling, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_setting[outcome.sampling].append(outcome)
    everywhere = {sampling: distance(mine) for sampling, mine in by_setting.items()}
    rows = []
    for family in (*families, ALL):
        for sampling, mine in by_setting.items():
            own = mine if family == ALL else [outcome for outcome in mine if outcome.family == family]
            if own:
                rows.append(row_of(family, sampling, own, everywhere[sampling]))
    order = [*families, ALL]
    return sorted(rows, key=lambda row: (order.index(row.family), -row.pieces, row.rank_by))


def row_of(family: str, sampling: Sampling, outcomes: Sequence[Outcome], everywhere: float) -> Row:
    counts = Counter[str]()
    for outcome in outcomes:
        counts.update(outcome.counts.to_json())
    apart = distance(outcomes)
    endings = [outcome.ending for outcome in outcomes if outcome.ending is not None]
    return Row(
        family=family,
        sampling=sampling,
        pieces=len(outcomes),
        distance=apart,
        rank_by=(apart + everywhere) / 2,
        heard=statistics.fmean(outcome.heard for outcome in outcomes),
        liking=statistics.fmean(outcome.liking for outcome in outcomes),
        patches_per_kept_patch=counts["patches"] / max(1, counts["kept_patches"]),
        repair=counts["patches"] / max(1, counts["kept_patches"] + counts["ending_patches"]),
        bars_first_try=counts["bars_first_try"] / max(1, counts["bars"]),
        bars_repaired=counts["bars_repaired"] / max(1, counts["bars"]),
        held_back_per_100_patches=100 * counts["held_back"] / max(1, counts["patches"]),
        ends_on_tonic=sum(ending is Ending.TONIC for ending in endings) / max(1, len(endings)),
    )


def best_settings(rows: Iterable[Row], family: str, *, most_patches: float) -> list[Sampling]:
    """Of the settings with the most pieces those that do not cost too much (all, if all do), the best first."""
    mine = [row for row in rows if row.family == family]
    most = max(row.pieces for row in mine)
    finalists = [row for row in mine if row.pieces == most]
    affordable = [row for row in finalists if row.repair <= most_patches] or finalists
    return [row.sampling for row in affordable]


# --- the sweep -------------------------------------------------------------------------------------------------------


async def sweep(given: argparse.Namespace) -> None:
    """All rounds, then the table."""
    humans, styles = load_humans(), styles_of(given.corpus, given.families, most=given.styles)
    ear = Ear(given.corpus, given.folder)
    axes = (given.temperatures, given.top_ks, given.top_ps, given.guidances)
    going_on = [Sampling(*values) for values in product(*axes)]
    settings = Settings().model_copy(
        update={"weights": given.weights, "slots": given.slots, "threads": 1, "precision": "int8"}
    )
    outcomes: list[Outcome] = []
    composed = 0
    async with open_composer(settings, judge=Unjudged()) as composer:
        for number, (pieces, kept) in enumerate(given.rounds, start=1):
            asked = [
                (family, Request(mine[place % len(mine)], given.seed + place, given.bars, sampling=sampling))
                for place in range(composed, composed + pieces)
                for sampling in going_on
                for family, mine in styles.items()
            ]
            outcomes += await compose_round(composer, asked, humans, ear, f"round {number}")
            composed += pieces
            rows = rows_of(outcomes, styles)
            going_on = best_settings(rows, ALL, most_patches=given.most_patches)[:kept]
            chosen = {family: best_settings(rows, family, most_patches=given.most_patches)[0] for family in styles}
            write(given, rows, chosen, outcomes)
    print_table(rows, chosen)


def write(
    given: argparse.Namespace,
    rows: Sequence[Row],
    chosen: Mapping[str, Sampling],
    outcomes: Sequence[Outcome],
) -> None:
    """Everything so far, after every round, so that a run that is cut short is not lost."""
    if given.out is None:
        return
    figures = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "weights": given.weights.name if given.weights else "shipped",
        "seed": given.seed,
        "bars": given.bars,
        "rounds": given.rounds,
        "chosen": {family: asdict(sampling) for family, sampling in chosen.items()},
        "rows": [asdict(row) for row in rows],
        "pieces": [outcome.to_json() for outcome in outcomes],
    }
    given.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def print_table(rows: Iterable[Row], chosen: Mapping[str, Sampling]) -> None:
    """The table, then the lines of presets.toml."""
    print(HEADINGS)
    for row in rows:
        print(row.line())
    for family, one in chosen.items():
        values = ", ".join(f"{name} = {value}" for name, value in asdict(one).items())
        print(f"{family} = {{ {values} }}")


def numbers(text: str) -> list[float]:
    return [float(word) for word in text.split(",")]


def rounds(text: str) -> list[tuple[int, int]]:
    """As in 2:8,4:1: two pieces of each setting and family, the best eight go on; four more, the best one stays."""
    pairs = [word.split(":") for word in text.split(",")]
    return [(int(pieces), int(kept)) for pieces, kept in pairs]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="to choose the styles from")
    parser.add_argument("--weights", type=Path, help="default: the model that ships")
    parser.add_argument("--families", type=lambda text: text.split(","), default=list(FAMILIES))
    parser.add_argument("--styles", type=int, default=4, help="the best covered ones of each family")
    parser.add_argument("--temperatures", type=numbers, default=[0.8, 1.0, 1.1, 1.2, 1.4])
    parser.add_argument("--top-ps", type=numbers, default=[0.9, 0.95, 1.0])
    parser.add_argument("--top-ks", type=lambda text: list(map(int, text.split(","))), default=[9, 0])
    parser.add_argument("--guidances", type=numbers, default=[0.0, 1.0, 2.0])
    parser.add_argument("--rounds", type=rounds, default=rounds("2:10,4:4,10:1"), help="pieces:settings kept,...")
    parser.add_argument(
        "--most-patches", type=float, default=1.3, help="sampled for each that is accepted; others are out"
    )
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--slots", type=int, default=16)
    parser.add_argument("--seed", type=int, default=5000)
    parser.add_argument("--folder", type=Path, default=Path("data/sweep"), help="keeps the measures of human pieces")
    parser.add_argument("--out", type=Path, help="write all figures here as JSON, after every round")
    asyncio.run(sweep(parser.parse_args()))


if __name__ == "__main__":
    main()
