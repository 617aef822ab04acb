"""The menu of commands that Telegram's clients show: per language, and per kind of chat."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from bot.commands.command import Command, Registry
from bot.texts import FALLBACK, Language, languages, say

log = logging.getLogger(__name__)

DESCRIPTION_CHARS = 256


async def set_menus(bot: Bot, registry: Registry, *, admins: Collection[str]) -> None:
    """Everybody's commands in private chats and groups, those for who manages a group for its administrators, and the
    operators' (admins: ids of people) in their private chats.

    A menu that Telegram refuses is only logged: commands work without it, and an admin who never wrote to the bot
    has no private chat yet.
    """
    everybody = [command for command in registry.commands if not (command.admin or command.manager)]
    managers = [command for command in registry.commands if not command.admin]
    operators = [command for command in registry.commands if not command.manager]
    scopes: list[tuple[BotCommandScope, list[Command]]] = [
        (BotCommandScopeAllPrivateChats(), everybody),
        (BotCommandScopeAllGroupChats(), everybody),
        (BotCommandScopeAllChatAdministrators(), managers),
        *((BotCommandScopeChat(int(admin)), operators) for admin in sorted(admins)),
    ]
    for scope, commands in scopes:
        for language in filter(_has_code, languages()):
            await _set_menu(bot, scope, commands, language)


def _has_code(language: Language) -> bool:
    """Telegram knows languages by two letters: one menu for all ways of writing Chinese."""
    code = language.partition("-")[0]
    return language == code or code not in languages()


async def _set_menu(bot: Bot, scope: BotCommandScope, commands: Iterable[Command], language: Language) -> None:
    menu = [BotCommand(each.name, say(f"command.{each.name}", language)[:DESCRIPTION_CHARS]) for each in commands]
    code = None if language == FALLBACK else language.partition("-")[0]  # Telegram takes two letters
    try:
        await bot.set_my_commands(menu, scope=scope, language_code=code)
    except TelegramError as error:
        log.info("the menu of commands for %s was not taken: %s", scope.type, type(error).__name__)
