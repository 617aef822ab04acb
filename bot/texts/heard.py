"""What was made of a person's words, note by note, as sentences of the language.

Promises: words come back as they were written, on one line. Not covered: what was understood as it was said; the line
that describes the request shows that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.texts import Language, clean, join, say, signs
from bot.texts.report import key_words
from generator.catalogue.catalogue import Catalogue
from generator.catalogue.style import Style
from generator.wishes.asked import Note

SAID_BY_STYLE = ("stranger", "not_ours", "open")


def heard_lines(notes: Sequence[Note], catalogue: Catalogue, language: Language) -> list[str]:
    """A line for each note; what follows from moods and the like together in one."""
    following = [_following(note, language) for note in notes if note.kind == "follows"]
    lines = [_line(note, catalogue, language) for note in notes if note.kind != "follows"]
    if following:
        lines.insert(0, say("heard.follows", language, what=say("heard.between", language).join(following)))
    return lines


def _line(note: Note, catalogue: Catalogue, language: Language) -> str:
    values: dict[str, Any] = {"words": clean(note.words), "name": clean(note.value)}
    if note.kind == "limited":
        kind, _, value = note.value.partition(".")
        values["what"] = _value(kind, value, language)
    if note.kind == "shortened":
        values["bars"] = say("count.bars", language, n=int(note.value))
    if note.kind == "preset":
        told = [signs(each, language) for each in note.value.split()]
        values |= zip(("temperature", "top_p", "top_k"), told, strict=False)
    if note.kind in SAID_BY_STYLE:
        values["style"] = catalogue.complete(Style(*[*note.value.split("|"), "", "", ""][:3]))
    return say(f"heard.{note.kind}", language, **values)


def _following(note: Note, language: Language) -> str:
    """For example "sad: minor, ♩ = 66"."""
    values = (value.partition(".") for value in note.value.split())
    what = join([_value(kind, value.replace("_", " "), language) for kind, _, value in values], language)
    return say("heard.therefore", language, words=clean(note.words), what=what)


def _value(kind: str, value: str, language: Language) -> str:
    if kind == "mode":
        return say(f"mode.{value}", language)
    if kind == "key":
        return key_words(value, language)
    if kind == "tempo":
        return f"♩ = {value}"
    if kind == "bars":
        return say("count.bars", language, n=int(value))
    return say(f"choice.{value}", language) if kind == "temperament" else value
