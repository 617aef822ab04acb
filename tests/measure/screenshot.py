"""Draw the picture of a real reply that README shows: the real bot on simcord's virtual Discord, drawn by Chromium.

    pip install "simcord[preview,screenshot]"
    make measure NAME=screenshot ARGS="bot/samples/reply.png --style 'a sad mazurka in B flat minor' --seed 3"

The piece is composed by the shipped model and rendered as for a chat. Needs a Chromium in the path.
"""

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.app import open_services
from bot.commands import build_registry
from bot.platforms.discord.platform import open_discord
from config.settings import Settings

WAIT_S = 120.0
WIDTH_PX, HEIGHT_PX = 900, 690  # the caption, the first page and the buttons
NO_TOKEN = "not.a.token"


def use_installed_chromium() -> None:
    """Playwright looks for a browser of its own, and waits a minute; simcord offers no way to say otherwise."""
    import playwright.async_api
    import simcord.preview._capture

    simcord.preview._capture._CAPTURE_DEADLINE = 300
    launch = playwright.async_api.BrowserType.launch

    async def launch_installed(self: Any, *args: Any, **options: Any) -> Any:
        options |= {"executable_path": shutil.which("chromium"), "args": ["--no-sandbox", "--disable-gpu"]}
        return await launch(self, *args, **options)

    playwright.async_api.BrowserType.launch = launch_installed


async def take(picture: Path, options: dict[str, Any]) -> None:
    """Compose one piece in a virtual channel, wait for the result, and draw the channel."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), discord_token=SecretStr(NO_TOKEN))
        async with open_services(settings) as services:
            registry = build_registry(settings)
            async with open_discord(settings, registry, services) as platform:
                services.jobs.add_messenger(platform.messenger)
                working = asyncio.create_task(services.jobs.run(), name="jobs")
                try:
                    await draw_reply(platform.client, picture, options)
                finally:
                    working.cancel()
                    await asyncio.gather(working, return_exceptions=True)


async def draw_reply(client: Any, picture: Path, options: dict[str, Any]) -> None:
    """Ask in the channel, wait for the answer, and draw."""
    import simcord

    async with simcord.run(client) as env:
        env.backend.bot_user.name = "Notabot"
        channel = env.create_guild(name="Salon").create_text_channel("music")
        clara = env.guild.add_member(env.create_user("clara"))
        await clara.slash(channel, "compose", **options)
        async with asyncio.timeout(WAIT_S):
            while not (channel.history() and channel.history()[-1].attachments):  # noqa: ASYNC110 (nobody tells us)
                await asyncio.sleep(0.2)
        async with env.preview(channel, viewers=[clara], layout="channel", width=WIDTH_PX, height=HEIGHT_PX) as preview:
            await preview.screenshot(str(picture), mode="viewport", allow_incomplete=True)


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make measure NAME=screenshot", description=__doc__)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--style", default="chopin keyboard")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--bars", type=int, default=16)
    given = parser.parse_args(arguments)
    use_installed_chromium()
    given.picture.parent.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(given.picture, {"style": given.style, "seed": given.seed, "bars": given.bars}))
    return 0
