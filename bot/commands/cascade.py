"""Period, composer, instrumentation: what is possible with what is chosen already, in the person's language."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bot.commands.command import Context, Suggestion
from bot.texts import Language, languages, say
from config.letters import fold
from generator.catalogue.catalogue import Catalogue
from generator.catalogue.style import Style
from generator.catalogue.wish import Wish

CASCADE = ("period", "composer", "instrumentation")
MAX_SUGGESTIONS = 25  # Discord's limit


def chosen_wish(catalogue: Catalogue, options: Mapping[str, Any]) -> Wish:
    """The style that one field or three fields name, and who plays. Raises UnknownStyle, and BadRequest."""
    words = [str(options[name]) for name in ("style", *CASCADE) if options.get(name)]
    if not options.get("style"):
        fitting = [style for style in catalogue.styles if _fits(style, options, CASCADE)]
        if fitting:
            return Wish(max(fitting, key=catalogue.pieces))
    return catalogue.understand(" ".join(words))


def suggest_step(name: str) -> Callable[[Context, str], Awaitable[Sequence[Suggestion]]]:
    """For one field of the cascade: what is possible with the other fields as they are."""
    others = tuple(step for step in CASCADE if step != name)

    async def suggest(context: Context, typed: str) -> Sequence[Suggestion]:
        catalogue, language = context.services.catalogue, context.language
        possible = catalogue.offered(style for style in catalogue.styles if _fits(style, context.options, others))
        shown = {_value(style, name): step_label(style, name, language) for style in possible}
        found = [
            Suggestion(label[:100], value[:100])
            for value, label in shown.items()
            if fold(typed) in fold(f"{label} {value}")
        ]
        if name == "composer":
            found.sort(key=lambda suggestion: fold(suggestion.value))
        return found[:MAX_SUGGESTIONS]

    return suggest


def _value(style: Style, name: str) -> str:
    """What is offered for a step, as the catalogue spells it."""
    return style.era if name == "period" else str(getattr(style, name))


def step_label(style: Style, name: str, language: Language) -> str:
    """A period, composer or instrumentation in the person's language."""
    if name == "period":
        return say(f"period.{style.era}", language)
    return style.composer_in(language) if name == "composer" else style.instrumentation_in(language)


def _fits(style: Style, options: Mapping[str, Any], names: Sequence[str]) -> bool:
    """Whether the style has what the options name so far, in any language."""
    for name in names:
        wanted = fold(str(options.get(name) or "").strip())
        known = {
            fold(getattr(style, name)),
            fold(_value(style, name)),
            *(fold(step_label(style, name, each)) for each in languages()),
        }
        if wanted and wanted not in known:
            return False
    return True
