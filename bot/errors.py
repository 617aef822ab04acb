"""What can go wrong between a person and the generator, and is theirs to fix.

BotError
├── BadInput      something that was asked for cannot be read: no such file, a folder, not text, an unknown format
├── NotAllMade    some of the files could not be made, the others are there
├── NoPlotter     the extra is missing that draws figures
├── BenchFailed   a program whose speed was to be measured ended with an error
└── CannotWrite   the files cannot be put where they were wanted: full disk, no permission, a file in the way

The sentences that people read stand in `bot/texts`.
"""

from __future__ import annotations

from config.errors import NotabotError


class BotError(NotabotError):
    """What was asked for was not done."""


class FileNotFetched(BotError):
    """The platform does not give us the file that somebody sent."""


class FileTooLarge(BotError):
    """limit: how many MB a file may have."""


class BadInput(BotError):
    """What was given cannot be read."""


class BenchFailed(BotError):
    """A program whose speed was to be measured ended. version: the folder of its source; ending: what it said last."""

    is_for_operators = True


class NoPlotter(BotError):
    """The extra is missing that draws figures."""

    is_for_operators = True


class NotAllMade(BotError):
    """formats: in words, those that are missing; why: the sentence about the first of them."""


class CannotWrite(BotError):
    """Files cannot be written where they were wanted."""

    is_for_operators = True
