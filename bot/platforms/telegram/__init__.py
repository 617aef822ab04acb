"""Telegram: the one package that imports python-telegram-bot."""

from bot.platforms.telegram.platform import TelegramPlatform, open_telegram

__all__ = ["TelegramPlatform", "open_telegram"]
