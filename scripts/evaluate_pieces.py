#!/usr/bin/env python
"""Compose many pieces with a network, check and render every one, and print the figures of the model card.

    scripts/evaluate_pieces.py CORPUS.jsonl.xz --weights FILE --out pieces.json

200 pieces over the 20 styles that the corpus covers best at temperature 1.2, then 50 at 2.0. Exit code 1 if a piece is
not aligned, empty, not as long as asked, or cannot be rendered.
"""

import argparse
import asyncio
import contextlib
import io
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from abctoolkit.check import check_alignment_rotated

from config.settings import Settings
from generator.composer import Composer, open_composer
from generator.model.sampling import Sampling
from generator.notation import check_bars, parse_tune
from generator.request import Finished, Request
from generator.rules import sounds
from generator.styles import Style, load_catalogue
from generator.training.corpus import load_corpus
from renderers.errors import RenderError
from renderers.pipeline import Renderer, open_renderer

BARS = (8, 16, 24)  # asked for in turn


@dataclass
class Outcome:
    """What became of one request. rendered, second_opinion: None if nobody tried, or nobody knows."""

    style: str
    temperature: float
    seed: int
    bars_asked: int
    bars: int
    notes: int
    defects: list[str]
    second_opinion: bool | None
    counts: dict[str, int]
    compose_s: float
    rendered: bool | None = None
    render_error: str = ""
    render_s: float = 0.0
    finished: Finished | None = field(default=None, repr=False)

    @property
    def faults(self) -> list[str]:
        """What must not be."""
        found = list(self.defects)
        if self.notes == 0:
            found.append("empty")
        if self.bars != self.bars_asked:
            found.append(f"{self.bars} bars instead of {self.bars_asked}")
        if self.rendered is False:
            found.append(f"not rendered: {self.render_error}")
        return found

    def to_json(self) -> dict[str, Any]:
        values = {name: value for name, value in vars(self).items() if name != "finished"}
        return {**values, "faults": self.faults}


def best_covered(corpus: Path, count: int) -> list[Style]:
    """The styles of the catalogue with the most pieces to train on, composers known."""
    pieces = Counter((row["period"], row["composer"], row["instrumentation"]) for row in load_corpus(corpus).train)
    styles = {(style.period, style.composer, style.instrumentation): style for style in load_catalogue().styles}
    chosen = [styles[names] for names, _ in pieces.most_common() if names in styles and "Unknown" not in names]
    return chosen[:count]


async def make_all(
    composer: Composer, renderer: Renderer, requests: Sequence[Request], *, slots: int, formats: Sequence[str]
) -> list[Outcome]:
    """Compose in batches as the slots allow, and render each piece as it comes; the order is kept."""
    places, done = asyncio.Semaphore(slots), Counter[str]()

    async def make(request: Request) -> Outcome:
        async with places:
            finished = await composer.compose_whole(request)
        done["composed"] += 1
        outcome = judge(request, finished)
        if formats:
            await render_piece(renderer, outcome, formats)
        done["finished"] += 1
        tell(f"composed {done['composed']}, finished {done['finished']} of {len(requests)}")
        return outcome

    return list(await asyncio.gather(*map(make, requests)))


def judge(request: Request, finished: Finished) -> Outcome:
    """Check the text that would be delivered, bar by bar."""
    tune = parse_tune(finished.abc)
    return Outcome(
        style=request.style.name,
        temperature=request.sampling.temperature,
        seed=request.seed,
        bars_asked=request.bars,
        bars=len(tune.bars),
        notes=sum(sounds(voice) for bar in tune.bars for voice in bar.voices),
        defects=[f"bar {defect.bar}: {defect.message}" for defect in check_bars(tune)],
        second_opinion=abctoolkit_agrees(str(tune)),
        counts=asdict(finished.counts),
        compose_s=finished.timings["compose_s"],
        finished=finished,
    )


def abctoolkit_agrees(text: str) -> bool | None:
    """Whether abctoolkit too finds the voices of every bar equally long (it does not know the metre).

    None for a piece it cannot read, as it happens with one in four real ones.
    """
    lines = [line + "\n" for line in text.splitlines()]
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            _, same_number, same_duration = check_alignment_rotated(lines)
    except Exception:  # it raises whatever its parsing stumbles over
        return None
    return bool(same_number and same_duration)


async def render_piece(renderer: Renderer, outcome: Outcome, formats: Sequence[str]) -> None:
    """Render one piece; pieces wait for each other."""
    assert outcome.finished is not None
    piece, started = outcome.finished, time.monotonic()
    try:
        files = await renderer.render(piece.abc, formats, title=piece.title, composer=piece.credit)
        outcome.rendered = bool(files) and all(files.values())
    except RenderError as error:
        outcome.rendered, outcome.render_error = False, str(error)
    outcome.render_s = round(time.monotonic() - started, 2)


def summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of pieces that share a temperature. Shares are of all bars or all pieces."""
    counts = Counter[str]()
    for outcome in outcomes:
        counts.update(outcome.counts)
    pieces, bars = len(outcomes), max(1, counts["bars"])
    return {
        "pieces": pieces,
        "styles": len({outcome.style for outcome in outcomes}),
        "bars": counts["bars"],
        "aligned": sum(not outcome.defects for outcome in outcomes) / pieces,
        "aligned_abctoolkit": share([outcome.second_opinion for outcome in outcomes]),
        "unreadable_abctoolkit": sum(outcome.second_opinion is None for outcome in outcomes),
        "rendered": share([outcome.rendered for outcome in outcomes]),
        "empty": sum(outcome.notes == 0 for outcome in outcomes),
        "over_bar_count": sum(outcome.bars > outcome.bars_asked for outcome in outcomes),
        "under_bar_count": sum(outcome.bars < outcome.bars_asked for outcome in outcomes),
        "bars_first_try": round(counts["bars_first_try"] / bars, 4),
        "bars_repaired": round(counts["bars_repaired"] / bars, 4),
        "patches_per_kept_patch": round(counts["patches"] / max(1, counts["kept_patches"]), 3),
        "compose_s_mean": round(sum(outcome.compose_s for outcome in outcomes) / pieces, 2),
    }


def share(values: Sequence[bool | None]) -> float | None:
    """Share of the true ones; None if nobody tried."""
    tried = [value for value in values if value is not None]
    return sum(tried) / len(tried) if tried else None


def requests_for(styles: Sequence[Style], count: int, *, temperature: float, seed: int) -> list[Request]:
    """`count` requests that go round the styles and the lengths."""
    sampling = Sampling(temperature=temperature)
    return [
        Request(styles[i % len(styles)], seed=seed + i, bars=BARS[i // len(styles) % len(BARS)], sampling=sampling)
        for i in range(count)
    ]


async def evaluate(given: argparse.Namespace) -> dict[str, Any]:
    """Compose and render both lots; returns all figures."""
    styles = best_covered(given.corpus, given.styles)
    named = {"slots": given.slots, "threads": given.threads, "weights": given.weights}
    changes = {"precision": "int8"} | {name: value for name, value in named.items() if value is not None}
    lots = {1.2: given.pieces, 2.0: given.wild}
    requests = [
        request
        for temperature, count in lots.items()
        for request in requests_for(styles, count, temperature=temperature, seed=given.seed)
    ]
    started = time.monotonic()
    formats = given.formats.split(",") if given.formats else []
    async with open_composer(Settings().model_copy(update=changes)) as composer, open_renderer() as renderer:
        outcomes = await make_all(composer, renderer, requests, slots=given.slots, formats=formats)
    all_s = time.monotonic() - started
    if given.keep is not None:
        keep(outcomes, given.keep)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "seed": given.seed,
        "formats": given.formats,
        "all_s": round(all_s, 1),
        "temperatures": {
            str(temperature): summary([outcome for outcome in outcomes if outcome.temperature == temperature])
            for temperature, count in lots.items()
            if count
        },
        "pieces": [outcome.to_json() for outcome in outcomes],
    }


def keep(outcomes: Sequence[Outcome], folder: Path) -> None:
    """Write every piece down for a person to look at."""
    folder.mkdir(parents=True, exist_ok=True)
    for outcome in outcomes:
        assert outcome.finished is not None
        name = f"{outcome.temperature}_{outcome.seed}.abc"
        (folder / name).write_text(outcome.finished.abc, encoding="utf-8")


def print_table(figures: dict[str, Any]) -> None:
    """One column for each temperature."""
    columns = figures["temperatures"]
    print(f"{'temperature':<26}" + "".join(f"{name:>12}" for name in columns))
    for row in next(iter(columns.values())):
        print(f"{row:<26}" + "".join(f"{column[row]!s:>12}" for column in columns.values()))
    for piece in figures["pieces"]:
        for fault in piece["faults"]:
            print(f"{piece['style']}, seed {piece['seed']}, temperature {piece['temperature']}: {fault}")


def tell(text: str) -> None:
    """Progress, on one line of a terminal."""
    if sys.stderr.isatty():
        print(f"\r{text}\x1b[K", end="", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="to choose the styles from")
    parser.add_argument("--weights", type=Path, help="default: the model that ships")
    parser.add_argument("--pieces", type=int, default=200, help="at temperature 1.2")
    parser.add_argument("--wild", type=int, default=50, help="at temperature 2.0")
    parser.add_argument("--styles", type=int, default=20)
    parser.add_argument("--slots", type=int, default=16)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--formats", default="abc,xml,mid,png,mp3,pdf", help='"" renders nothing')
    parser.add_argument("--out", type=Path, help="write all figures here as JSON")
    parser.add_argument("--keep", type=Path, help="write the pieces into this folder")
    given = parser.parse_args()
    figures = asyncio.run(evaluate(given))
    print_table(figures)
    if given.out is not None:
        given.out.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return int(any(piece["faults"] for piece in figures["pieces"]))


if __name__ == "__main__":
    sys.exit(main())
