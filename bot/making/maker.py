"""The maker of pieces behind the chats: the real composer and renderer, with all formats that chats need.

What is promised: the piece's id is that of its job, so the same job always makes files of the same id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.jobs.model import Made
from bot.making.wish import Wish
from bot.making.workshop import Renderer, make_piece
from generator.catalogue.catalogue import Catalogue
from generator.composer import Composer
from generator.request import Progress
from renderers.formats import chat_formats


class RealMaker:
    """Composes with one engine and renders in one process, both opened by the caller.

    model: what a piece's record says about the weights (`bot.making.workshop.describe_model`).
    """

    def __init__(self, composer: Composer, renderer: Renderer, catalogue: Catalogue, model: Mapping[str, Any]) -> None:
        self._composer, self._renderer, self._catalogue, self._model = composer, renderer, catalogue, model

    async def make(
        self, job: str, wish: Wish, *, on_progress: Callable[[Progress], None], on_step: Callable[[str], None]
    ) -> Made:
        """As `bot.jobs.ports.Maker` says. Raises GeneratorError, RenderError."""
        piece = await make_piece(
            wish.request(self._catalogue),
            composer=self._composer,
            renderer=self._renderer,
            formats=chat_formats(),
            model=self._model,
            on_progress=on_progress,
            on_step=on_step,
            piece_id=job,
        )
        left_out = wish.guidance_asked and not piece.record["sampling"]["guidance"]
        return Made({**piece.record, "guidance_left_out": left_out}, piece.files)
