"""What people can ask for, written once for all platforms.

A platform calls `run_command`, `run_action`, `run_suggest` and `run_about`; each handler is written against
`bot.chat.Context` only. `read_words` reads commands that arrive as text. `Announcer` says what a job looks like.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.commands.access import is_admin, may_use
    from bot.commands.announce import Announcer
    from bot.commands.errors import NotAllowed
    from bot.commands.registry import build_registry
    from bot.commands.running import refuse, run_about, run_action, run_command, run_suggest
    from bot.commands.words import check_options, find_command, read_words

__all__ = [
    "Announcer",
    "NotAllowed",
    "build_registry",
    "check_options",
    "find_command",
    "is_admin",
    "may_use",
    "read_words",
    "refuse",
    "run_about",
    "run_action",
    "run_command",
    "run_suggest",
]

# Loaded when they are asked for: whoever needs the words of one command would wait for all commands and the database.
_HOMES = {
    "Announcer": "announce",
    "NotAllowed": "errors",
    "build_registry": "registry",
    "check_options": "words",
    "find_command": "words",
    "is_admin": "access",
    "may_use": "access",
    "read_words": "words",
    "refuse": "running",
    "run_about": "running",
    "run_action": "running",
    "run_command": "running",
    "run_suggest": "running",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
