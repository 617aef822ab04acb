"""The settings and the weights of a command: published weights are fetched under a line that says how far it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bot.platforms.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from config.settings import Settings


def settings_with_weights() -> Settings:
    """The settings, with the weights on this machine; says what has to be known about them. Raises CheckpointError."""
    from config.settings import load_settings

    settings = load_settings()
    if settings.weights is None:
        return settings
    from bot.making.weights import remark_on

    settings = settings.model_copy(update={"weights": weights_here(settings.weights)})
    remark = remark_on(settings)
    if remark:
        Console(stderr=True).print(remark, style="yellow", highlight=False, markup=False, emoji=False, soft_wrap=True)
    return settings


def weights_here(weights: Path | None) -> Path | None:
    """The file of weights that an option names: a path, or published ones by their name. Raises CheckpointError."""
    if weights is None or weights.suffix:  # what has an ending is no name: nothing needs to be loaded to know it
        return weights
    from bot.making.weights import at_hand
    from config.settings import load_settings

    with ProgressLine(Console(stderr=True)) as line:
        return at_hand(
            weights,
            load_settings(),
            lambda name, done, total: line.show_count(f"fetching {name}, MB", done, total),
        )
