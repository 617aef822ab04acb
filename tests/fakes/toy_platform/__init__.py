"""A platform that answers nobody: what a new one needs at least, and nothing in any file that was there before."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from pydantic import Field

from bot.platforms.spec import Finding, PlatformSpec
from config.settings import Section, load_section, section_config

log = logging.getLogger("toy_library")


class ToySettings(Section):
    model_config = section_config("TOY_")

    greeting: str = Field(default="hello", description="What it says.")


TOY = PlatformSpec(
    name="toy",
    title="Toy",
    package="tests.fakes.toy_platform",
    library="toy_library",
    section=ToySettings,
    quiet={"toy_library": logging.ERROR},
    secret_shapes=(r"()toy-[0-9a-f]{8}",),
)


class ToyMessenger:
    name = "toy"


class ToyPlatform:
    name = "toy"
    messenger = ToyMessenger()
    ready = False
    skipped = 0

    async def serve(self) -> None:
        log.warning("somebody's words")
        logging.getLogger("bot.toy").warning("%s with toy-0123abcd", load_section(ToySettings).token.get_secret_value())
        self.ready = True
        await asyncio.Event().wait()

    async def check(self) -> None:
        pass


@asynccontextmanager
async def open_platform(_settings, _registry, _services) -> AsyncIterator[ToyPlatform]:
    yield ToyPlatform()


async def examine(_settings) -> Sequence[Finding]:
    return [Finding("toy", "ok", f"{load_section(ToySettings).greeting}, {load_section(ToySettings).token}")]
