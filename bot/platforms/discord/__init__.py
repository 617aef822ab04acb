"""Discord: commands, buttons, autocomplete and results, translated to and from `bot.chat`.

The door is `open_discord`. No other package imports discord.
"""

from bot.platforms.discord.platform import DiscordPlatform, open_discord

__all__ = ["DiscordPlatform", "open_discord"]
