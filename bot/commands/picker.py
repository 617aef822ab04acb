"""Choosing a style with buttons: period, composer, instrumentation, and off it goes.

A button names its choice by a few digits made from its name, so that it means the same after an update. At each step
only what is possible is offered, on pages of at most `PAGE_CHOICES`.
Number of bars, tempo, metre and key that were asked for with `/compose` are carried along.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from bot.chat.messages import Action, Button, Reply
from bot.commands.cascade import step_label
from bot.commands.command import Context
from bot.commands.errors import StaleButton
from bot.commands.requests import ask_for_style
from bot.texts import Language, say
from generator.catalogue.style import Style
from generator.catalogue.wish import Wish
from generator.notation.keys import parse_key
from generator.notation.limits import parse_metre

PAGE_CHOICES = 12
ROW_CHOICES = 3  # with the row to turn pages there are five, which is all Discord has
DIGITS = 5
STEPS: tuple[tuple[str, Callable[[Style], str]], ...] = (
    ("period", lambda style: style.era),
    ("composer", lambda style: style.composer),
    ("instrumentation", lambda style: style.instrumentation),
)

CARRIED = ("bars", "tempo", "metre", "key")
_WISHES = re.compile(
    r"(?:b(?P<bars>\d{1,3}))?(?:t(?P<tempo>\d{1,3}))?(?:m(?P<beats>\d{1,2})x(?P<unit>\d{1,2}))?"
    r"(?:k(?P<step>[a-g])(?P<sign>[sb]?)(?P<mode>[a-z]{3})?)?"
)


async def open_picker(context: Context) -> None:
    """The first list. What else was asked for goes with the buttons."""
    await context.reply(picker_reply(context, (), page=0, wishes=write_wishes(context.options)))


async def press_pick(context: Context, action: Action) -> None:
    """One step further, or another page; after the last step the piece is asked for."""
    chosen, page = _read(action.argument)
    styles = _styles(context, chosen)
    if len(chosen) < len(STEPS):
        await context.edit(picker_reply(context, chosen, page=page, wishes=action.target))
        return
    if await ask_for_style(context, Wish(styles[0]), read_wishes(action.target)):
        text = say("picker.chosen", context.language, style=styles[0])
        await context.edit(Reply(text, private=True, language=context.language))


def pick_style(style: Style, wishes: str) -> Action:
    """The button that asks for a style at once. wishes: as `write_wishes` wrote them."""
    return Action("pick", wishes, _write([_digits(value(style)) for _, value in STEPS]))


def style_digits(style: Style) -> str:
    """A few digits made from the names of a style."""
    return _digits("|".join((style.period, style.composer, style.instrumentation)))


def picker_reply(context: Context, chosen: Sequence[str], *, page: int, wishes: str) -> Reply:
    """The list of the next step, with ways back and to other pages."""
    language, styles = context.language, list(context.services.catalogue.offered(_styles(context, chosen)))
    name, value = STEPS[len(chosen)]
    if name == "composer":
        styles = sorted(styles, key=value)
    offered = {value(style): style for style in styles}
    pages = -(-len(offered) // PAGE_CHOICES)
    page = min(page, pages - 1)
    buttons = [
        Button(_label(style, name, language), Action("pick", wishes, _write([*chosen, _digits(key)])))
        for key, style in islice(offered.items(), page * PAGE_CHOICES, (page + 1) * PAGE_CHOICES)
    ]
    rows = [buttons[start : start + ROW_CHOICES] for start in range(0, len(buttons), ROW_CHOICES)]
    turns = _turns(chosen, page=page, pages=pages, wishes=wishes, language=language)
    return Reply(
        _question(styles[0], chosen, name, page=page, pages=pages, language=language),
        title=say("picker.title", language),
        buttons=[*rows, turns] if turns else rows,
        private=True,
        language=language,
    )


def _question(style: Style, chosen: Sequence[str], name: str, *, page: int, pages: int, language: Language) -> str:
    so_far = [_label(style, step, language) for step, _ in STEPS[: len(chosen)]]
    lines = [" · ".join(so_far), say(f"picker.{name}", language)]
    if pages > 1:
        lines.append(say("picker.page", language, page=page + 1, pages=pages))
    return "\n".join(filter(None, lines))


def _turns(chosen: Sequence[str], *, page: int, pages: int, wishes: str, language: Language) -> list[Button]:
    turns = []
    if page > 0:
        turns.append(Button(say("button.back", language), Action("pick", wishes, _write(chosen, page - 1))))
    if page < pages - 1:
        turns.append(Button(say("button.next", language), Action("pick", wishes, _write(chosen, page + 1))))
    if chosen:
        turns.append(Button(say("button.up", language), Action("pick", wishes, _write(chosen[:-1]))))
    return turns


def _label(style: Style, name: str, language: Language) -> str:
    if name == "composer":
        return style.composer_in(language, short=True)[:40]
    return step_label(style, name, language)[:40]


def _styles(context: Context, chosen: Sequence[str]) -> list[Style]:
    """The styles that fit. Raises StaleButton for a choice that is no longer there."""
    fitting = [
        style
        for style in context.services.catalogue.styles
        if all(_digits(value(style)) == digits for digits, (_, value) in zip(chosen, STEPS, strict=False))
    ]
    if not fitting:
        raise StaleButton
    return fitting


def _digits(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:DIGITS]


def _write(chosen: Sequence[str], page: int = 0) -> str:
    """For example "3f2a1.90bc4,2": the choices so far and the page."""
    return ".".join(chosen) + (f",{page}" if page else "")


def _read(argument: str) -> tuple[list[str], int]:
    path, _, page = argument.partition(",")
    chosen = [digits for digits in path.split(".") if digits]
    if len(chosen) > len(STEPS) or not (page == "" or page.isdecimal()):
        raise StaleButton
    return chosen, int(page or 0)


# --- what else was asked for ----------------------------------------------------------------------------------------


def write_wishes(options: Mapping[str, Any]) -> str:
    """At most 20 small letters and digits: 24 bars in F sharp minor → "b24kfsmin"."""
    bars, tempo, metre, key = (options.get(name) for name in CARRIED)
    parts = (
        f"b{bars}" if bars else "",
        f"t{tempo}" if tempo else "",
        f"m{metre}".replace("/", "x") if metre else "",
        f"k{key.abc.lower().replace('#', 's')}" if key else "",
    )
    return "".join(parts)


def read_wishes(text: str) -> dict[str, Any]:
    """The options again. Raises StaleButton for what `write_wishes` has not written, BadRequest for what cannot be."""
    found = _WISHES.fullmatch(text)
    if found is None:
        raise StaleButton
    options: dict[str, Any] = {name: int(found[name]) for name in ("bars", "tempo") if found[name]}
    if found["beats"]:
        options["metre"] = parse_metre(f"{found['beats']}/{found['unit']}")
    if found["step"]:
        sign = {"s": "#", "b": "b", "": ""}[found["sign"]]
        options["key"] = parse_key(f"{found['step'].upper()}{sign}{found['mode'] or ''}")
    return options
