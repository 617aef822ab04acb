"""What must hold for everything that the bot says, and for the folder it keeps."""

import builtins
import re
import unicodedata
from functools import cache
from pathlib import Path
from tempfile import gettempdir

from bot.chat.messages import CALLBACK_BYTES, Action, Reply
from bot.texts import languages, say
from config.errors import NotabotError

REPOSITORY = Path(__file__).parents[2]
MAX_TEXT_UNITS, MAX_TITLE_CHARS, MAX_LABEL_CHARS = 4096, 250, 80


def _error_names() -> list[str]:
    def below(kind: type) -> set[type]:
        return {kind, *(each for child in kind.__subclasses__() for each in below(child))}

    ours = {kind.__name__ for kind in below(NotabotError)}
    foreign = {name for name in dir(builtins) if name.endswith(("Error", "Exception", "Warning"))}
    return sorted(ours | foreign | {"OperationalError", "InterfaceError", "StatementError", "IntegrityError"})


@cache
def _leaks() -> re.Pattern[str]:
    """Made when it is needed, because only then all classes of errors are known."""
    mistakes = [say("error.unexpected", language, reference="REFERENCE") for language in languages()]
    told = [re.escape(words).replace("REFERENCE", r"\w+") for words in mistakes]  # however politely
    return re.compile("|".join([*_INSIDE, *told, *(rf"\b{name}\b" for name in _error_names())]))


_INSIDE = (
    "Traceback",
    r"Error\(",
    r'File "',
    r"<class '",
    r"object at 0x",
    r"root:x:0",
    "site-packages",
    "sqlalchemy",
    "SELECT ",
    re.escape(str(REPOSITORY)),
    re.escape(str(Path.home())) + "/",
    re.escape(gettempdir()) + r"/pytest",
)


def check_words(words: str, *, thrown: object = "") -> None:
    """Nothing from inside, nothing unseen, nothing that cannot be sent.

    thrown: what was typed; a person who types the name of an error may read it again.
    """
    leaks = [leak[0] for leak in _leaks().finditer(words) if leak[0] not in str(thrown)]
    assert not leaks, f"{leaks} in {words!r}"
    words.encode()
    unseen = [
        char for char in words if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp") and char != "\n"
    ]
    assert not unseen, f"{unseen} in {words!r}"


def check_reply(reply: Reply, *, data: Path, thrown: object = "") -> None:
    """data: the folder of the bot."""
    assert reply.text.strip(), reply
    check_words(reply.text, thrown=thrown)
    check_words(reply.title, thrown=thrown)
    assert len(f"{reply.title}\n{reply.text}".encode("utf-16-le")) // 2 <= MAX_TEXT_UNITS
    assert len(reply.title) <= MAX_TITLE_CHARS
    for row in reply.buttons:
        assert row
        for button in row:
            check_words(button.label)
            assert 1 <= len(button.label) <= MAX_LABEL_CHARS
            encoded = button.action.encode()
            assert len(encoded.encode()) <= CALLBACK_BYTES
            assert Action.decode(encoded) == button.action
    for file in reply.attachments:
        check_words(file.name)
        assert re.fullmatch(r"[\w.-]+", file.name), file.name
        assert not file.name.startswith(".")
        assert file.path is None or file.path.resolve().is_relative_to(data.resolve() / "files")


def tree(folder: Path, *, but: Path) -> dict[str, int]:
    """All files below a folder with their sizes, except those below another one."""
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.is_relative_to(but)
    }
