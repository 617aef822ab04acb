"""Options with choices: which one is meant by what somebody writes, in any language.

Promises: a choice is known by its own name, by what our texts call it, and by what people do (`config/choices.toml`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.commands.command import Option
from bot.commands.errors import NotAChoice
from bot.texts import clean, languages, texts
from config.choices import choice_called, options_called, plain

MOST_JOINED = 4  # words that are one choice


def read_choice(option: Option, text: str) -> str:
    """The choice that is meant. Raises NotAChoice."""
    choice = find_choice(option, text)
    if choice is None:
        raise NotAChoice(name=option.name, value=clean(text), names=", ".join(option.choices))
    return choice


def find_choice(option: Option, text: str) -> str | None:
    """Which choice is meant, in any language; None for none of them."""
    if text.lower() in option.choices:
        return text.lower()
    labels = {
        choice: [label for language in languages() if isinstance(label := texts(language).get(f"choice.{choice}"), str)]
        for choice in option.choices
    }
    return choice_called(text, option.choices, labels=labels)


def is_called(option: Option, words: str) -> bool:
    """Whether words without a name are one of the option's choices, or a yes to it."""
    if option.kind == "boolean":
        return plain(words) == option.name or option.name in options_called(words)
    return bool(option.choices) and find_choice(option, words) is not None


def join_words(words: Sequence[str], options: Sequence[Option]) -> Iterator[str]:
    """The words one by one, but together what only means something together: "lead sheet"."""
    place = 0
    while place < len(words):
        lengths = range(min(MOST_JOINED, len(words) - place), 1, -1)
        phrases = (" ".join(words[place : place + length]) for length in lengths)
        found = next((phrase for phrase in phrases if any(is_called(one, phrase) for one in options)), words[place])
        yield found
        place += len(found.split())
