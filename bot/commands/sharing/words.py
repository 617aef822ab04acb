"""A server's own words, and what people write there: titles, themes and names.

Promises: what holds such a word, also in a simple disguise, is refused with a sentence that does not repeat it; a name
that holds one is not shown, and nobody is kept out for it.
Not covered: how words are found; see `bot.texts.wordlist`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.commands.command import Context
from bot.commands.errors import ForbiddenWords
from bot.store import PieceView
from bot.texts import Language, clean, say
from bot.texts.wordlist import found_in

MOST_NAME_CHARS = 40


def check_words(context: Context, *texts: str) -> None:
    """By the words of the server where the context is. Raises ForbiddenWords."""
    if any(found_in(text, context.rules.words) for text in texts):
        raise ForbiddenWords


def name_words(name: str, language: Language, words: Iterable[str]) -> str:
    """What somebody is called where others read it: plain text, "somebody" where it holds one of the words."""
    shown = clean(name, limit=MOST_NAME_CHARS)
    return shown if shown and not found_in(shown, words) else say("together.somebody", language)


def may_be_shown(piece: PieceView, credit: str, words: tuple[str, ...]) -> bool:
    """Whether a piece's title and its author's name hold none of the words."""
    return not any(found_in(text, words) for text in (str(piece.record.get("title") or ""), credit))
