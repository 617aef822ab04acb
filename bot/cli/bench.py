"""`notabot bench`: how fast the engine is beside the reference algorithm."""

from __future__ import annotations

import typer


def bench(context: typer.Context) -> None:
    """Measure the engine against the reference algorithm."""
    raise NotImplementedError
