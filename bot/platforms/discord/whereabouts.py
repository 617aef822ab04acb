"""Where somebody speaks on Discord, as far as commands need to know it."""

from __future__ import annotations

from typing import Any

import discord

from bot.commands.command import Here
from bot.platforms.discord.examination import invitation_to
from bot.texts import Language, say


def here_of(client: discord.Client, source: discord.Interaction[Any] | discord.Message) -> Here:
    """Of an interaction, or of a message that is for us."""
    invitation = invitation_to(client.application_id) if client.application_id is not None else ""
    guild = source.guild
    if guild is None:
        return Here(invitation=invitation)

    def name_of(place: str, language: Language) -> str:
        channel = guild.get_channel_or_thread(int(place)) if place.isdecimal() else None
        return "" if channel is None else say("server.channel", language, name=channel.name)

    async def is_managed() -> bool:
        allowed = _permissions(source)
        return allowed.manage_guild or allowed.administrator

    return Here(places=_places(source), name_of=name_of, is_managed=is_managed, invitation=invitation)


def _places(source: discord.Interaction[Any] | discord.Message) -> tuple[str, ...]:
    """The channel, or a thread and the channel that it belongs to."""
    channel = source.channel
    number = source.channel_id if isinstance(source, discord.Interaction) else source.channel.id
    parent = getattr(channel, "parent_id", None)
    return tuple(str(place) for place in (number, parent) if place is not None)


def _permissions(source: discord.Interaction[Any] | discord.Message) -> discord.Permissions:
    if isinstance(source, discord.Interaction):
        return source.permissions
    author = source.author
    return author.guild_permissions if isinstance(author, discord.Member) else discord.Permissions.none()
