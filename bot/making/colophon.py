"""The colophon of a printed piece: who made it, how, and what would make it again.

Promises: style, seed, weights and the piece's id where its record says them; nothing at all below music that nobody
composed here. Not covered: where it stands on the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.texts import Language, say, style_name
from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.style import Style

FINGERPRINT_CHARS = 12
STYLE_LINES = ("period", "composer", "instrumentation")


def colophon_of(record: Mapping[str, Any], language: Language, *, piece: str) -> str:
    """In one line; "" for music of somebody else. piece: its id."""
    model = record.get("model")
    if not model:
        return ""
    return " · ".join(
        filter(
            None,
            (
                say("colophon.maker", language),
                _style(record, language),
                say("colophon.seed", language, seed=record["seed"]) if record.get("seed") is not None else "",
                say(
                    "colophon.weights",
                    language,
                    file=model.get("file", "?"),
                    fingerprint=str(model.get("sha256", "?"))[:FINGERPRINT_CHARS],
                ),
                say("colophon.piece", language, id=piece),
            ),
        )
    )


def _style(record: Mapping[str, Any], language: Language) -> str:
    named = record.get("style") or record.get("request") or {}
    period, composer, instrumentation = (str(named.get(line) or "") for line in STYLE_LINES)
    if not instrumentation:
        return ""
    return style_name(load_catalogue().complete(Style(period, composer, instrumentation)), language)
