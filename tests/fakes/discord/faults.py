"""What can go wrong on the line, on demand: `FakeDiscord.fail` puts one of these in the way of chosen calls."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RateLimited:
    """429. scope: "user" (this bucket), "global" or "shared". headers of a real answer come with it."""

    retry_after_s: float
    scope: str = "user"


@dataclass(frozen=True)
class ServerError:
    """5xx with a page instead of JSON, as a proxy sends it. Nothing was executed."""

    status: int = 502


@dataclass(frozen=True)
class TooLarge:
    """413 although every announced limit was kept."""


@dataclass(frozen=True)
class ResetBefore:
    """The connection breaks; nothing was executed."""


@dataclass(frozen=True)
class ResetAfter:
    """The connection breaks after the call was executed: the caller cannot know."""


@dataclass(frozen=True)
class Delay:
    """The answer comes, but late; the call is executed at once."""

    seconds: float


@dataclass(frozen=True)
class Unreadable:
    """Something that is not Discord's: a proxy's page, random bytes. executed: whether the call was executed before."""

    status: int = 200
    body: bytes = bytes(range(255, 127, -1))
    content_type: str = "application/json"
    executed: bool = False


@dataclass(frozen=True)
class Silence:
    """No answer at all; nothing is executed. The line stays open until `until` is set."""

    until: asyncio.Event = field(default_factory=asyncio.Event)


Fault = RateLimited | ServerError | TooLarge | ResetBefore | ResetAfter | Delay | Unreadable | Silence


@dataclass
class Planned:
    """A fault that waits for its calls.

    route: a regular expression that the whole path without /api/v10 must match. with_files: only calls that bring some.
    """

    method: str
    route: str
    fault: Fault
    times: int
    with_files: bool = False

    def strikes(self, method: str, path: str, *, files: int) -> bool:
        """Whether this call is hit; counts down."""
        if self.times <= 0 or method != self.method or re.fullmatch(self.route, path) is None:
            return False
        if self.with_files and not files:
            return False
        self.times -= 1
        return True


@dataclass
class Bucket:
    """A rate limit that is really counted: `calls` in `per_s` seconds for every path that matches."""

    method: str
    route: str
    calls: int
    per_s: float
    window_ends: float = 0.0
    used: int = 0

    def covers(self, method: str, path: str) -> bool:
        return method == self.method and re.fullmatch(self.route, path) is not None

    def take(self, now: float) -> float:
        """Seconds to wait, 0.0 if the call may pass."""
        if now >= self.window_ends:
            self.window_ends, self.used = now + self.per_s, 0
        if self.used >= self.calls:
            return self.window_ends - now
        self.used += 1
        return 0.0

    def headers(self, now: float) -> dict[str, str]:
        left_s = max(0.0, self.window_ends - now)
        return {
            "X-RateLimit-Limit": str(self.calls),
            "X-RateLimit-Remaining": str(self.calls - self.used),
            "X-RateLimit-Reset": f"{now + left_s:.3f}",
            "X-RateLimit-Reset-After": f"{left_s:.3f}",
            "X-RateLimit-Bucket": f"{abs(hash((self.method, self.route))):032x}",
        }
