"""What somebody wants composed, as it is stored with a job and a piece.

A wish is complete: a style, a seed, a length and a sampling, so that the same wish gives the same piece again.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.style import Style
from generator.model.sampling_settings import Sampling
from generator.request import Request

DRAWN_SEEDS = 10**9  # nine digits: easy to read out and type again
HOTTER, COOLER = 1.15, 1 / 1.15
LOWEST_TEMPERATURE, HIGHEST_TEMPERATURE = 0.4, 2.0


def draw_seed() -> int:
    """A seed for somebody who named none."""
    return secrets.randbelow(DRAWN_SEEDS)


@dataclass(frozen=True)
class Wish:
    """One piece to make. What is None the style decides. parent: the piece it was made from with a button.

    guidance_asked: whether the person asked for guidance in so many words, who is then told if there can be none.
    pages, audio: how the result is shown, as the person likes it: further pages as pictures or as one PDF ("picture",
    "pdf"), with or without an MP3. They do not change the piece.
    """

    period: str
    composer: str
    instrumentation: str
    seed: int
    bars: int
    temperature: float
    top_k: int
    top_p: float
    guidance: float = 0.0  # as wishes meant it that were stored before there was any
    key: str | None = None
    metre: str | None = None
    tempo: int | None = None
    parent: str | None = None
    guidance_asked: bool = False
    pages: str = "picture"
    audio: bool = True

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Wish:
        return cls(**values)

    def style(self, catalogue: Catalogue) -> Style:
        """With all that the catalogue knows about it; a style that is no longer there is a bare one."""
        return catalogue.complete(Style(self.period, self.composer, self.instrumentation))

    def request(self, catalogue: Catalogue) -> Request:
        """For the composer. Raises BadRequest."""
        sampling = Sampling(self.temperature, self.top_k, self.top_p, self.guidance)
        return Request(
            self.style(catalogue),
            self.seed,
            self.bars,
            key=self.key,
            metre=self.metre,
            tempo=self.tempo,
            sampling=sampling,
        )

    def again(self, *, parent: str) -> Wish:
        """The same with a new seed."""
        return replace(self, seed=draw_seed(), parent=parent)

    def warmer(self, factor: float, *, parent: str) -> Wish:
        """The same seed, more (HOTTER) or less (COOLER) daring, within what makes sense."""
        temperature = min(HIGHEST_TEMPERATURE, max(LOWEST_TEMPERATURE, self.temperature * factor))
        return replace(self, temperature=round(temperature, 2), parent=parent)


def wish_for(
    catalogue: Catalogue,
    style: Style,
    *,
    bars: int,
    seed: int | None = None,
    key: str | None = None,
    metre: str | None = None,
    tempo: int | None = None,
    temperature: float | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    guidance: float | None = None,
    temperament: str | None = None,
) -> Wish:
    """A complete wish from what a person said. What they did not say about sampling is the style's preset."""
    preset = catalogue.preset(style, temperament)
    return Wish(
        style.period,
        style.composer,
        style.instrumentation,
        seed=draw_seed() if seed is None else seed,
        bars=bars,
        temperature=preset.temperature if temperature is None else temperature,
        top_k=preset.top_k if top_k is None else top_k,
        top_p=preset.top_p if top_p is None else top_p,
        guidance=preset.guidance if guidance is None else guidance,
        guidance_asked=bool(guidance),
        key=key,
        metre=metre,
        tempo=tempo,
    )
