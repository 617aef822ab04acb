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
    """The store did not do it."""


class StoreBusy(StoreError):
    """The database is locked, or out of reach."""


class StoreFull(StoreError):
    """There is no room on the disk."""


class StoreBroken(StoreError):
    """The database is damaged, not ours, or forbidden to us."""
