"""What the program knows of a platform without loading its library, and the way to the rest of it.

A platform is a package with two doors in its `__init__`: `open_platform(settings, registry, services)` gives everything
that serves it, not yet connected; `examine(settings)` looks for `notabot doctor` whether token and rights are in order.
Not covered: which platforms there are; `bot.platforms` lists them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Literal, Protocol, cast

if TYPE_CHECKING:  # for a quick start: most commands serve no platform and need no settings to start with
    from pydantic import SecretStr

    from bot.chat.messenger import Messenger
    from bot.commands.command import Registry, Services
    from config.settings import Section, Settings


class Platform(Protocol):
    """Discord or Telegram, as far as the app needs to know it. It can be served again after an outage."""

    name: str

    @property
    def messenger(self) -> Messenger:
        """For the jobs; can be used at any time and raises TryLater while the platform is away."""

    @property
    def ready(self) -> bool:
        """Whether people are heard now."""

    @property
    def skipped(self) -> int:
        """How many events could not be read since the start."""

    async def serve(self) -> None:
        """Connect and answer until cancelled. Raises PlatformDown."""

    async def check(self) -> None:
        """Ask now whether the platform is there and takes our token; asked every few seconds, and cancelled if it takes
        as long. Raises PlatformDown, BadToken.
        """


State = Literal["ok", "warning", "problem"]


@dataclass(frozen=True)
class Finding:
    """about: "model", "discord" ... said: what is so. advice: what to do, "" if nothing.

    A problem keeps the bot, or one platform, from working; a warning does not.
    """

    about: str
    state: State
    said: str
    advice: str = ""


class Door(Protocol):
    """What a platform's package offers."""

    def open_platform(
        self, settings: Settings, registry: Registry, services: Services
    ) -> AbstractAsyncContextManager[Platform]:
        """Everything for this platform, not yet connected. Raises BadToken for a token that cannot be one."""

    async def examine(self, settings: Settings) -> Sequence[Finding]:
        """Whether the token is right and the bot may do what it needs; the platform is asked."""


@dataclass(frozen=True, kw_only=True)
class PlatformSpec:
    """One platform. name: as in the keys of its people, discord:123; title: as people write it.

    package: where its doors are; library: the foreign package that only it may import. section: its settings, where
    they are not among `Settings`. quiet: loggers that would quote what people wrote, with the level from which on they
    may speak. secret_shapes: regular expressions of what looks like one of its secrets; each keeps its first group.
    """

    name: str
    title: str
    package: str
    library: str
    section: type[Section] | None = None
    quiet: Mapping[str, int] = field(default_factory=dict)
    secret_shapes: Sequence[str] = ()

    @property
    def token_setting(self) -> str:
        """The name of the variable with its token."""
        from config.settings import PREFIX

        return f"{PREFIX}{self.name.upper()}_TOKEN"

    def token(self, settings: Settings) -> str | None:
        """Its token, None if it is not to be served. Raises ConfigError."""
        from config.settings import load_section

        found = load_section(self.section).token if self.section else getattr(settings, f"{self.name}_token")
        return cast("SecretStr", found).get_secret_value() if found is not None else None

    def secrets(self) -> list[str]:
        """What is secret in a section of its own. Raises ConfigError."""
        from config.settings import load_section, secret_fields

        if self.section is None:
            return []
        values = load_section(self.section)
        found = [getattr(values, name) for name in secret_fields(self.section)]
        return [secret.get_secret_value() for secret in found if secret is not None]

    def door(self) -> Door:
        """Its package, loaded now."""
        return cast(Door, import_module(self.package))
