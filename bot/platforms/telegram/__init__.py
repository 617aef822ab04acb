"""Telegram: the one package that imports python-telegram-bot. The doors are `open_platform` and `examine`."""

from bot.platforms.telegram.examination import examine
from bot.platforms.telegram.platform import TelegramPlatform
from bot.platforms.telegram.platform import open_telegram as open_platform

__all__ = ["TelegramPlatform", "examine", "open_platform"]
