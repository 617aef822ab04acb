"""An unmodified discord.py client, run in a process of its own to try the fake Discord.

Told where to go by DISCORD_API, DISCORD_GATEWAY and DISCORD_TOKEN. Every outcome is a line of JSON on stdout.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands

Interaction = discord.Interaction[Any]

discord.http.Route.BASE = os.environ["DISCORD_API"]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY"])

MIB = 1024**2


def tell(what: str, **more: Any) -> None:
    sys.stdout.write(json.dumps({"what": what, **more}) + "\n")
    sys.stdout.flush()


def tell_error(what: str, error: Exception) -> None:
    tell(what, status=getattr(error, "status", None), code=getattr(error, "code", None), kind=type(error).__name__)


def file(name: str, content: bytes, description: str | None = None) -> discord.File:
    return discord.File(io.BytesIO(content), name, description=description)


class Buttons(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Change", custom_id="v1:change:1")
    async def change(self, interaction: Interaction, button: Any) -> None:
        await interaction.response.edit_message(content="changed")

    @discord.ui.button(label="Whisper", custom_id="v1:whisper:1")
    async def whisper(self, interaction: Interaction, button: Any) -> None:
        await interaction.response.send_message("for you alone", ephemeral=True)


class Form(discord.ui.Modal, title="Bars"):
    words: Any = discord.ui.TextInput(label="Lines", custom_id="words", style=discord.TextStyle.long, default="1: A|")

    async def on_submit(self, interaction: Interaction) -> None:
        assert interaction.message is None, "a command opened it"
        await interaction.response.send_message(f"written: {self.words.value}")


class Client(discord.Client):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default())
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        self.add_view(Buttons())
        await self.tree.sync()

    async def on_ready(self) -> None:
        channels = [channel.name for guild in self.guilds for channel in guild.text_channels]
        tell("ready", guilds=[guild.name for guild in self.guilds], channels=channels)

    async def on_resumed(self) -> None:
        tell("resumed")

    async def on_message(self, message: discord.Message) -> None:
        if message.author != self.user:
            tell("message", content=message.content)


client = Client()


async def spoken() -> None:
    """Until somebody says something."""
    waiting = asyncio.ensure_future(client.wait_for("message"))
    await asyncio.sleep(0)
    tell("listening")
    await waiting


@client.tree.command(description="Compose")
async def compose(interaction: Interaction, style: str, bars: app_commands.Range[int, 1, 64] = 8) -> None:
    await interaction.response.defer(thinking=True)
    for bar in (1, 2):
        await interaction.edit_original_response(content=f"bar {bar} of {bars}")
    picture = interaction_picture()
    embed = discord.Embed(title=style, description="a piece").set_image(url="attachment://page.png")
    files = [
        file("page.png", picture, "the first page"),
        file("piece.mid", b"MThd"),
        file("piece.abc", b"X:1\nK:C\nC|\n"),
    ]
    message = await interaction.edit_original_response(content="done", embed=embed, attachments=files, view=Buttons())
    tell(
        "composed",
        read_back=len(await message.attachments[0].read()),
        names=[one.filename for one in message.attachments],
    )


@client.tree.command(description="Write")
async def write(interaction: Interaction) -> None:
    await interaction.response.send_modal(Form())


@compose.autocomplete("style")
async def suggest(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    names = ("bach", "chopin", "mozart")
    return [app_commands.Choice(name=name.title(), value=name) for name in names if name.startswith(typed)]


@client.tree.command(description="The first follow-up")
async def follow(interaction: Interaction) -> None:
    await interaction.response.defer(thinking=True, ephemeral=True)
    await interaction.followup.send("first")
    await interaction.followup.send("second", file=file("two.txt", b"2"))


@client.tree.command(description="Acknowledges late")
async def slow(interaction: Interaction) -> None:
    await spoken()
    try:
        await interaction.response.send_message("late")
    except discord.HTTPException as error:
        tell_error("slow", error)


@client.tree.command(description="Acknowledges twice")
async def twice(interaction: Interaction) -> None:
    await interaction.response.send_message("one")
    interaction.response._response_type = None
    try:
        await interaction.response.send_message("two")
    except discord.HTTPException as error:
        tell_error("twice", error)


@client.tree.command(description="Answers when somebody speaks")
async def patient(interaction: Interaction) -> None:
    await interaction.response.defer(thinking=True)
    await spoken()
    try:
        await interaction.edit_original_response(content="in time")
    except discord.HTTPException as error:
        tell_error("patient", error)
        assert isinstance(interaction.channel, discord.abc.Messageable)
        alone = discord.AllowedMentions(everyone=False, roles=False, users=[interaction.user])
        await interaction.channel.send(f"{interaction.user.mention} @everyone late", allowed_mentions=alone)


@client.tree.command(description="Sends with a nonce")
async def nonce(interaction: Interaction, number: str) -> None:
    await interaction.response.defer()
    assert isinstance(interaction.channel, discord.abc.Messageable)
    try:
        message = await interaction.channel.send("with a nonce", nonce=number)
        tell("nonce", id=message.id)
    except (discord.HTTPException, OSError, aiohttp.ClientError) as error:
        tell_error("nonce", error)


@client.tree.command(description="Sends large files")
async def large(interaction: Interaction, files: int, mib: int) -> None:
    await interaction.response.defer()
    try:
        await interaction.followup.send(files=[file(f"{number}.wav", bytes(mib * MIB)) for number in range(files)])
    except discord.HTTPException as error:
        tell_error("large", error)
        await interaction.followup.send(f"the limit is {interaction.filesize_limit}")


@client.tree.command(description="Writes privately")
async def private(interaction: Interaction) -> None:
    await interaction.response.defer()
    try:
        await interaction.user.send("between us")
        tell("private")
    except discord.HTTPException as error:
        tell_error("private", error)


@client.tree.command(description="Writes into the channel")
async def public(interaction: Interaction) -> None:
    await interaction.response.defer()
    assert isinstance(interaction.channel, discord.abc.Messageable)
    try:
        await interaction.channel.send("to all", file=file("one.txt", b"1"))
        tell("public")
    except discord.HTTPException as error:
        tell_error("public", error)


@client.tree.context_menu(name="About this piece")
async def about(interaction: Interaction, message: discord.Message) -> None:
    names = ", ".join(attachment.filename for attachment in message.attachments)
    await interaction.response.send_message(f"It has {names}.", ephemeral=True)


def interaction_picture() -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("L", (20, 30)).save(buffer, "PNG")
    return buffer.getvalue()


async def main() -> None:
    async with client:
        await client.start(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    asyncio.run(main())
