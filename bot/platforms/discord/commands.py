"""Our commands as Discord's: typed options with limits and choices, in the person's language, in servers and talks.

The structure is https://discord.com/developers/docs/interactions/application-commands. What it cannot say (an option
that takes all remaining words) is not needed there: Discord asks for each option by itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import discord

from bot.chat.messages import SentFile
from bot.commands.command import Command, Option, Registry
from bot.commands.errors import MissingSubcommand, UnknownCommand
from bot.platforms.discord.message import cut
from bot.platforms.downloading import download
from bot.texts import FALLBACK, clean, language_of, say

CHAT_INPUT, MESSAGE_MENU = 1, 3  # types of command
SUBCOMMAND, ATTACHMENT = 1, 11  # types of option
OPTION_TYPES = {
    "text": 3,
    "key": 3,
    "metre": 3,
    "form": 3,
    "chords": 3,
    "integer": 4,
    "boolean": 5,
    "number": 10,
    "file": ATTACHMENT,
}

IN_SERVERS_AND_TALKS = {"contexts": [0, 1, 2], "integration_types": [0, 1]}
# Who sees a command in the list; who is answered is decided by the settings, and when it is used.
MANAGE_GUILD, ADMINISTRATORS = str(1 << 5), "0"
IN_SERVERS = {"contexts": [0], "default_member_permissions": MANAGE_GUILD}
IN_ONE_SERVER = {"contexts": [0], "integration_types": [0], "default_member_permissions": ADMINISTRATORS}

MAX_CHARS = 100
MAX_NAME_CHARS = 32
MAX_TEXT_CHARS = 200
MAX_CHOICES = 25


@dataclass(frozen=True)
class Call:
    """What somebody called. focused: the option they are typing in, with what is there so far."""

    command: Command
    options: Mapping[str, Any]
    focused: Option | None = None
    typed: str = ""


def describe_all(registry: Registry) -> list[dict[str, Any]]:
    """Everybody's commands and the message menu, as Discord takes them at once."""
    everybodys = [command for command in registry.commands if not command.admin]
    return [*(_describe_command(command) for command in everybodys), _describe_menu()]


def describe_operators(registry: Registry) -> list[dict[str, Any]]:
    """The commands for those who run the bot, for a server of theirs: nobody else shall see them anywhere."""
    return [_describe_command(command) for command in registry.commands if command.admin]


def fingerprint(payloads: Sequence[Mapping[str, Any]]) -> str:
    """Changes when the commands do."""
    return hashlib.sha256(json.dumps(payloads, sort_keys=True).encode()).hexdigest()


def read_call(registry: Registry, data: Mapping[str, Any]) -> Call:
    """What an interaction calls. Raises BadInput for a command of another version of the bot."""
    command = registry.command(str(data.get("name")))
    if command is None:
        raise UnknownCommand(name=clean(str(data.get("name"))))
    given: Sequence[Mapping[str, Any]] = data.get("options", ())
    if command.subcommands:
        command, given = _read_subcommand(command, given)
    focused = next((option for option in given if option.get("focused")), None)
    return Call(
        command,
        {option["name"]: _value(option, data) for option in given if option is not focused},
        _option(command, focused) if focused else None,
        str(focused.get("value", "")) if focused else "",
    )


def _read_subcommand(
    family: Command, given: Sequence[Mapping[str, Any]]
) -> tuple[Command, Sequence[Mapping[str, Any]]]:
    for subcommand in family.subcommands:
        if given and given[0]["name"] == subcommand.name:
            shared = replace(
                subcommand,
                admin=family.admin or subcommand.admin,
                private=family.private or subcommand.private,
            )
            return shared, given[0].get("options", ())
    raise MissingSubcommand(command=family.name, names=", ".join(each.name for each in family.subcommands))


def _value(given: Mapping[str, Any], data: Mapping[str, Any]) -> Any:
    """What was given; of a file where it lies, as Discord tells it beside the options."""
    if given.get("type") != ATTACHMENT:
        return given["value"]
    about = data.get("resolved", {}).get("attachments", {}).get(str(given["value"]), {})
    size = about.get("size")
    return SentFile(
        name=str(about.get("filename", "")),
        size=size if isinstance(size, int) else None,
        fetch=partial(download, str(about.get("url", ""))),
    )


def _option(command: Command, given: Mapping[str, Any]) -> Option | None:
    return next((option for option in command.options if option.name == given["name"]), None)


# --- descriptions -----------------------------------------------------------------------------------------------------


def _describe_command(command: Command) -> dict[str, Any]:
    described = {
        "type": CHAT_INPUT,
        "name": command.name,
        **_texts(f"command.{command.name}"),
        "options": [_describe_subcommand(command, each) for each in command.subcommands]
        or _describe_options(command, command.name),
        **IN_SERVERS_AND_TALKS,
    }
    if command.admin:
        return described | IN_ONE_SERVER
    return described | (IN_SERVERS if command.manager else {})


def _describe_subcommand(family: Command, command: Command) -> dict[str, Any]:
    path = f"{family.name}.{command.name}"
    return {
        "type": SUBCOMMAND,
        "name": command.name,
        **_texts(f"command.{path}"),
        "options": _describe_options(command, path),
    }


def _describe_options(command: Command, path: str) -> list[dict[str, Any]]:
    """Discord wants those that are required first."""
    ordered = sorted(command.options, key=lambda option: not option.required)
    return [_describe_option(option, f"option.{path}.{option.name}") for option in ordered]


def _describe_option(option: Option, text: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "type": OPTION_TYPES[option.kind],
        "name": option.name,
        **_texts(text),
        "required": option.required,
    }
    if option.choices:
        described["choices"] = [_describe_choice(choice) for choice in option.choices[:MAX_CHOICES]]
    elif option.suggest is not None:
        described["autocomplete"] = True
    if option.kind in ("integer", "number"):
        described |= _limits(option)
    elif option.kind in ("text", "key", "metre", "form", "chords") and not option.choices:
        described["max_length"] = MAX_TEXT_CHARS
    return described


def _limits(option: Option) -> dict[str, float]:
    kind = int if option.kind == "integer" else float
    limits = {"min_value": option.minimum, "max_value": option.maximum}
    return {name: kind(limit) for name, limit in limits.items() if limit is not None}


def _describe_choice(choice: str) -> dict[str, Any]:
    key = f"choice.{choice}"
    return {
        "name": cut(say(key, FALLBACK), MAX_CHARS),
        "name_localizations": _in_all_languages(key, MAX_CHARS),
        "value": choice,
    }


def _describe_menu() -> dict[str, Any]:
    return {
        "type": MESSAGE_MENU,
        "name": cut(say("discord.about", FALLBACK), MAX_NAME_CHARS),
        "name_localizations": _in_all_languages("discord.about", MAX_NAME_CHARS),
        **IN_SERVERS_AND_TALKS,
    }


def _texts(key: str) -> dict[str, Any]:
    """The description in all languages. Names stay English, so that one can tell another what to type."""
    return {
        "description": cut(say(key, FALLBACK), MAX_CHARS),
        "description_localizations": _in_all_languages(key, MAX_CHARS),
    }


def _in_all_languages(key: str, max_chars: int) -> dict[str, str]:
    """A text for each of Discord's locales that has a language of ours."""
    spoken = {locale.value: language_of(locale.value) for locale in discord.Locale}
    return {locale: cut(say(key, language), max_chars) for locale, language in spoken.items() if language != FALLBACK}
