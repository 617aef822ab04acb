"""A platform, as far as jobs need it: it takes a status and results, and says what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.chat.messages import Address, Reply
from bot.errors import BotError


class PlatformError(BotError):
    """A platform did not take what we sent."""


class TryLater(PlatformError):
    """Flood control, an outage or a broken line: the same call may be right later.

    after_s: as the platform asked, or None. sent: False where it is certain that nothing arrived.
    """

    def __init__(self, message: str = "", *, after_s: float | None = None, sent: bool = True) -> None:
        super().__init__(message)
        self.after_s, self.sent = after_s, sent


class Unreachable(PlatformError):
    """The chat is gone or closed to us: deleted, blocked, no permission. Trying again does not help."""


class Messenger(Protocol):
    """A platform, as far as jobs need it.

    Every method obeys the platform's limits of speed and size by itself: it waits for its turn, and falls back to
    smaller files and says so. All raise TryLater and Unreachable.
    """

    name: str

    def parts(self, reply: Reply) -> Sequence[str]:
        """Into which messages a result is cut, in order: "result", then what follows it, e.g. "audio" and "files"."""

    async def post_status(self, address: Address, reply: Reply, *, nonce: str) -> Address:
        """Say that a job is accepted where nothing was said yet; returns the address with the message in it.

        Without a message if a sign says so, as where many talk: then the result is a message of its own.
        """

    async def edit_status(self, address: Address, reply: Reply) -> bool:
        """Change the status message. False if it was left out, because it would have had to wait: progress may."""

    async def deliver(self, address: Address, part: str, reply: Reply, *, nonce: str, in_doubt: bool) -> str | None:
        """Deliver one part of a result (or of the news that there is none); returns the id of its message.

        nonce: "<job>-<part>", at most 25 characters, the same for every try of the same part. in_doubt: an earlier try
        may have arrived. Promises never to show the same part twice; where the platform cannot promise that for this
        part, a part in doubt is not sent again, and MaybeSent is raised.
        """

    async def sweep(self, address: Address, job: str) -> None:
        """Take away what still says that this job is on its way, apart from the message in the address.

        A first message may have been posted twice. Where a platform cannot be searched, nothing happens here: such a
        message is finished when somebody presses its button or answers it.
        """

    async def amend(self, address: Address, reply: Reply) -> None:
        """Change a post that has arrived, the message in the address. One that is gone stays gone."""

    async def remove(self, address: Address) -> None:
        """Take the message in the address out of its chat, as `deliver` named it. One that is gone is gone."""


class MaybeSent(PlatformError):
    """A part that may have arrived, where the platform offers no way to find out."""
