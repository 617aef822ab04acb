"""What can go wrong with the store.

BotError
└── StoreError
    ├── StoreBusy     locked by somebody else, or the line to the database is broken: the same call may be right later
    ├── StoreFull     no room on the disk, or a quota is used up
    └── StoreBroken   damaged, not ours, of a newer version, or it cannot be opened or written at all

A transaction that raises one of these has changed nothing. The class docstring is what people in a chat may read, so it
names no path and no host; only `open_store` adds those, for whoever starts the program.
"""

from __future__ import annotations

from bot.errors import BotError


class StoreError(BotError):
    """The bot's memory does not answer. Nothing is lost; try again in a minute."""


class StoreBusy(StoreError):
    """The bot's memory is busy just now. Nothing is lost; try again in a minute."""


class StoreFull(StoreError):
    """The bot's disk is full, so nothing new can be kept. Tell whoever runs the bot, and try again later."""


class StoreBroken(StoreError):
    """The bot's memory cannot be used. Tell whoever runs the bot: the log says what is wrong."""
