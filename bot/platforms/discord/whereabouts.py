"""Where somebody speaks on Discord, as far as commands need to know it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import discord
from discord import Thread

from bot.chat.messages import Address
from bot.commands.command import Elsewhere, Here
from bot.platforms.discord.examination import invitation_to
from bot.platforms.discord.halls import Halls
from bot.texts import Language, say

log = logging.getLogger(__name__)

_CHANNEL = re.compile(r"<?#?(?P<id>[0-9]{15,25})>?")


def here_of(client: discord.Client, source: discord.Interaction[Any] | discord.Message, halls: Halls) -> Here:
    """Of an interaction, or of a message that is for us."""
    speaker = source.user if isinstance(source, discord.Interaction) else source.author
    here = _here(client, source.guild, _places(source), speaker, lambda: _permissions(source))
    is_member = source.guild is not None and source.guild.me is not None  # else only a person has installed us there
    return replace(here, hall=halls.of(source.guild, speaker.id)) if source.guild is not None and is_member else here


def here_for(
    client: discord.Client,
    guild: discord.Guild | None,
    channel: discord.abc.GuildChannel | Thread | None,
    member: discord.Member | None,
) -> Here:
    """Of somebody in a channel. Without the channel, which is a private talk or unknown, there are no places."""
    parent = getattr(channel, "parent_id", None)
    places = tuple(str(one) for one in (channel and channel.id, parent) if one is not None)

    def permissions() -> discord.Permissions:
        return member.guild_permissions if member is not None else discord.Permissions.none()

    return _here(client, guild, places, member, permissions)


def _here(
    client: discord.Client,
    guild: discord.Guild | None,
    places: tuple[str, ...],
    speaker: discord.abc.User | None,
    permissions: Callable[[], discord.Permissions],
) -> Here:
    invitation = invitation_to(client.application_id) if client.application_id is not None else ""

    async def manages(other: str) -> bool:
        if guild is not None and other == str(guild.id):
            return await is_managed()
        return speaker is not None and await _manages(client, other, speaker.id)

    if guild is None:
        return Here(invitation=invitation, manages=manages)

    def name_of(place: str, language: Language) -> str:
        channel = guild.get_channel_or_thread(int(place)) if place.isdecimal() else None
        return "" if channel is None else say("server.channel", language, name=channel.name)

    async def is_managed() -> bool:
        allowed = permissions()
        return allowed.manage_guild or allowed.administrator

    async def find_place(named: str, language: Language) -> Elsewhere | None:
        channel = _channel_called(guild, named)
        if channel is None:
            return None
        parent = getattr(channel, "parent_id", None)
        return Elsewhere(
            address=Address("discord", "", chat=str(channel.id), guild=str(guild.id)),
            name=say("server.channel", language, name=channel.name),
            within=() if parent is None else (str(parent),),
            bot_may_speak=_may_post(channel, guild.me) and channel.permissions_for(guild.me).attach_files,
            person_may_write=isinstance(speaker, discord.Member) and _may_post(channel, speaker),
        )

    return Here(
        places=places,
        name_of=name_of,
        is_managed=is_managed,
        invitation=invitation,
        find_place=find_place,
        manages=manages,
        private_chat="",
    )


async def _manages(client: discord.Client, guild_id: str, person: int) -> bool:
    """Whether somebody manages another server than the one where they speak. False too where Discord does not say."""
    guild = client.get_guild(int(guild_id)) if guild_id.isdecimal() else None
    if guild is None:
        return False
    try:
        member = await guild.fetch_member(person)
    except discord.HTTPException as error:
        log.info("whether somebody manages a server is not known: %s", type(error).__name__)
        return False
    return member.guild_permissions.manage_guild


def _channel_called(guild: discord.Guild, named: str) -> discord.TextChannel | discord.VoiceChannel | Thread | None:
    """By its mention, its number or its name; only what takes messages."""
    found = _CHANNEL.fullmatch(named)
    if found is not None:
        channel = guild.get_channel_or_thread(int(found["id"]))
    else:
        name = named.removeprefix("#").lower()
        channel = next((one for one in (*guild.channels, *guild.threads) if one.name.lower() == name), None)
    return channel if isinstance(channel, discord.TextChannel | discord.VoiceChannel | Thread) else None


def _may_post(channel: discord.TextChannel | discord.VoiceChannel | Thread, member: discord.Member) -> bool:
    allowed = channel.permissions_for(member)
    may_send = allowed.send_messages_in_threads if isinstance(channel, Thread) else allowed.send_messages
    return allowed.view_channel and may_send and not member.is_timed_out()


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
