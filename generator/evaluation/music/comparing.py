"""Composed pieces beside human ones, group by group: figures with intervals, as a table and as JSON.

Promises: the same pieces give the same figures; intervals are 95 %, by drawing pieces again (works as a whole); two
results can be set side by side. A figure is the sum of what was counted over the sum of what was looked at.
Not covered: whether anybody likes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.composer import SHIPPED_WEIGHTS
from generator.errors import GeneratorError
from generator.evaluation.errors import TooFewPieces
from generator.evaluation.excerpts import Excerpt
from generator.evaluation.music.groups import GROUPS, Group, human_pieces
from generator.evaluation.music.measures import MEASURES, Count, Heard, measure
from generator.evaluation.pieces import (
    ComposedPiece,
    Shelf,
    batch_settings,
    compose_all,
    fingerprint,
    requests_for,
)
from generator.request import Request
from generator.training.corpus import Row, load_rows
from generator.training.intervals import ratio_interval

FIRST_SEED = 5000
HIGH_SHARE = 0.9  # human pieces' 90th percentile
Tell = Callable[[str, int, int], None]  # what, done, of how many


@dataclass(frozen=True, kw_only=True)
class MusicPlan:
    """What to compose: `pieces` of each group, seeds from `seed`; humans: human pieces of each group beside them."""

    pieces: int = 100
    humans: int = 200
    groups: tuple[str, ...] = tuple(group.name for group in GROUPS)
    seed: int = FIRST_SEED
    candidates: int = 1


@dataclass(frozen=True)
class Counted:
    """What was counted in one piece. work: pieces of one work are drawn together."""

    work: str
    counts: Mapping[str, Count]


def compare_with_people(
    corpus: Path,
    *,
    settings: Settings,
    folder: Path,
    plan: MusicPlan,
    fresh: bool = False,
    tell: Tell = lambda _what, _done, _count: None,
) -> dict[str, Any]:
    """The figures of composed and human pieces, by group and measure.

    folder: keeps the pieces; the same plan goes on with them. Raises CorpusError, CheckpointError, TooFewPieces.
    """
    if plan.pieces < 1 or plan.humans < 1:
        raise TooFewPieces(reason="fewest", low=1, value=min(plan.pieces, plan.humans))
    weights = settings.weights or SHIPPED_WEIGHTS
    shelf = Shelf(folder / "pieces" / fingerprint(weights)[:12])
    if fresh:
        shelf.clear()
    rows = list(load_rows(corpus))
    groups: dict[str, Any] = {}
    for group in (group for group in GROUPS if group.name in plan.groups):
        people = count_people(group, rows, plan.humans, tell=tell)
        composed = compose_group(group, plan, settings=settings, shelf=shelf, tell=tell)
        ours = count_composed(group, composed)
        groups[group.name] = group_figures(ours, people)
    return {"weights": fingerprint(weights), "corpus": fingerprint(corpus), "seed": plan.seed, "groups": groups}


def compose_group(
    group: Group, plan: MusicPlan, *, settings: Settings, shelf: Shelf, tell: Tell
) -> list[ComposedPiece]:
    """The pieces of a group, taken from the shelf or composed."""
    requests = _requests(group, plan)
    return asyncio.run(
        compose_all(
            requests,
            settings=batch_settings(settings),
            shelf=shelf,
            progress=lambda done, count: tell(f"{group.name}: piece", done, count),
        )
    )


def _requests(group: Group, plan: MusicPlan) -> list[Request]:
    styles = group.styles(load_catalogue())
    return requests_for(styles, plan.pieces, seed=plan.seed, candidates=plan.candidates, bars=group.bars)


def count_people(group: Group, rows: Iterable[Row], count: int, *, tell: Tell) -> list[Counted]:
    """What was counted in the human pieces of a group."""
    excerpts = human_pieces(group, rows, count=count)
    counted = []
    for number, excerpt in enumerate(excerpts, start=1):
        counted += _count(excerpt.work, lambda excerpt=excerpt: group.hear(excerpt, vague=True))  # type: ignore[misc]
        tell(f"{group.name}: people's piece", number, len(excerpts))
    return counted


def count_composed(group: Group, pieces: Iterable[ComposedPiece]) -> list[Counted]:
    """What was counted in composed pieces; one that failed counts nothing."""
    counted = []
    for piece in pieces:
        if not piece.failure:
            whole = Excerpt(piece.style, piece.name, piece.abc)
            counted += _count(piece.name, lambda whole=whole: group.hear(whole, vague=False))  # type: ignore[misc]
    return counted


def _count(work: str, read: Callable[[], Heard]) -> list[Counted]:
    """What was counted in one piece; nothing if it cannot be read."""
    try:
        return [Counted(work, measure(read()))]
    except (GeneratorError, ValueError):
        return []


# --- figures ----------------------------------------------------------------------------------------------------------


def group_figures(ours: Sequence[Counted], people: Sequence[Counted]) -> dict[str, Any]:
    """By measure: ours, people's, and what nine of ten people's pieces stay below."""
    return {
        "pieces": len(ours),
        "humans": len(people),
        "measures": {
            name: {"ours": _figure(ours, name), "human": _figure(people, name), "human_high": _high(people, name)}
            for name in MEASURES
        },
    }


def _figure(pieces: Sequence[Counted], name: str) -> dict[str, Any] | None:
    """value, low and high, and of how many pieces; None if none of them says anything."""
    saying = [piece for piece in pieces if piece.counts[name][1] > 0]
    if not saying:
        return None
    above = [piece.counts[name][0] for piece in saying]
    below = [piece.counts[name][1] for piece in saying]
    low, high = ratio_interval(above, below, groups=[piece.work for piece in saying])
    return {"value": sum(above) / sum(below), "low": low, "high": high, "pieces": len(saying)}


def _high(pieces: Sequence[Counted], name: str) -> float | None:
    shares = [above / below for above, below in (piece.counts[name] for piece in pieces) if below > 0]
    return float(np.quantile(shares, HIGH_SHARE)) if shares else None


# --- for people -------------------------------------------------------------------------------------------------------


def as_table(result: Mapping[str, Any], beside: Mapping[str, Any] | None = None) -> str:
    """The figures as Markdown. beside: an earlier result, whose figures of ours stand in a column of their own."""
    parts = []
    for group, figures in result["groups"].items():
        earlier = (beside or {}).get("groups", {}).get(group)
        parts.append("\n".join(_group_table(group, figures, earlier)))
    return "\n\n".join(parts)


def _group_table(group: str, figures: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> Iterable[str]:
    before = " before |" if earlier else ""
    yield (
        f"| {group} ({figures['pieces']} pieces, {figures['humans']} human) |{before} ours | human | of human "
        "| human 90th percentile |"
    )
    yield "| --- |" + " --: |" * (5 if earlier else 4)
    for name, one in MEASURES.items():
        row = figures["measures"][name]
        cells = [_cell(earlier["measures"].get(name, {}).get("ours"))] if earlier else []
        cells += [
            _cell(row["ours"]),
            _cell(row["human"]),
            _share(row["ours"], row["human"]),
            _number(row["human_high"]),
        ]
        yield f"| {one.what} | " + " | ".join(cells) + " |"


def _cell(figure: Mapping[str, Any] | None) -> str:
    if figure is None:
        return "-"
    return f"{_number(figure['value'])} [{_number(figure['low'])}, {_number(figure['high'])}]"


def _share(ours: Mapping[str, Any] | None, human: Mapping[str, Any] | None) -> str:
    return f"{ours['value'] / human['value']:.0%}" if ours and human and human["value"] else "-"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}" if 0 < value < 0.01 else f"{value:.2f}"
