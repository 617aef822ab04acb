"""`/help`, `/about` and `/styles`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.chat.messages import Action, Button, Reply
from bot.commands.access import is_admin
from bot.commands.command import Command, Context, Registry
from bot.making.playalong import PlayAlong
from bot.texts import Language, clean, say
from bot.versions import installed_versions
from config.settings import Settings
from generator.catalogue.style import Style
from generator.model.published import published_in
from generator.onward.work import Kind

STYLES_LISTED = 20
MANY_DIGITS = 4


def help_for(registry: Registry) -> Callable[[Context], Awaitable[None]]:
    """`/help` lists the commands of the registry it is part of."""

    async def handle_help(context: Context) -> None:
        language = context.language
        shown = [
            command
            for command in registry.commands
            if not command.admin or is_admin(context.services.settings, context.person)
        ]
        further = [command for command in shown if command.name in FURTHER]
        lines = [say("help.opening", language)]
        lines += [_line(command, language) for command in shown if command not in further]
        lines.append(say("help.further", language, names=tuple(f"/{command.name}" for command in further)))
        lines.append(say("help.options", language))
        title = say("help.title", language)
        await context.reply(Reply("\n".join(lines), title=title, private=True, personal=True, language=language))

    return handle_help


FURTHER = frozenset(
    {*(kind.value for kind in Kind), PlayAlong.kind}
)  # a line for all of them: a message has only so much room
MOST_NAMED = 12  # of a family's commands; a message has only so much room


def _line(command: Command, language: Language) -> str:
    """A command with what it does, and what may be written behind it."""
    what = say(f"command.{command.name}", language)
    if not command.subcommands:
        return say("help.command", language, name=command.name, what=what)
    names = tuple(subcommand.name for subcommand in command.subcommands)
    if len(names) > MOST_NAMED:
        return say("help.command", language, name=command.name, what=what)
    return say("help.family", language, name=command.name, what=what, names=names)


async def handle_about(context: Context) -> None:
    """What this is, who wrote it, under which licence."""
    language = context.language
    text = say(
        "about.text",
        language,
        version=installed_versions().get("notabot", "?"),
        model=context.services.model,
        weights=_weights(context.services.settings, language),
        styles=say("count.styles", language, n=len(context.services.catalogue.styles)),
    )
    if context.here.invitation:
        text += "\n" + say("about.invite", language, link=context.here.invitation)
    if contact := context.services.settings.contact:
        text += "\n" + say("about.contact", language, contact=contact)
    await context.reply(Reply(text, title=say("about.title", language), private=True, personal=True, language=language))


def _weights(settings: Settings, language: Language) -> str:
    """Whose the weights are, and what they do not know."""
    published = published_in(settings.weights)
    if published is None:
        return say("about.weights_own" if settings.weights else "about.weights_shipped", language)
    whose = say("about.weights_published", language, name=published.name)
    return whose if published.prompted else f"{whose} {say('about.weights_unprompted', language)}"


async def handle_styles(context: Context) -> None:
    """The styles that words could mean, or a page of all that are known."""
    language = context.language
    words = str(context.options.get("words") or "").strip()
    if not words:
        await context.reply(styles_page(context, 1))
        return
    context.services.catalogue.check_known(words)
    found = context.services.catalogue.suggest(words, limit=STYLES_LISTED)
    lines = [*(_style_line(style, language) for style in found), say("styles.more", language)]
    title, buttons = say("styles.found", language, words=clean(words)), (_choosing(language),)
    await context.reply(
        Reply("\n".join(lines), title=title, buttons=buttons, private=True, personal=True, language=language)
    )


async def press_styles(context: Context, action: Action) -> None:
    """Another page of the list."""
    number = int(action.argument) if action.argument.isdecimal() and len(action.argument) < MANY_DIGITS else 1
    await context.edit(styles_page(context, number))


def styles_page(context: Context, number: int) -> Reply:
    """A page of all styles that are known, period by period, with buttons to turn it. number: from 1."""
    catalogue, language = context.services.catalogue, context.language
    periods = list(catalogue.periods())
    known = sorted(
        catalogue.offered(),
        key=lambda style: (periods.index(style.era) if style.era in periods else len(periods), style.name),
    )
    pages = -(-len(known) // STYLES_LISTED)
    number = max(1, min(number, pages))
    shown = known[(number - 1) * STYLES_LISTED : number * STYLES_LISTED]
    lines = [_style_line(style, language) for style in shown]
    lines.append(say("styles.others", language, n=len(catalogue.styles) - len(known)))
    lines.append(say("styles.more", language))
    turns = [
        Button(say(f"button.{name}", language), Action("styles", argument=str(to)))
        for name, to in (("back", number - 1), ("next", number + 1))
        if 1 <= to <= pages
    ]
    count = say("count.styles", language, n=len(known))
    title = say("styles.page", language, styles=count, page=number, pages=pages)
    rows = (tuple(turns), _choosing(language)) if turns else (_choosing(language),)
    return Reply("\n".join(lines), title=title, buttons=rows, private=True, personal=True, language=language)


def _choosing(language: Language) -> tuple[Button, ...]:
    return (Button(say("button.choose", language), Action("pick"), "primary"),)


def _style_line(style: Style, language: Language) -> str:
    period = say(f"period.{style.era}", language)
    return say("styles.line", language, style=style, period=period)
