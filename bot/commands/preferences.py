"""`/settings`: what a person likes. Shown with buttons that change it; the command's options change it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.chat.messages import Action, Button, Reply
from bot.commands.command import Context
from bot.commands.errors import StaleButton
from bot.commands.requests import usual_bars
from bot.commands.zones import zone_meant, zone_words
from bot.store import PersonSettings
from bot.texts import Language, language_of, languages, say
from config.settings import Settings

TEMPERAMENTS = ("conservative", "default", "adventurous", "wild")
TEMPERAMENT_CHOICES = ("style", *TEMPERAMENTS)
PAGES_CHOICES = ("picture", "pdf")
AUDIO_CHOICES = ("on", "off")
LEARNING_CHOICES = ("teach", "private")
ROW_BUTTONS = 5  # Discord's limit
# The values that stand for "not chosen".
NOT_CHOSEN = {"language": "auto", "temperament": "style"}


def choices() -> dict[str, tuple[str, ...]]:
    """What a button may set, in the order of the rows."""
    return {
        "language": ("auto", *languages()),
        "temperament": TEMPERAMENT_CHOICES,
        "pages": PAGES_CHOICES,
        "audio": AUDIO_CHOICES,
        "learning": LEARNING_CHOICES,
    }


async def handle_settings(context: Context) -> None:
    """Change what was given, and show all."""
    store = context.services.store
    changes = _changes(context.options)
    if changes:
        likes = await store.people.change(context.person.key, **changes)
    else:
        likes = context.likes
    await context.reply(_reply(context, likes, changed=bool(changes)))


async def press_set(context: Context, action: Action) -> None:
    """A button below the settings; it changes those of whoever pressed."""
    name, _, value = action.argument.partition(".")
    if value not in choices().get(name, ()):
        raise StaleButton
    likes = await context.services.store.people.change(context.person.key, **_changes({name: value}))
    await context.edit(_reply(context, likes, changed=True))


def _changes(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as the store has them: "auto" is no language of one's own, 0 bars no number. Raises NoSuchZone."""
    changes = {name: None if NOT_CHOSEN.get(name) == value else value for name, value in options.items()}
    if changes.get("bars") == 0:
        changes["bars"] = None
    if "zone" in changes:
        changes["zone"] = zone_meant(str(changes["zone"]))
    if "audio" in changes:
        changes["audio"] = changes["audio"] in ("on", True)
    if "learning" in changes:
        changes["learning"] = changes["learning"] == "teach"
    return changes


def own_language(context: Context, likes: PersonSettings) -> Language:
    """Of what is about one person and for that person alone, in a group too, whatever the group speaks."""
    return likes.language or language_of(context.person.client_language)


def _reply(context: Context, likes: PersonSettings, *, changed: bool) -> Reply:
    language = own_language(context, likes)
    text = _text(likes, context.services.settings, language)
    title = say("settings.changed" if changed else "settings.title", language)
    return Reply(text, title=title, buttons=_buttons(likes, language), private=True, personal=True, language=language)


def _text(likes: PersonSettings, settings: Settings, language: Language) -> str:
    chosen = _chosen(likes)
    lines = [
        say("settings.language", language, value=say(f"choice.{chosen['language']}", language)),
        say("settings.bars", language, value=usual_bars(likes, settings)),
        say("settings.temperament", language, value=say(f"choice.{chosen['temperament']}", language)),
        say("settings.pages", language, value=say(f"choice.{chosen['pages']}", language)),
        say("settings.audio", language, value=say(f"choice.{chosen['audio']}", language)),
        say("settings.zone", language, value=zone_words(likes.zone, settings)),
        say("settings.learning", language, value=say(f"choice.{chosen['learning']}", language)),
        say("settings.hint", language),
    ]
    return "\n".join(lines)


def _chosen(likes: PersonSettings) -> dict[str, str]:
    return {
        "language": likes.language or "auto",
        "temperament": likes.temperament if likes.temperament in TEMPERAMENTS else "style",
        "pages": likes.pages,
        "audio": "on" if likes.audio else "off",
        "learning": "teach" if likes.learning else "private",
    }


def _buttons(likes: PersonSettings, language: Language) -> list[list[Button]]:
    """A row for each setting with few values, the present one marked; many languages take several rows."""
    chosen = _chosen(likes)
    rows = [
        [
            Button(
                say(f"choice.{value}", language),
                Action("set", argument=f"{name}.{value}"),
                "primary" if chosen[name] == value else "secondary",
            )
            for value in values
        ]
        for name, values in choices().items()
    ]
    return [row[start : start + ROW_BUTTONS] for row in rows for start in range(0, len(row), ROW_BUTTONS)]
