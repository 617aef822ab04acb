"""The door of an evaluation: compose many pieces, set them beside human ones, gather every figure of the model card.

Promises: the same corpus, weights, settings and seed give the same figures, but for the seconds; what was composed,
measured or scored before is taken from the folder, so a run that was stopped goes on; whether something that must hold
does hold is decided here and nowhere else.
Not covered: drawing and sounding (`bot.cli.evaluate` makes the samples); whether people like the music.
"""

import asyncio
import json
import os
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from config.settings import Settings
from generator.catalogue.style import Style
from generator.composer import SHIPPED_WEIGHTS
from generator.critic.features import FEATURES
from generator.critic.human import load_humans
from generator.evaluation.bits import measure_bits, text_baselines
from generator.evaluation.borrowing import borrowing
from generator.evaluation.classifiers import Labelled, hear_labels
from generator.evaluation.demands import demands
from generator.evaluation.errors import TooFewPieces
from generator.evaluation.excerpts import BARS, Excerpt, draw_like, shuffle_bars, take_excerpts
from generator.evaluation.frechet import Scale, frechet_distance, frechet_interval
from generator.evaluation.measuring import Measured, Measurer
from generator.evaluation.pieces import (
    ComposedPiece,
    Shelf,
    batch_settings,
    best_covered,
    compose_all,
    fingerprint,
    requests_for,
    time_pieces,
)
from generator.evaluation.validity import check_piece, validity
from generator.evaluation.variety import distance_within_styles, repetition, shared_grams_within_styles
from generator.training.corpus import Corpus, load_corpus
from generator.training.intervals import Numbers, mean_interval

FEWEST_COMPOSED = 4
KEYBOARD = "Keyboard"
Tell = Callable[[str, int, int], None]  # what, done, of how many


@dataclass(frozen=True, kw_only=True)
class EvaluationPlan:
    """What to compose. pieces go round `styles` styles and the lengths in `bars`; seeds count up from `seed`.

    candidates: how many are composed for each piece that is delivered. humans: how many pieces to train classifiers and
    scale features with, evenly over the corpus; None for all. timed: piano pieces that are timed alone.
    """

    pieces: int = 400
    styles: int = 20
    bars: tuple[int, ...] = BARS
    seed: int = 1000
    candidates: int = 1
    humans: int | None = None
    timed: int = 3


@dataclass(frozen=True)
class Evaluation:
    """The figures, and what the samples are made of: the pieces in their order, the best liked first."""

    figures: dict[str, Any]
    by_liking: tuple[ComposedPiece, ...]


@dataclass(frozen=True, kw_only=True)
class People:
    """Human pieces: all that were trained on, all that were held out, and others like ours in style and length.

    alike: as many as ours where the corpus has them; others: as many again; shuffled: the bars of `others` mixed.
    """

    train: list[Excerpt]
    held_out: list[Excerpt]
    alike: list[Excerpt]
    others: list[Excerpt]
    shuffled: list[Excerpt]


def evaluate(
    corpus: Path,
    *,
    settings: Settings,
    folder: Path,
    plan: EvaluationPlan | None = None,
    compare: Mapping[str, Path] | None = None,
    fresh: bool = False,
    tell: Tell = lambda _what, _done, _count: None,
) -> Evaluation:
    """Every figure of the model card for the weights that the settings name, in the precision that they compose with.

    folder: keeps pieces, measurements and scores between runs. compare: other weights, by the name the card shall give
    them, for their bits per character. fresh: forget the pieces that were composed before.
    Raises CorpusError, CheckpointError, ToolMissing, TooFewPieces.
    """
    plan = plan or EvaluationPlan()
    if plan.pieces < FEWEST_COMPOSED:
        raise TooFewPieces(reason="fewest", low=FEWEST_COMPOSED, value=plan.pieces)
    weights = settings.weights or SHIPPED_WEIGHTS
    measurer = Measurer(folder, processes=settings.threads or 1)  # first: it looks at the code that is loaded now
    pieces_to_train = load_corpus(corpus)
    many = batch_settings(settings)
    composed = compose(pieces_to_train, settings=many, folder=folder, plan=plan, fresh=fresh, tell=tell)
    scores = score(
        corpus,
        pieces_to_train,
        weights=weights,
        folder=folder,
        compare=compare or {},
        threads=settings.threads or None,
        tell=tell,
    )
    figures = scores | {
        "date": datetime.now(UTC).date().isoformat(),
        "seed": plan.seed,
        "plan": {**asdict(plan), "bars": list(plan.bars)},
        "device": {
            "processors": os.cpu_count(),
            "threads": settings.threads or None,
            "precision": many.precision,
        },
    }
    figures["weights"] |= {"sha256": fingerprint(weights)}
    figures["corpus"] |= {"sha256": fingerprint(corpus)}
    figures["speed"] = speed(settings, plan=plan, tell=tell)
    figures |= judge(composed, pieces_to_train, plan=plan, measurer=measurer, tell=tell)
    figures["must_hold"] = demands(figures)
    return Evaluation(figures, ranked(composed, figures))


def compose(
    corpus: Corpus, *, settings: Settings, folder: Path, plan: EvaluationPlan, fresh: bool, tell: Tell
) -> list[ComposedPiece]:
    """The pieces of the plan, from the folder or composed now."""
    styles = best_covered(corpus.train, plan.styles, weights=settings.weights)
    if not styles:
        raise TooFewPieces(reason="no_style")
    weights = settings.weights or SHIPPED_WEIGHTS
    shelf = Shelf(folder / "pieces" / f"{fingerprint(weights)[:12]}-{settings.precision}")
    if fresh:
        shelf.clear()
    requests = requests_for(styles, plan.pieces, bars=plan.bars, seed=plan.seed, candidates=plan.candidates)
    return asyncio.run(
        compose_all(
            requests, settings=settings, shelf=shelf, progress=lambda done, count: tell("composed piece", done, count)
        )
    )


def score(
    path: Path,
    corpus: Corpus,
    *,
    weights: Path,
    folder: Path,
    compare: Mapping[str, Path],
    threads: int | None,
    tell: Tell,
) -> dict[str, Any]:
    """Held-out bits per character of the weights, of others, of a 6-gram and of xz."""
    figures = _score_once(path, weights, folder=folder, what="held-out piece", threads=threads, tell=tell)
    figures["compared"] = {
        name: _score_once(path, other, folder=folder, what=f"held-out piece, {name},", threads=threads, tell=tell)[
            "held_out"
        ]
        for name, other in compare.items()
    }
    kept = folder / f"baselines-{fingerprint(path)[:12]}.json"
    if not kept.exists():
        tell("counting characters for the 6-gram", 0, 0)
        write_json(kept, text_baselines(corpus))
    return {**figures, **json.loads(kept.read_text(encoding="utf-8"))}


def _score_once(
    path: Path, weights: Path, *, folder: Path, what: str, threads: int | None, tell: Tell
) -> dict[str, Any]:
    """The scores of one file of weights, from the folder if they are there."""
    kept = folder / f"bits-{fingerprint(weights)[:12]}-{fingerprint(path)[:12]}.json"
    if not kept.exists():
        figures = measure_bits(
            weights, path, baselines=False, threads=threads, progress=lambda done, count: tell(what, done, count)
        )
        write_json(kept, figures)
    figures = json.loads(kept.read_text(encoding="utf-8"))
    figures["weights"]["file"] = weights.name
    return dict(figures)


def speed(settings: Settings, *, plan: EvaluationPlan, tell: Tell) -> dict[str, Any] | None:
    """How long 16 bars of piano music take when nobody else composes; None if not asked for."""
    if not plan.timed:
        return None
    tell("timing 16 piano bars", 0, 0)
    seconds = asyncio.run(time_pieces(settings, pieces=plan.timed, seed=plan.seed))
    load = round(os.getloadavg()[0], 1)
    return {"pieces": plan.timed, "median_s": statistics.median(seconds), "longest_s": max(seconds), "load": load}


def judge(
    composed: Sequence[ComposedPiece],
    corpus: Corpus,
    *,
    plan: EvaluationPlan,
    measurer: Measurer,
    tell: Tell,
) -> dict[str, Any]:
    """Everything about the pieces themselves, beside human ones."""
    figures: dict[str, Any] = {"validity": validity(composed, [check_piece(piece) for piece in composed])}
    made = [piece for piece in composed if not piece.failure]
    if len(made) < FEWEST_COMPOSED:
        raise TooFewPieces(reason="failed")
    ours = [Excerpt(piece.style, f"seed {piece.seed}", piece.abc) for piece in made]
    people = gather(corpus, made, plan=plan, tell=tell)

    def measure(what: str, excerpts: Sequence[Excerpt]) -> Measured:
        return measurer.measure(excerpts, progress=lambda done, count: tell(f"{what} measured,", done, count))

    our_measures = measure("our pieces", ours)
    sets = {name: measure(f"human pieces ({name})", getattr(people, name)) for name in vars(people)}
    people = People(**{name: [getattr(people, name)[i] for i in one.places] for name, one in sets.items()})
    scale = Scale.of(sets["train"].features)
    scaled = {name: scale.apply(one.features) for name, one in {"ours": our_measures, **sets}.items()}
    figures["features"] = {"count": len(FEATURES), "sets": {name: len(one) for name, one in scaled.items()}}
    figures["frechet"] = distances(scaled, seed=plan.seed)
    figures["inside"] = {
        "ours": inside(our_measures.features, ours),
        "held_out": inside(sets["held_out"].features, people.held_out),
    }
    figures["classifiers"] = hear(ours, our_measures, people, sets, tell=tell)
    figures["borrowing"] = {
        "ours": borrowing(ours, progress=lambda done, count: tell("piece looked up", done, count)),
        "held_out": borrowing(people.held_out, progress=lambda done, count: tell("human piece looked up", done, count)),
    }
    figures["variety"] = variety(ours, people, scaled)
    figures["pieces"] = list_pieces(made, our_measures)
    figures["styles"] = dict(Counter(piece.style.name for piece in composed))
    return figures


def gather(corpus: Corpus, made: Sequence[ComposedPiece], *, plan: EvaluationPlan, tell: Tell) -> People:
    """Human pieces to set ours beside."""
    tell("choosing human pieces of the same styles", 0, 0)
    rows = corpus.train[:: max(1, len(corpus.train) // plan.humans)] if plan.humans else corpus.train
    wanted = [(piece.style, piece.bars_asked) for piece in made]
    alike, others = draw_like(wanted, corpus.train, sets=2, seed=plan.seed)
    return People(
        train=take_excerpts(rows),
        held_out=take_excerpts(corpus.held_out),
        alike=alike,
        others=others,
        shuffled=shuffle_bars(others, seed=plan.seed),
    )


def distances(scaled: Mapping[str, Numbers], *, seed: int) -> dict[str, Any]:
    """Fréchet distances of ours, of human pieces of the same styles and of shuffled bars, to two human sets.

    "held_out": to all held-out pieces, whose styles are others than ours; "alike": to human training pieces of the same
    styles and lengths as ours, where `others` is the floor: human pieces beside human pieces.
    """

    def one(name: str, reference: str) -> list[float]:
        first, second = scaled[name], scaled[reference]
        low, high = frechet_interval(first, second, seed=seed)
        return [round(frechet_distance(first, second), 3), round(low, 3), round(high, 3)]

    return {
        reference: {name: one(name, reference) for name in ("ours", "others", "shuffled") if len(scaled[name]) > 1}
        for reference in ("alike", "held_out")
        if len(scaled[reference]) > 1
    }


def inside(features: Numbers, excerpts: Sequence[Excerpt]) -> list[float]:
    """The share of features inside the middle 90 % of human pieces of the style, mean over pieces, with interval."""
    humans, shares = load_humans(), []
    for row, excerpt in zip(features, excerpts, strict=True):
        compared = humans.compare(named(row, excerpt), excerpt.style)
        shares.append(sum(one.inside for one in compared) / max(1, len(compared)))
    low, high = mean_interval(shares)
    return [round(float(np.mean(shares)), 4), round(low, 4), round(high, 4)]


def named(row: Numbers, excerpt: Excerpt) -> dict[str, float]:
    """A row of features by their names, as the critic knows them."""
    values = {feature.name: float(value) for feature, value in zip(FEATURES, row, strict=True)}
    return values | {"bars": float(len(excerpt.tune.bars))}


def hear(
    ours: Sequence[Excerpt], our_measures: Measured, people: People, sets: Mapping[str, Measured], *, tell: Tell
) -> dict[str, Any]:
    """Both classifiers, over all pieces and over keyboard music alone."""
    groups = {
        "train": (people.train, sets["train"]),
        "held_out": (people.held_out, sets["held_out"]),
        "ours": (ours, our_measures),
    }
    figures: dict[str, Any] = {}
    for what in ("period", "composer"):
        tell(f"teaching a classifier every {what}", 0, 0)
        figures[what] = hear_labels(*(labelled(*group, what) for group in groups.values()))
        figures[f"{what}_keyboard"] = hear_labels(
            *(labelled(*only_keyboard(*group), what) for group in groups.values())
        )
    return figures


def only_keyboard(excerpts: Sequence[Excerpt], measured: Measured) -> tuple[list[Excerpt], Measured]:
    """The keyboard pieces: there the number of voices cannot give a composer away."""
    places = [place for place, excerpt in enumerate(excerpts) if excerpt.style.instrumentation == KEYBOARD]
    return [excerpts[place] for place in places], measured.take(places)


def labelled(excerpts: Sequence[Excerpt], measured: Measured, what: str) -> Labelled:
    """Pieces as a classifier sees them. what: "period" or "composer"."""
    return Labelled(
        measured.heard,
        [getattr(excerpt.style, what) for excerpt in excerpts],
        [excerpt.work for excerpt in excerpts],
        [style_name(excerpt.style) for excerpt in excerpts],
    )


def style_name(style: Style) -> str:
    """The same for a style from the corpus and from the catalogue: "Romantic / Chopin, Frederic / Keyboard"."""
    return f"{style.period} / {style.composer} / {style.instrumentation}"


def variety(ours: Sequence[Excerpt], people: People, scaled: Mapping[str, Numbers]) -> dict[str, Any]:
    """Ours and as many human pieces of the same styles: how different they are, and how much they repeat themselves."""
    figures = {}
    for name, excerpts in (("ours", ours), ("alike", people.alike)):
        styles = [excerpt.style for excerpt in excerpts]
        tunes = [excerpt.tune for excerpt in excerpts]
        figures[name] = {
            "distance": distance_within_styles(scaled[name], styles),
            "shared_grams": shared_grams_within_styles(tunes, styles),
            "repeated_bars": repetition(tunes),
        }
    return figures


def list_pieces(made: Sequence[ComposedPiece], measured: Measured) -> list[dict[str, Any]]:
    """A line for each piece, with how the critic likes it."""
    humans = load_humans()
    rows = []
    for piece, row in zip(made, measured.features, strict=True):
        values = named(row, Excerpt(piece.style, "", piece.abc))
        rows.append(
            {
                "name": piece.name,
                "style": piece.style.name,
                "seed": piece.seed,
                "bars": piece.bars_asked,
                "liking": round(humans.liking(values, piece.style), 4),
                "date": piece.date,
            }
        )
    return rows


def ranked(composed: Sequence[ComposedPiece], figures: Mapping[str, Any]) -> tuple[ComposedPiece, ...]:
    """The pieces that were made, the best liked first."""
    liking = {one["name"]: one["liking"] for one in figures["pieces"]}
    return tuple(sorted((piece for piece in composed if piece.name in liking), key=lambda piece: -liking[piece.name]))


def write_json(path: Path, figures: Mapping[str, Any]) -> None:
    """Write figures whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}")
    draft.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(path)
