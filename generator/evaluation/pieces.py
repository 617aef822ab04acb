"""The composed pieces that are evaluated: which ones, composing them in a batch, keeping them on disk.

Promises: the same seed asks for the same pieces; a run that was stopped goes on with the pieces that are missing; a
kept piece is only used for the same request and the same weights.
Not covered: changes of the code between two runs. `fresh` composes everything again.
"""

import asyncio
import hashlib
import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.style import Style
from generator.composer import Composer, best_precision, open_composer
from generator.errors import GeneratorError
from generator.evaluation.excerpts import BARS, style_of
from generator.model.loading import best_device
from generator.notation import Tune, parse_tune
from generator.request import Request
from generator.training.corpus import NOBODY, Row

log = logging.getLogger(__name__)

SLOTS = 16
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class ComposedPiece:
    """One piece as delivered. counts: the work it took (`generator.request.Counts`); failure: why there is none."""

    style: Style
    seed: int
    bars_asked: int
    abc: str
    title: str
    credit: str
    counts: Mapping[str, int]
    compose_s: float
    date: str
    failure: str = ""

    @cached_property
    def tune(self) -> Tune:
        """The delivered text, read again."""
        return parse_tune(self.abc)

    @property
    def name(self) -> str:
        """As in file names: "chopin_keyboard_16_1003"."""
        return f"{self.style.composer_slug}_{self.style.instrumentation_slug}_{self.bars_asked}_{self.seed}"

    def to_json(self) -> dict[str, Any]:
        """Everything but the music and the style, which the request beside it names."""
        values = asdict(self)
        return {name: values[name] for name in ("title", "credit", "counts", "compose_s", "date", "failure")}


def best_covered(rows: Iterable[Row], count: int, *, weights: Path | None = None) -> list[Style]:
    """The styles with the most pieces to train on, composers known; those that the weights bring along among them."""
    pieces = Counter(style_of(row) for row in rows)
    catalogue = load_catalogue(weights)
    known = set(catalogue.styles)
    chosen = [style for style, _ in pieces.most_common() if style in known]
    named = [style for style in chosen if style.composer not in NOBODY and style.period not in NOBODY]
    return [catalogue.complete(style) for style in named[:count]]


def requests_for(
    styles: Sequence[Style], count: int, *, seed: int, candidates: int, bars: Sequence[int] = BARS
) -> list[Request]:
    """`count` requests that go round the styles, and round the lengths, each as daring as its style ships."""
    catalogue = load_catalogue()
    return [
        Request(
            style=style,
            seed=seed + number,
            bars=bars[number // len(styles) % len(bars)],
            sampling=catalogue.preset(style),
            candidates=candidates,
        )
        for number, style in ((number, styles[number % len(styles)]) for number in range(count))
    ]


def describe_request(request: Request) -> dict[str, Any]:
    """A request as JSON: what has to be the same for a kept piece to be used."""
    return {
        "style": [request.style.period, request.style.composer, request.style.instrumentation],
        "seed": request.seed,
        "bars": request.bars,
        "sampling": asdict(request.sampling),
        "candidates": request.candidates,
    }


def batch_settings(settings: Settings) -> Settings:
    """Settings for many pieces at once, in the precision that a few are composed with: they are what people get."""
    device = settings.device if settings.device != "auto" else best_device()
    precision = best_precision(device) if settings.precision == "auto" else settings.precision
    return settings.model_copy(update={"slots": max(SLOTS, settings.slots), "precision": precision})


class Shelf:
    """A folder of pieces composed with one set of weights: NAME.json and NAME.abc."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, request: Request) -> ComposedPiece | None:
        """The piece of a request if it was composed before."""
        path = self._path(request)
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            abc = path.with_suffix(".abc").read_text(encoding="utf-8")
        except (OSError, ValueError):
            return None
        if not isinstance(kept, dict) or kept.pop("request", None) != describe_request(request) or kept["failure"]:
            return None
        return ComposedPiece(style=request.style, seed=request.seed, bars_asked=request.bars, abc=abc, **kept)

    def keep(self, request: Request, piece: ComposedPiece) -> None:
        """Put a piece on the shelf; the .json comes last, so that a piece with one is whole."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(request)
        record = {"request": describe_request(request), **piece.to_json()}
        path.with_suffix(".abc").write_text(piece.abc, encoding="utf-8")
        draft = path.with_suffix(".part")
        draft.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        draft.replace(path)

    def clear(self) -> None:
        """Throw all pieces away."""
        for path in [*self.folder.glob("*.json"), *self.folder.glob("*.abc")]:
            path.unlink()

    def _path(self, request: Request) -> Path:
        style = request.style
        return self.folder / f"{style.composer_slug}_{style.instrumentation_slug}_{request.bars}_{request.seed}.json"


async def compose_all(
    requests: Sequence[Request], *, settings: Settings, shelf: Shelf, progress: Progress
) -> list[ComposedPiece]:
    """The pieces of all requests in order: from the shelf, or composed as many at once as the settings have slots.

    progress: called with the pieces done and all. A piece that fails says why and does not stop the others.
    Raises CheckpointError.
    """
    pieces = {request.seed: piece for request in requests if (piece := shelf.find(request)) is not None}
    missing = [request for request in requests if request.seed not in pieces]
    if missing:
        async with open_composer(settings) as composer, asyncio.TaskGroup() as tasks:
            places = asyncio.Semaphore(settings.slots)

            async def make(request: Request) -> None:
                async with places:
                    piece = await compose_one(composer, request)
                await asyncio.to_thread(shelf.keep, request, piece)
                pieces[request.seed] = piece
                progress(len(pieces), len(requests))

            for request in missing:
                tasks.create_task(make(request), name=f"piece {request.seed}")
    return [pieces[request.seed] for request in requests]


async def compose_one(composer: Composer, request: Request) -> ComposedPiece:
    """Compose one piece; its failure, if it fails."""
    started, date = time.monotonic(), datetime.now(UTC).date().isoformat()
    try:
        finished = await composer.compose_whole(request)
    except GeneratorError as error:
        log.warning("the piece of seed %d failed: %s", request.seed, error)
        elapsed_s = round(time.monotonic() - started, 2)
        return ComposedPiece(
            style=request.style,
            seed=request.seed,
            bars_asked=request.bars,
            abc="",
            title="",
            credit="",
            counts={},
            compose_s=elapsed_s,
            date=date,
            failure=f"{error}",
        )
    return ComposedPiece(
        style=request.style,
        seed=request.seed,
        bars_asked=request.bars,
        abc=finished.abc,
        title=finished.title,
        credit=finished.credit,
        counts=finished.counts.to_json(),
        compose_s=round(finished.timings["compose_s"], 2),
        date=date,
    )


async def time_pieces(settings: Settings, *, pieces: int, seed: int) -> list[float]:
    """Seconds that piano pieces of 16 bars take, one after the other; the first, cold one is not counted."""
    catalogue = load_catalogue()
    style = catalogue.find("chopin keyboard")
    sampling = catalogue.preset(style)
    taken = []
    async with open_composer(settings) as composer:
        for number in range(pieces + 1):
            started = time.perf_counter()
            await composer.compose_whole(Request(style=style, seed=seed + number, bars=16, sampling=sampling))
            taken.append(round(time.perf_counter() - started, 2))
    return taken[1:]


def fingerprint(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
