"""Whose mistake it is: what fails after the other side has answered is its answer, which we could not read.

A login page, a proxy's error, half an answer: a platform's library meets them as ValueError, KeyError or whatever its
code happens to do. They mean an outage, and that what was sent may have arrived. The same errors before anything was
answered are mistakes of ours. Whoever speaks over the network calls `note_answer` when an answer begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from bot.chat.messenger import TryLater

_READING = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


@dataclass
class _Call:
    """is_answered: whether anything came back."""

    is_answered: bool = False


_call: ContextVar[_Call | None] = ContextVar("call", default=None)


def note_answer() -> None:
    """Something comes back for the call that is being made."""
    call = _call.get()
    if call is not None:
        call.is_answered = True


@contextmanager
def reading_answers(platform: str) -> Iterator[None]:
    """Around one call. Raises TryLater for an answer that cannot be read; a mistake of ours stays what it is."""
    call = _Call()
    before = _call.set(call)
    try:
        yield
    except _READING as error:
        if not call.is_answered:
            raise
        raise TryLater(f"What {platform} answered cannot be read ({type(error).__name__}).") from error
    finally:
        _call.reset(before)
