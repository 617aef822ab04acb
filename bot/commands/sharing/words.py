"""A server's own words, and what people write there: titles, themes, names, and words in music.

Promises: what holds such a word, also in a simple disguise, is refused with a sentence that does not repeat it; a name
that holds one is not shown, and nobody is kept out for it.
Not covered: how words are found; see `bot.texts.wordlist`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bot.commands.command import Context
from bot.commands.errors import ForbiddenWords
from bot.store import PieceView
from bot.texts import Language, clean, say
from bot.texts.inscriptions import inscriptions
from bot.texts.wordlist import found_in
from renderers.formats import ABC

MOST_NAME_CHARS = 40


def check_words(context: Context, *texts: str) -> None:
    """By the words of the server where the context is. Raises ForbiddenWords."""
    if any(found_in(text, context.rules.words) for text in texts):
        raise ForbiddenWords


async def check_music(context: Context, abc: str, *texts: str, scope: str = "") -> None:
    """Whatever people read in the music, and other texts. scope: where it will be read, if not where the context is.

    Raises ForbiddenWords.
    """
    await _check(abc, texts, await _words_at(context, scope))


async def check_piece(context: Context, piece: PieceView, *, scope: str = "") -> None:
    """Title and music of a piece, which is read only where there are words. As `check_music`; raises SourceIsGone."""
    words = await _words_at(context, scope)
    if not words:
        return
    abc = (await context.services.store.pieces.source(piece.id)).abc if piece.file(ABC.ending) is not None else ""
    await _check(abc, (str(piece.record.get("title") or ""),), words)


async def _words_at(context: Context, scope: str) -> tuple[str, ...]:
    return (await context.services.store.servers.rules(scope)).words if scope else context.rules.words


async def _check(abc: str, texts: Iterable[str], words: tuple[str, ...]) -> None:
    holds_any: bool = bool(words) and await asyncio.to_thread(_holds_any, abc, texts, words)
    if holds_any:
        raise ForbiddenWords(reason="music")


def _holds_any(abc: str, texts: Iterable[str], words: tuple[str, ...]) -> bool:
    return any(found_in(text, words) for text in (*texts, *inscriptions(abc)))


def name_words(name: str, language: Language, words: Iterable[str]) -> str:
    """What somebody is called where others read it: plain text, "somebody" where it holds one of the words."""
    shown = clean(name, limit=MOST_NAME_CHARS)
    return shown if shown and not found_in(shown, words) else say("together.somebody", language)


def own_name(context: Context, *, limit: int = MOST_NAME_CHARS) -> str:
    """What whoever speaks is called, as it is kept; "" where it holds one of the server's words."""
    name = clean(context.called or "", limit=limit)
    return "" if found_in(name, context.rules.words) else name


def may_be_shown(piece: PieceView, credit: str, words: tuple[str, ...]) -> bool:
    """Whether a piece's title and its author's name hold none of the words."""
    return not any(found_in(text, words) for text in (str(piece.record.get("title") or ""), credit))
