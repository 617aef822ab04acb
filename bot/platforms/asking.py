"""Asks a platform over HTTP, for `notabot doctor`: short answers, short sentences, no secret in either."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.platforms.spec import Finding

TIME_LIMIT_S = 15.0
Answer = tuple[int, Any]


class Unreachable(Exception):
    """The platform gave no answer that can be read."""


async def ask(session: aiohttp.ClientSession, url: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Status and JSON. Raises Unreachable with the kind of failure."""
    try:
        async with session.get(url, headers=headers) as response:
            return response.status, await response.json(content_type=None)
    except TimeoutError as error:
        raise Unreachable(f"no answer within {TIME_LIMIT_S:g} s") from error
    except aiohttp.ClientError as error:  # its text would hold the address, and Telegram's holds the token
        reason = getattr(error, "os_error", None)
        raise Unreachable(str(getattr(reason, "strerror", None) or type(error).__name__)) from error
    except ValueError as error:
        raise Unreachable("the answer is no JSON") from error


def open_session() -> aiohttp.ClientSession:
    """To ask with."""
    # trust_env: through the same proxy as everything else on the machine
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIME_LIMIT_S), trust_env=True)


def not_reached(about: str, host: str, why: object) -> Finding:
    """What is said then."""
    return Finding(
        about,
        "problem",
        f"{host} could not be reached: {why}. So nothing is known about the token.",
        "Look at the network, a proxy or a firewall, and look again.",
    )


def switched_off(about: str, setting: str) -> Finding:
    """What is said of a platform without a token."""
    return Finding(about, "ok", f"Switched off: there is no {setting}.")
