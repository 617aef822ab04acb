"""Discord: commands, buttons, autocomplete and results, translated to and from `bot.chat`.

The doors are `open_platform` and `examine`. No other package imports discord.
"""

from bot.platforms.discord.examination import examine
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.discord.platform import open_discord as open_platform

__all__ = ["DiscordPlatform", "examine", "open_platform"]
