"""Every sentence that a person can read, in every language that has a file in this folder.

`say` puts values into a text. `explain` turns an error of ours into its sentence, which says what happened and what to
do. Anything else is a mistake of ours: it has no sentence, and the caller shows `UNEXPECTED` (in a chat:
"error.unexpected") with a reference number and puts the traceback into the log.

Promises: values are put in as they are and never read as templates; a sentence of `explain` is one line without
control characters. Not covered: markup; the platforms escape it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from bot.texts.language import (
    FALLBACK,
    Language,
    grammar,
    known_language,
    language_of,
    languages,
    texts,
)
from bot.texts.values import in_words, join, moment, signs, style_name
from bot.texts.wordlist import UNSEEN
from config.errors import NotabotError

__all__ = [
    "FALLBACK",
    "STOPPED",
    "UNEXPECTED",
    "Language",
    "clean",
    "duration",
    "error_key",
    "explain",
    "explain_in_chat",
    "grammar",
    "has_text",
    "join",
    "known_language",
    "language_of",
    "languages",
    "moment",
    "say",
    "signs",
    "style_name",
    "texts",
]

UNEXPECTED = (
    "Something went wrong that should not have. Please report it. Reference {reference}; the details are in {log}."
)
STOPPED = "Stopped. What was finished is kept; nothing half-written is left."

_MARK = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_PILED = re.compile(rf"({_MARK}{{2}}){_MARK}+")
MAX_SENTENCE_CHARS = 500
MAX_ECHO_CHARS = 60


def say(key: str, language: Language, /, **values: Any) -> str:
    """The text `key` ("queue.place") in that language.

    A text that differs with a number has a form for each of the language's plurals; the value `n` chooses.
    Raises KeyError for a text or a value that is missing: a mistake of ours, which a test finds.
    """
    text = texts(language)[key]
    if isinstance(text, Mapping):
        text = text.get(grammar(language).plurals.category(values.get("n")), text["other"])
    return text.format_map(in_words(values, language))


def has_text(key: str) -> bool:
    """Whether there is such a text."""
    return key in texts(FALLBACK)


# --- errors ---------------------------------------------------------------------------------------------------------


def explain(error: BaseException, language: Language = FALLBACK, *, at_shell: bool = False) -> str | None:
    """The sentence for an error of ours, None for a foreign one. Always one line.

    at_shell: for somebody who wrote `notabot ...`, and has neither the commands of the chats nor their buttons.
    """
    if not isinstance(error, NotabotError):
        return None
    if error.message and not error.reason and language == FALLBACK:  # a line for the log says more than its class
        return clean(error.message, limit=MAX_SENTENCE_CHARS)
    is_guild = bool(getattr(error, "guild", False))
    key = error_key(type(error), reason=error.reason, guild=is_guild, at_shell=at_shell)
    return clean(say(key, language, **_values(error, language)), limit=MAX_SENTENCE_CHARS)


def explain_in_chat(error: BaseException, language: Language = FALLBACK) -> str | None:
    """What anybody may read; None also for what only an operator can put right, which goes into the log."""
    if isinstance(error, NotabotError) and error.is_for_operators:
        return None
    return explain(error, language)


def error_key(kind: type[BaseException], *, reason: str = "", guild: bool = False, at_shell: bool = False) -> str:
    """The text for a class of errors and a reason: its own or that of the nearest class it is made from.

    guild: what concerns a whole server has a text of its own where there is one; at_shell: what says how to do things.
    """
    for each in kind.__mro__:
        name = f"error.{each.__name__}"
        reasons = (*((f"{reason}_shell",) if at_shell else ()), reason) if reason else ()
        for key in tuple(f"{name}.{each}" for each in reasons) + (f"{name}Guild",) * guild + (name,):
            if has_text(key):
                return key
    return "error.NotabotError"


def _values(error: NotabotError, language: Language) -> dict[str, Any]:
    """What an error knows: its attributes, and what can be said about them. Errors within it are explained too."""
    values: dict[str, Any] = {"n": getattr(error, "limit", ""), "words": "", **vars(error)}
    values["wait"] = duration(getattr(error, "wait_s", None), language)
    if "refusals" in values:
        values["refusals"] = " ".join(explain(each, language) or "" for each in values["refusals"])
    return values


# --- words for values -----------------------------------------------------------------------------------------------


def duration(seconds: float | None, language: Language) -> str:
    """90 → "2 minutes" / "2 分钟"; a guess in words, so it is rounded up. None: "a moment" / "片刻"."""
    if seconds is None:
        return say("duration.unknown", language)
    whole = max(1, round(seconds))
    if whole < 60:
        return say("duration.seconds", language, n=whole)
    if whole < 90 * 60:
        return say("duration.minutes", language, n=-(-whole // 60))
    return say("duration.hours", language, n=-(-whole // 3600))


def clean(text: str, *, limit: int = MAX_ECHO_CHARS) -> str:
    """Somebody's words as they can be said back: one line of at most `limit` characters.

    Control characters, and those that turn the direction of writing or cannot be seen, become spaces; marks that would
    pile up above a letter are left out after the second.
    """
    seen = "".join(
        " " if char in UNSEEN or unicodedata.category(char)[0] in "CZ" else char for char in text[: 4 * limit]
    )
    seen = _PILED.sub(r"\1", seen)
    flat = " ".join(seen.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
