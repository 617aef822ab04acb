"""What can go wrong between a person and the generator, and is theirs to fix.

BotError
├── BadInput      something that was asked for cannot be read: no such file, a folder, not text, an unknown format
├── NotAllMade    some of the files could not be made, the others are there
└── CannotWrite   the files cannot be put where they were wanted: full disk, no permission, a file in the way

The sentences that people read stand in `bot/texts`.
"""

from __future__ import annotations

from config.errors import NotabotError


class BotError(NotabotError):
    """Something went wrong."""


class BadInput(BotError):
    """What was given cannot be read. Look at `notabot --help` for examples."""


class NotAllMade(BotError):
    """formats: in words, those that are missing; why: the sentence about the first of them."""


class CannotWrite(BotError):
    """The files cannot be written there. Choose another folder with --out."""
