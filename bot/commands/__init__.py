"""What people can ask for, written once for all platforms.

A platform calls `run_command`, `run_action`, `run_suggest` and `run_about`; each handler is written against
`bot.chat.Context` only. `read_words` reads commands that arrive as text. `Announcer` says what a job looks like.
"""

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
