"""The maker of pieces behind the chats: the real composer and renderer, with all formats that chats need.

What is promised: the piece's id is that of its job, so the same job always makes files of the same id.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.making.files import Piece
from bot.making.task import Task
from bot.making.workshop import Composing, Order, Workshop
from bot.texts import Language
from config.settings import Settings
from generator.model.metadata import read_metadata
from generator.model.published import REPOSITORY, published_in
from generator.request import Progress
from renderers.formats import chat_formats


class RealMaker:
    """Makes what a task says with the tools of one workshop, which are opened by the caller."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    async def make(
        self,
        job: str,
        task: Task,
        *,
        language: Language,
        on_progress: Callable[[Progress], None],
        on_step: Callable[[str], None],
    ) -> Piece:
        """As `bot.jobs.ports.Maker` says. Raises GeneratorError, RenderError, BotError."""
        order = Order(id=job, formats=chat_formats(), language=language, on_progress=on_progress, on_step=on_step)
        return await task.make(self._workshop, order)


@asynccontextmanager
async def open_rival(settings: Settings) -> AsyncIterator[tuple[Composing, Mapping[str, Any]] | None]:
    """Who composes with the weights that duels set against the others, and what records say about these."""
    from generator.composer import open_composer

    if settings.rival_weights is None:
        yield None
        return
    model = await asyncio.to_thread(describe_model, settings.rival_weights)
    async with open_composer(settings.model_copy(update={"weights": settings.rival_weights})) as composer:
        yield composer, model


def describe_model(weights: Path) -> dict[str, Any]:
    """Name and fingerprint of the weights, and what the file says about its training."""
    with weights.open("rb") as file:
        fingerprint = hashlib.file_digest(file, "sha256").hexdigest()
    metadata = dict(read_metadata(weights)) if weights.suffix == ".safetensors" else {}
    described = {"file": weights.name, "bytes": weights.stat().st_size, "sha256": fingerprint, "metadata": metadata}
    published = published_in(weights)
    return described if published is None else {**described, **asdict(published), "repository": REPOSITORY}
