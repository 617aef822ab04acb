"""The weights that the settings name, on this machine: published ones are fetched into the data folder.

Not covered: how they are fetched and compared; that is `generator.model.fetching`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from config.settings import Settings
from generator.model.fetching import weights_at_hand
from generator.model.published import published_in, published_named

FOLDER = "weights"
MEGABYTE = 10**6
Progress = Callable[[str, int, int], None]  # what is fetched, MB that are here, of how many


def weights_folder(settings: Settings) -> Path:
    """Where published weights are kept."""
    return settings.data_dir / FOLDER


def at_hand(weights: Path | None, settings: Settings, progress: Progress) -> Path | None:
    """The file of these weights, which may be the name of published ones. Raises CheckpointError."""
    published = published_named(weights)
    if published is None:
        return weights
    return weights_at_hand(
        weights,
        weights_folder(settings),
        progress=lambda done, total: progress(published.name, done // MEGABYTE, total // MEGABYTE),
    )


def with_weights(settings: Settings, progress: Progress) -> Settings:
    """The settings with a file in the place of a name. Raises CheckpointError."""
    return settings.model_copy(update={"weights": at_hand(settings.weights, settings, progress)})


def with_rival(settings: Settings, progress: Progress) -> Settings:
    """Likewise of the weights that duels set against these. Raises CheckpointError."""
    return settings.model_copy(update={"rival_weights": at_hand(settings.rival_weights, settings, progress)})


def remark_on(settings: Settings) -> str:
    """What somebody who composes with these weights has to know, "" if there is nothing."""
    published = published_in(settings.weights)
    return "" if published is None else published.remark
