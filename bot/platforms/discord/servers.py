"""The servers that the bot is in: one welcome, the operators' commands where they are at home, nothing kept afterwards.

Promises: a server is welcomed once, however often Discord tells of it. Operators' commands are registered in servers
that an operator owns and nowhere else; everywhere else they write them to the bot privately, as words.
"""

from __future__ import annotations

import discord

from bot.chat.messages import Reply
from bot.commands.command import Registry, Services
from bot.platforms.discord.commands import describe_operators, fingerprint
from bot.platforms.discord.message import build_message
from bot.platforms.discord.wire import Wire
from bot.texts import language_of, say

LATELY_S = 86_400.0  # as long as Telegram keeps such news for a bot that is away
OPERATORS_SWITCH = "discord_commands"  # and the server's number


class Servers:
    """Belongs to a platform and outlives its connections. All raise PlatformError, StoreError."""

    def __init__(self, registry: Registry, services: Services, wire: Wire) -> None:
        self._registry, self._services, self._wire = registry, services, wire

    async def see(self, guild: discord.Guild) -> None:
        """A server that the bot is in: one of an operator's own gets the operators' commands, and one that the bot was
        added to while it was away is welcomed now.
        """
        joined = guild.me.joined_at if guild.me is not None else None
        if joined is not None and (discord.utils.utcnow() - joined).total_seconds() < LATELY_S:
            await self.join(guild)
        if f"discord:{guild.owner_id}" not in self._services.settings.admins:
            return
        payloads, switch = describe_operators(self._registry), f"{OPERATORS_SWITCH}_{guild.id}"
        if not payloads or await self._services.store.switches.get(switch, None) == fingerprint(payloads):
            return
        await self._wire.put_guild_commands(guild.id, payloads)
        await self._services.store.switches.set(switch, fingerprint(payloads))

    async def join(self, guild: discord.Guild) -> None:
        """A server that the bot was added to: one welcome, where it may speak."""
        await self._services.store.deliveries.tell_again("discord", str(guild.id))
        if not await self._services.store.servers.welcome(f"discord:{guild.id}"):
            return
        channel = place_to_speak(guild)
        if channel is None:
            return
        language = language_of(str(guild.preferred_locale))
        reply = Reply(say("welcome.server", language), title=say("welcome.title", language), language=language)
        await self._wire.post(str(channel.id), build_message(reply), nonce=f"welcome.{guild.id}"[-25:])

    async def leave(self, guild: discord.Guild) -> None:
        """A server that the bot was taken out of: nothing of it is kept."""
        await self._services.store.servers.leave(f"discord:{guild.id}")


def place_to_speak(guild: discord.Guild) -> discord.TextChannel | None:
    """Where a server expects news of its members, else the first channel that is open to us."""
    for channel in (guild.system_channel, *guild.text_channels):
        if channel is not None and channel.permissions_for(guild.me).send_messages:
            return channel
    return None
