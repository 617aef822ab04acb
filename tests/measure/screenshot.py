"""Draw the pictures that README shows: the real bot on simcord's virtual Discord, drawn by Chromium.

    pip install "simcord[preview,screenshot]"
    make measure NAME=screenshot ARGS="bot/samples/reply.png --style 'a sad mazurka in B flat minor' --seed 5 --bars 8"
    make measure NAME=screenshot ARGS="challenge.png --challenge --style 'a sad waltz for piano' --seed 3 --bars 8"

Pieces are composed by the shipped model and rendered as for a chat. Needs a Chromium in the path.

--challenge   three people enter such a piece each into a challenge, vote, and its result is drawn
"""

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import discord
from pydantic import SecretStr

from bot.app import open_services
from bot.commands import build_registry
from bot.commands.announce import FIRST_PAGE
from bot.platforms.discord.platform import open_discord
from config.settings import Settings

WAIT_S = 120.0
WIDTH_PX, HEIGHT_PX = 900, 690  # the caption, the first page and the buttons
RESULT_HEIGHT_PX = 532  # who came in which place, and the first page of the best
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


Scene = Callable[[Any, Any, dict[str, Any]], Awaitable[Any]]  # a message, to look at in the end


async def take(picture: Path, options: dict[str, Any], play: Scene) -> None:
    """Have a scene played in a virtual channel and draw its end."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), discord_token=SecretStr(NO_TOKEN))
        async with open_services(settings) as services:
            registry = build_registry(settings)
            async with open_discord(settings, registry, services) as platform:
                services.jobs.add_messenger(platform.messenger)
                working = asyncio.create_task(services.jobs.run(), name="jobs")
                try:
                    await draw(platform.client, picture, options, play)
                finally:
                    working.cancel()
                    await asyncio.gather(working, return_exceptions=True)


async def draw(client: Any, picture: Path, options: dict[str, Any], play: Scene) -> None:
    """Have the scene played, and draw what is seen at its end."""
    import simcord

    async with simcord.run(client) as env:
        env.backend.bot_user.name = "Notabot"
        channel = env.create_guild(name="Salon").create_text_channel("music")
        message = await play(env, channel, options)
        height, viewer = (HEIGHT_PX if play is ask else RESULT_HEIGHT_PX), env.guild.add_member(env.create_user("you"))
        async with env.preview(channel, viewers=[viewer], layout="channel", width=WIDTH_PX, height=height) as preview:
            await preview.screenshot(str(picture), target=message, mode="viewport", allow_incomplete=True)


async def ask(env: Any, channel: Any, options: dict[str, Any]) -> Any:
    """One person composes one piece."""
    return await composed(env.guild.add_member(env.create_user("clara")), channel, options)


async def composed(person: Any, channel: Any, options: dict[str, Any]) -> Any:
    """The message of a piece that somebody asked for."""
    there = {one.id for one in channel.history()}
    await person.slash(channel, "compose", **options)
    return await seen(channel, lambda one: has_piece(one) and one.id not in there)


def has_piece(message: Any) -> bool:
    """Whether all of it is there, and not its first page alone."""
    return any(one.filename != FIRST_PAGE for one in message.attachments)


async def compete(env: Any, channel: Any, options: dict[str, Any]) -> Any:
    """Three people enter a piece each into a challenge and vote; what came of it."""
    manages = env.guild.create_role("organisers", permissions=discord.Permissions(manage_guild=True))
    clara, *others = (env.guild.add_member(env.create_user(name), roles=[manages]) for name in ("clara", "ben", "mei"))
    asked = await clara.slash(channel, "challenge create", theme=options["style"], until="1 hour", vote_until="2 hours")
    await clara.click(asked.response, label="Announce it")
    for number, person in enumerate((clara, *others)):
        piece = await composed(person, channel, options | {"seed": options["seed"] + number})
        await person.click(piece, custom_id=button(piece, "enter"))
    await clara.slash(channel, "challenge end")
    for person, number in zip((clara, *others), (2, 3, 2), strict=True):
        ballot = await seen(channel, partial(button, verb="vote", number=number))
        await person.click(ballot, custom_id=button(ballot, "vote", number))
    await clara.slash(channel, "challenge end")
    return await seen(channel, lambda one: any("people voted" in (e.description or "") for e in one.embeds))


def button(message: Any, verb: str, number: int | None = None) -> str:
    """The id of the button of a message that does so, for the entry of that number; "" if there is none."""
    ids = [getattr(one, "custom_id", "") or "" for row in message.components for one in row.children]
    end = "" if number is None else f":{number}"
    return next((one for one in ids if one.split(":")[1:2] == [verb] and one.endswith(end)), "")


async def seen(channel: Any, wanted: Callable[[Any], Any]) -> Any:
    """The newest message like this, as soon as there is one."""
    async with asyncio.timeout(WAIT_S):
        while not (found := [one for one in channel.history() if wanted(one)]):  # noqa: ASYNC110 (nobody tells us)
            await asyncio.sleep(0.2)
    return found[-1]


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make measure NAME=screenshot", description=__doc__)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--style", default="chopin keyboard")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--challenge", action="store_true")
    given = parser.parse_args(arguments)
    use_installed_chromium()
    given.picture.parent.mkdir(parents=True, exist_ok=True)
    options = {"style": given.style, "seed": given.seed, "bars": given.bars}
    asyncio.run(take(given.picture, options, compete if given.challenge else ask))
    return 0
