"""Commands that had another name before. The old one still works for one version, and says what it is called now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from typer.core import TyperGroup

# What was typed → what is meant. Each goes with the version after the next.
RENAMED = {
    ("export",): ("train", "export"),
    ("train", "network"): ("train", "pretrain"),
}


class RenamingGroup(TyperGroup):
    """All commands, by their new names and their old ones."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the new name in place of an old one, and say so."""
        return super().parse_args(ctx, current_names(args))


def current_names(arguments: Sequence[str]) -> list[str]:
    """The arguments with the name that the command has now."""
    for old, new in RENAMED.items():
        if tuple(arguments[: len(old)]) == old:
            tell_renamed(" ".join(old), " ".join(new))
            return [*new, *arguments[len(old) :]]
    return list(arguments)


def tell_renamed(old: str, new: str) -> None:
    """One line to standard error."""
    Console(stderr=True).print(
        f"`notabot {old}` is called `notabot {new}` now. The old name goes with the next version.",
        style="yellow",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
