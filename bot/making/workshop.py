"""From a request to a finished piece: compose, judge, render, write down what happened.

The one recipe behind `notabot compose` and the chats. It opens nothing and writes no files: composer and renderer are
opened by the caller, and `bot.making.files` puts the result on disk.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from bot.making.files import PieceName, draw_id
from bot.texts import FALLBACK
from bot.texts.report import report_line
from bot.versions import installed_versions
from config.settings import Settings
from generator.composer import Composer
from generator.critic import ReportCard
from generator.model.checkpoint import read_metadata
from generator.model.published import REPOSITORY, published_in
from generator.request import Finished, Progress, Request
from renderers.formats import ANALYSIS, MUSICXML
from renderers.pipeline import Renderer as RendererProcess


class Renderer(Protocol):
    """What a piece needs of `renderers.pipeline.open_renderer`."""

    async def render(self, abc: str, formats: Sequence[str], *, title: str, composer: str) -> Mapping[str, bytes]:
        """Files by ending."""


@asynccontextmanager
async def open_renderer_for(settings: Settings) -> AsyncIterator[RendererProcess]:
    """The renderer with the soundfont and the limits that the settings name; it gets ready in the background."""
    from renderers.errors import RenderError
    from renderers.pipeline import open_renderer
    from renderers.process.child import ProcessLimits

    limits = ProcessLimits(
        time_s=settings.render_time_limit_s,
        cpu_s=math.ceil(settings.render_time_limit_s),
        memory_mb=settings.render_memory_limit_mib * 1024**2 // 10**6,
    )
    async with open_renderer(soundfont=settings.soundfont, limits=limits) as renderer:
        warming = asyncio.create_task(renderer.warm_up(), name="renderer")
        try:
            yield renderer
        finally:
            warming.cancel()
            with suppress(asyncio.CancelledError, RenderError):  # the first piece meets the same error and reports it
                await warming


@dataclass(frozen=True)
class Piece:
    """A finished piece: its name, its files by ending, and all there is to know about it."""

    name: PieceName
    finished: Finished
    report_card: ReportCard
    files: Mapping[str, bytes]
    record: Mapping[str, Any]


async def make_piece(
    request: Request,
    *,
    composer: Composer,
    renderer: Renderer,
    formats: Sequence[str],
    model: Mapping[str, Any],
    on_progress: Callable[[Progress], None],
    on_step: Callable[[str], None],
    piece_id: str | None = None,
) -> Piece:
    """Compose and render one piece.

    model: what the record says about the weights. on_progress hears of every bar, on_step of every later stage.
    piece_id: what the piece is called, one is drawn if there is none.
    Raises GeneratorError, RenderError.
    """
    finished = await _compose(request, composer=composer, on_progress=on_progress)
    on_step("drawing ...")
    started_s = time.monotonic()
    wanted = [*formats, ANALYSIS.name] if MUSICXML.name in formats else formats  # the second opinion is on the MusicXML
    files = dict(await renderer.render(finished.abc, wanted, title=finished.title, composer=finished.credit))
    analysis = files.pop(ANALYSIS.ending, None)
    timings = {**finished.timings, "render_s": round(time.monotonic() - started_s, 3)}
    style = request.style
    name = PieceName(
        style.composer_slug, style.instrumentation_slug, datetime.now().astimezone(), piece_id or draw_id()
    )
    record = {
        "id": name.id,
        "name": str(name),
        "title": finished.title,
        "credit": finished.credit,
        "key": finished.tune.header.key,
        "made": name.made.isoformat(timespec="seconds"),
        "request": describe_request(request),
        "seed": request.seed,
        "model": dict(model),
        "sampling": asdict(finished.sampling),
        "report_card": finished.card.to_json(),
        "report": report_line(finished.card.to_json(), FALLBACK),
        "choice": finished.choice.to_json(),
        "analysis": json.loads(analysis) if analysis else None,
        "timings": timings,
        "versions": installed_versions(),
        "files": [str(name) + ending for ending in files],
    }
    return Piece(name, finished, finished.card, files, record)


async def _compose(request: Request, *, composer: Composer, on_progress: Callable[[Progress], None]) -> Finished:
    async with aclosing(composer.compose(request)) as events:
        async for event in events:
            if isinstance(event, Finished):
                return event
            on_progress(event)
    raise AssertionError("a composition ends with Finished")


def describe_request(request: Request) -> dict[str, Any]:
    """What was asked for; None where the style was to decide."""
    style = request.style
    return {
        "period": style.period,
        "composer": style.composer,
        "instrumentation": style.instrumentation,
        "bars": request.bars,
        "key": request.key,
        "metre": request.metre,
        "tempo": request.tempo,
    }


def describe_model(weights: Path) -> dict[str, Any]:
    """Name and fingerprint of the weights, and what the file says about its training."""
    with weights.open("rb") as file:
        fingerprint = hashlib.file_digest(file, "sha256").hexdigest()
    metadata = dict(read_metadata(weights)) if weights.suffix == ".safetensors" else {}
    described = {"file": weights.name, "bytes": weights.stat().st_size, "sha256": fingerprint, "metadata": metadata}
    published = published_in(weights)
    return described if published is None else {**described, **asdict(published), "repository": REPOSITORY}
