"""Every sentence a person can read, in English and Chinese.

`say` puts values into a text of `en.toml` or `zh.toml`. `explain` turns an error of ours into its sentence, which says
what happened and what to do. Anything else is a mistake of ours: it has no sentence, and the caller shows `UNEXPECTED`
(in a chat: "error.unexpected") with a reference number and puts the traceback into the log.

Promises: values are put in as they are and never read as templates; a sentence of `explain` is one line without
control characters. Not covered: markup; the platforms escape it.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from config.errors import NotabotError

Language = Literal["en", "zh"]  # as in bot.chat, which is not imported: the command line starts quickly without it

UNEXPECTED = (
    "Something went wrong that should not have. Please report it. Reference {reference}; the details are in {log}."
)
STOPPED = "Stopped. What was finished is kept; nothing half-written is left."

MAX_SENTENCE_CHARS = 500
MAX_ECHO_CHARS = 60


def say(key: str, language: Language, /, **values: Any) -> str:
    """The text `key` ("queue.place") in that language.

    A text that differs between one and several has a table with "one" and "other"; the value `n` chooses.
    Raises KeyError for a text or a value that is missing: a mistake of ours, which a test finds.
    """
    text = texts(language)[key]
    if isinstance(text, Mapping):
        text = text["one" if values.get("n") == 1 else "other"]
    return text.format_map(values)


def has_text(key: str) -> bool:
    """Whether there is such a text."""
    return key in texts("en")


@cache
def texts(language: Language) -> Mapping[str, str | Mapping[str, str]]:
    """All texts of a language by key; read once."""
    path = Path(__file__).with_name(f"{language}.toml")
    return dict(_flatten(tomllib.loads(path.read_text(encoding="utf-8"))))


def _flatten(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for name, value in table.items():
        if isinstance(value, Mapping) and set(value) != {"one", "other"}:
            flat += _flatten(value, f"{prefix}{name}.")
        else:
            flat.append((prefix + name, value))
    return flat


# --- errors ---------------------------------------------------------------------------------------------------------


def explain(error: BaseException, language: Language = "en") -> str | None:
    """The sentence for an error of ours, None for a foreign one. Always one line."""
    if not isinstance(error, NotabotError):
        return None
    sentence = say(
        error_key(type(error), guild=bool(getattr(error, "guild", False))), language, **_values(error, language)
    )
    return clean(sentence, limit=MAX_SENTENCE_CHARS)


def error_key(kind: type[BaseException], *, guild: bool = False) -> str:
    """The text for a class of errors: its own or that of the nearest class it is made from.

    guild: what concerns a whole server has a text of its own where there is one.
    """
    for each in kind.__mro__:
        for key in (f"error.{each.__name__}Guild",) * guild + (f"error.{each.__name__}",):
            if has_text(key):
                return key
    return "error.Exception"


def _values(error: BaseException, language: Language) -> dict[str, Any]:
    """What an error knows, in words: its attributes, its own message, and what can be said about them."""
    values: dict[str, Any] = {"n": getattr(error, "limit", ""), "words": "", **vars(error)}
    values["message"] = str(error) or (type(error).__doc__ or "").strip()
    values["wait"] = duration(getattr(error, "wait_s", None), language)
    if language == "zh" and type(error).__name__ == "UnknownStyle":
        values["suggestions"] = _styles_in_chinese(values.get("suggestions", ()))
    return values


def _styles_in_chinese(names: tuple[str, ...]) -> str:
    from generator.catalogue.catalogue import load_catalogue

    catalogue = load_catalogue()
    chinese = {style.name: style.display("zh") for style in catalogue.styles}
    shown = [chinese.get(name, name) for name in names]  # styles of somebody's own weights keep their names
    return "、".join(shown or [style.display("zh") for style in catalogue.popular(3)])


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

    Control characters, and those that turn the direction of writing or cannot be seen, become spaces.
    """
    seen = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text[: 4 * limit])
    flat = " ".join(seen.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
