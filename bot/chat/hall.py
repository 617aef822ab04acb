"""What is played aloud where people sit together: a programme of pieces, and the hall in which it is heard.

A hall is Discord's voice channel. Not covered: how sound gets there (`bot.platforms`), and which pieces these are.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.chat.messages import Address, Reply
from bot.errors import BotError

MOST_TRACKS = 50  # in a programme, with what is playing


@dataclass(frozen=True, kw_only=True)
class Track:
    """One piece of a programme. title: as people of the programme's language read it. fetch: its sound as Ogg Opus,
    in two channels; raises NotabotError. is_anonymous: nothing may be shown that tells whose it is.
    """

    piece: str
    title: str
    fetch: Callable[[], Awaitable[bytes]] = field(repr=False)
    is_anonymous: bool = False


@dataclass(frozen=True, kw_only=True)
class Programme:
    """What is played in a server. hall: what the hall is called. playing: None between two pieces and at the end.

    ended: why it is over, "" while it goes on. failed: titles of what could not be played.
    """

    hall: str
    playing: Track | None = None
    following: Sequence[Track] = ()
    is_paused: bool = False
    ended: str = ""
    failed: Sequence[str] = ()


Show = Callable[[Programme], Awaitable[Reply]]  # a programme → the message that shows how it stands


class Hall(Protocol):
    """The halls of a server, as whoever speaks there can use them."""

    @property
    def programme(self) -> Programme | None:
        """How it stands; None where nothing is played."""

    @property
    def hears(self) -> bool:
        """Whether whoever speaks sits where we play."""

    async def enter(self) -> None:
        """Go where whoever speaks sits. Raises NotInHall, HallClosed, HallBusy."""

    def add(self, tracks: Sequence[Track]) -> int:
        """Put pieces behind those that are there; returns how many are before them. Raises HallFull."""

    def show(self, board: Address, show: Show) -> None:
        """Keep a message up to date with the programme: the last one that was given."""

    async def pause(self) -> bool:
        """Stop the sound where it is, or let it go on; returns whether it is paused now."""

    async def skip(self) -> None:
        """Go on with the next piece."""

    async def leave(self) -> None:
        """End the programme and go."""


class NotInHall(BotError):
    """Whoever wants to hear something sits in no hall. reason: "stage" where it is none in which a bot may play."""


class HallClosed(BotError):
    """name: of the hall; reason: what keeps us out: "connect", "speak", "full", "silent" (no answer)."""


class HallBusy(BotError):
    """name: of another hall of the same server, where people listen to us."""


class HallFull(BotError):
    """limit: how many pieces a programme may have."""
