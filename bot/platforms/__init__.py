"""The platforms: everything that opens, examines, logs or documents them reads this list.

A new one is a package beside the others, with the doors that `spec.py` describes, and a row here.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.platforms.spec import PlatformSpec
from config.errors import ConfigError

if TYPE_CHECKING:  # for a quick start
    from config.settings import Settings

PLATFORMS = [
    PlatformSpec(
        name="discord",
        title="Discord",
        package="bot.platforms.discord",
        library="discord",
        quiet={"discord": logging.INFO},
        secret_shapes=(
            r"()\b[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,}",  # the token
            r"(/(?:webhooks|interactions)/[0-9]+/)[^/\s?\"']+",  # keys of an interaction, good for 15 minutes
        ),
    ),
    PlatformSpec(
        name="telegram",
        title="Telegram",
        package="bot.platforms.telegram",
        library="telegram",
        # At their "info" the last two write every address they call, and Telegram's hold the token; the first one
        # writes whole updates, with what people wrote.
        quiet={"telegram": logging.WARNING, "httpcore": logging.WARNING, "httpx": logging.WARNING},
        secret_shapes=(
            r"(/bot)[0-9]+(?::|%3[Aa])[\w-]+",  # the token in an address
            r"()\b[0-9]{6,}:[\w-]{30,}",  # the token alone
        ),
    ),
]
WITHOUT_A_TOKEN = ("terminal",)  # names that keys of people may have besides


def with_tokens(settings: Settings) -> list[PlatformSpec]:
    """Those that are to be served. Raises ConfigError for a token that cannot be used."""
    return [spec for spec in PLATFORMS if spec.token(settings) is not None]


def token_settings() -> Sequence[str]:
    """The names of the variables with their tokens."""
    return [spec.token_setting for spec in PLATFORMS]


def check_keys(settings: Settings) -> None:
    """Raises ConfigError if a list of people or places names a platform that there is not."""
    from config.settings import PREFIX

    known = {spec.name for spec in PLATFORMS} | set(WITHOUT_A_TOKEN)
    for name, value in settings:
        if isinstance(value, frozenset):
            wrong = sorted(key for key in value if key.partition(":")[0] not in known)
            if wrong:
                raise ConfigError(reason="no_such_platform", name=f"{PREFIX}{name.upper()}", value=wrong[0])
