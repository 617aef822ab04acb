"""What can go wrong between a person and the generator, and is theirs to fix.

BotError
├── BadInput      something that was asked for cannot be read: no such file, a folder, not text, an unknown format
└── CannotWrite   the files cannot be put where they were wanted: full disk, no permission, a file in the way

The message is the sentence a person reads: what happened and what to do. The class docstring is the default.
"""

from __future__ import annotations


class BotError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class BadInput(BotError):
    """What was given cannot be read. Look at `notabot --help` for examples."""


class CannotWrite(BotError):
    """The files cannot be written there. Choose another folder with --out."""
