"""Words that somebody wrote to the bot without a command: which command line they stand for.

"help" is a command without its stroke, "a sad waltz" a wish, and "about a minute of Chopin" is a wish although it
begins like a command. Whether words are a wish at all is told by `/compose`, which answers talk as such.
"""

from __future__ import annotations

from bot.commands.command import Registry
from bot.commands.errors import NotWords
from bot.commands.words import find_command, read_words
from bot.errors import BadInput
from generator.catalogue.catalogue import Catalogue
from generator.errors import GeneratorError
from generator.onward.said import read_edit
from generator.wishes.changing import read_change
from generator.wishes.errands import read_errand
from generator.wishes.marks import reads_marks
from generator.wishes.reading import read_wishes

COMPOSE, RENDER = "compose", "render"
MAX_ANSWER_CHARS = 100
MOODS = ("style", "mood", "mode", "tempo")  # what may as well be said of a piece that is there


def said_line(registry: Registry, catalogue: Catalogue, text: str, *, has_file: bool = False) -> str:
    """As "/help" or "/compose a sad waltz"; what comes with its stroke stays as it is.

    has_file: the words stand below a score, which is then to be looked at. Raises NotWords where they ask for a piece:
    nothing is composed from a file.
    """
    first, _, rest = text.strip().partition(" ")
    if first.startswith("/"):
        return text.strip()
    command = registry.command(first.lower())
    if has_file and (command is None or command.name == COMPOSE):
        if read_wishes(text, catalogue).sort == "request":
            raise NotWords(reason="file")
        return f"/{RENDER}"
    if command is None or read_errand(text) is not None:  # "transpose it" names no piece
        return f"/{COMPOSE} {text.strip()}"
    if command.name == COMPOSE or _is_readable(registry, text.strip()):
        return f"/{first} {rest}".strip()
    if read_wishes(text, catalogue).sort == "request":
        return f"/{COMPOSE} {text.strip()}"
    return f"/{first}" if not (command.options or command.subcommands) else f"/{first} {rest}"


def is_wish(catalogue: Catalogue, text: str) -> bool:
    """Whether an answer to a message of ours asks for music or for a change. People thank bots, too, and each other,
    and say how they like a piece: a mood or a tempo alone ("very sad", "so slow") is no wish there.
    """
    if len(text) > MAX_ANSWER_CHARS:
        return False
    if reads_marks(text):
        return True
    edit = read_edit(text, catalogue)
    is_edit = edit is not None and edit.is_sure
    if is_edit or read_errand(text) is not None or read_change(text, catalogue) is not None:
        return True
    wishes = read_wishes(text, catalogue)
    says_what = any(part.kind not in MOODS and part.how not in ("guess", "mood") for part in wishes.parts)
    return wishes.sort == "near" or (wishes.sort == "request" and says_what)


def _is_readable(registry: Registry, text: str) -> bool:
    try:
        command, rest = find_command(registry, f"/{text}")
        read_words(command, rest)
    except (BadInput, GeneratorError):
        return False
    return True
