"""What ends a platform's service, as `bot.app` needs to know it.

PlatformError
└── PlatformDown    it cannot go on now; `bot.app` tries again, a little later every time
    └── BadToken    it never can: the token is wrong or was taken back; `bot.app` does without this platform

What they hold is never a token.
"""

from __future__ import annotations

from bot.chat.messenger import PlatformError


class PlatformDown(PlatformError):
    """The platform is out of reach.

    again_s: try again after so long at most, where asking costs nothing.
    """

    is_for_operators = True
    again_s: float | None = None


class BadToken(PlatformDown):
    """The platform takes no such token."""
