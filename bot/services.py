"""What a command may use: built once by `bot.app`, handed to every context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.jobs import Jobs
    from bot.store import Store
    from config.settings import Settings
    from generator.catalogue.catalogue import Catalogue


@dataclass(frozen=True)
class Services:
    """Everything is open and outlives the platforms. model: a short name of the weights, for /about."""

    settings: Settings
    catalogue: Catalogue
    store: Store
    jobs: Jobs
    model: str
