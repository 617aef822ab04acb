"""Links that open the private chat and do there at once what was asked for in a group: t.me/<bot>?start=do_settings.

Only what shows something can be reached by a link: anybody may write one, and whoever presses it must lose nothing.
What is asked for behind a link (`ask_...`) is therefore shown first, with a button.
"""

from __future__ import annotations

import base64
import binascii

from bot.chat.messages import Action
from bot.commands.command import Registry
from bot.commands.words import find_command
from bot.errors import BadInput

DO, SEE, ASK, JOB = "do_", "see_", "ask_", "job_"
SHOWING = ("details", "files", "pdf", "recall", "page")
START_CHARS = 64


def address_of(bot_name: str, link: str) -> str:
    """The address of a link; of the private chat itself for no link."""
    return f"https://t.me/{bot_name}" + (f"?start={link}" if link else "")


def link_to_piece(piece: str) -> str:
    """What stands behind "start=" to see a piece."""
    return f"{JOB}{piece}"


def link_to_words(words: str) -> str:
    """The same for words that ask for music; "" where they are too many."""
    link = ASK + base64.urlsafe_b64encode(words.strip().encode()).decode().rstrip("=")
    return link if len(link) <= START_CHARS else ""


def words_of(link: str) -> str | None:
    """The words of a link; None for anything else."""
    if not link.startswith(ASK):
        return None
    written = link.removeprefix(ASK)
    try:
        padded = written + "=" * (-len(written) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode() or None
    except (binascii.Error, ValueError):
        return None


def link_to_command(line: str) -> str:
    """What stands behind "start=" for a command line: its command, and a subcommand."""
    names = [word.removeprefix("/").lower() for word in line.split()[:2]]
    words = [name for name in names if name.isascii() and name.isalpha()]
    return f"{DO}{'_'.join(words)}"[:START_CHARS]


def link_to_action(encoded: str) -> str:
    """The same for a button; "" for one that does something."""
    try:
        action = Action.decode(encoded)
    except BadInput:
        return ""
    if action.verb not in SHOWING or (action.argument and not action.argument.isalnum()):
        return ""
    return "_".join(filter(None, (f"{SEE}{action.verb}", action.target, action.argument)))[:START_CHARS]


def command_of(link: str, registry: Registry) -> str | None:
    """The command line of a link; None for one that is not ours, or that would do more than show something."""
    if not link.startswith(DO):
        return None
    first, _, second = link.removeprefix(DO).partition("_")
    for line in (f"/{first} {second}", f"/{first}"):
        try:
            command, rest = find_command(registry, line)
        except BadInput:
            continue
        is_showing = command.private and not (command.admin or command.manager)
        if is_showing and not rest and registry.command(first) is not None:
            return line.strip()
    return None


def action_of(link: str) -> str | None:
    """What the button of a link does, encoded; None for anything else."""
    if not link.startswith(SEE):
        return None
    verb, _, rest = link.removeprefix(SEE).partition("_")
    target, _, argument = rest.partition("_")
    if verb not in SHOWING:
        return None
    try:
        return Action(verb, target, argument).encode()
    except ValueError:
        return None
