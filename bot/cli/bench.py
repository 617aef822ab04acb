"""`notabot bench`: how fast the engine is beside the reference algorithm."""

from __future__ import annotations

from bot.cli.results import show_text


def bench() -> None:
    """Measure the engine beside the reference algorithm on equal weights.

    [bold]Example[/bold]

      notabot bench
    """
    from generator.bench import run_bench

    run_bench(announce=show_text)
