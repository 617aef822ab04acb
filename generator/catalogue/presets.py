"""How daring the model is, by temperament and by style (`config/presets.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.catalogue.style import Style
from generator.errors import BadRequest
from generator.model.sampling_settings import Sampling


class Presets:
    """The temperaments and what each style begins with."""

    def __init__(self, loaded: Mapping[str, Any]) -> None:
        self.temperaments = _presets(loaded["temperaments"])
        self.families = _presets(loaded["families"])
        self.styles = _presets(loaded["styles"])

    def choose(self, style: Style, temperament: str | None) -> Sampling:
        """The named temperament; without a name the style's own values, then its family's, then the default.

        Raises BadRequest if there is no such temperament.
        """
        if temperament is not None:
            if temperament not in self.temperaments:
                known = tuple(self.temperaments)
                raise BadRequest(reason="temperament", value=temperament[:40], known=known)
            return self.temperaments[temperament]
        own = self.styles.get(f"{style.period} / {style.composer} / {style.instrumentation}")
        return own or self.families.get(style.family) or self.temperaments["default"]


def _presets(loaded: Mapping[str, Any]) -> dict[str, Sampling]:
    return {name: Sampling(**values) for name, values in loaded.items()}
