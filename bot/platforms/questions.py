"""Words that are asked for where there are no forms: a message that is to be answered, known by its last line."""

from __future__ import annotations

from bot.chat.messages import Ask, Reply
from bot.texts import Language

MOST_CHARS = 3_000  # every platform takes so many in one message


def question(ask: Ask, language: Language) -> Reply:
    """What is asked, what stands there already, and the line by which the answer is known."""
    shown = "\n".join(filter(None, (ask.label, ask.prefill[:MOST_CHARS], ask.mark)))
    return Reply(shown, title=ask.title, language=language)
