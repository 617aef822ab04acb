"""From what a person asks for to an accepted job and the first message about it. All that is made goes this way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.chat.messages import Action, Address, Button, Reply
from bot.commands.command import Context
from bot.commands.errors import OutOfLimits, TooLongHere
from bot.making.compose import Compose
from bot.making.presets import SHOWN, preset_key, preset_note
from bot.making.task import Showing, Task
from bot.store import PersonSettings
from bot.texts import Language, duration, say
from bot.texts.wordlist import found_in
from config.settings import Settings
from generator.catalogue.style import Style
from generator.catalogue.wish import Wish
from generator.request import Request, sample_seed, sampling_for
from generator.wishes.asked import Note, notes_on, options_of
from generator.wishes.wishes import Wishes

USUAL_BARS = 16
CARD = "card"  # the verb of the button that opens a request card
SAMPLING = ("temperature", "top_k", "top_p", "guidance")


async def ask_for_wishes(context: Context, wishes: Wishes, options: Mapping[str, Any]) -> bool:
    """Have what the words say composed; options that are given go before them. Raises BadRequest."""
    return await ask_to_compose(context, task_for_wishes(context, wishes, options))


def task_for_wishes(context: Context, wishes: Wishes, options: Mapping[str, Any]) -> Compose:
    """What the words say; options that are given go before them. Raises BadRequest."""
    services = context.services
    seed = sample_seed() if options.get("seed") is None else int(options["seed"])
    limit = longest(context)
    assert wishes.style is not None, "a request has a style"
    asked = options_of(wishes, services.catalogue, given=options, seed=seed, most_bars=limit) | {"seed": seed}
    notes = notes_on(wishes, most_bars=limit)
    return _task_for_style(context, Wish(wishes.style, wishes.players), asked, notes=notes, genre=wishes.genre)


async def ask_for_style(
    context: Context, wish: Wish, options: Mapping[str, Any], *, notes: Sequence[Note] = (), genre: str = ""
) -> bool:
    """Have such a piece composed, with what the options and the person's settings say. Raises BadRequest.

    notes: what was made of the person's words. genre: the dance or form they name.
    """
    return await ask_to_compose(context, _task_for_style(context, wish, options, notes=notes, genre=genre))


def _task_for_style(
    context: Context, wish: Wish, options: Mapping[str, Any], *, notes: Sequence[Note], genre: str
) -> Compose:
    services, likes, style = context.services, context.likes, wish.style
    temperament = options.get("temperament") or likes.temperament
    asked = {name: options.get(name) for name in SAMPLING}
    if (preset := preset_of(likes, style)) is not None and not _says_how_daring(options):
        asked |= {name: value for name, value in preset.items() if asked.get(name) is None}
        notes = (*notes, preset_note(preset))
    seed = options.get("seed")
    request = Request(
        style=style,
        seed=sample_seed() if seed is None else seed,
        bars=options.get("bars") or min(usual_bars(likes, services.settings), longest(context)),
        key=options.get("key"),
        metre=options.get("metre"),
        tempo=options.get("tempo"),
        players=wish.players,
        form=options.get("form"),
        chords=options.get("chords"),
        sampling=sampling_for(services.catalogue, style, temperament=temperament, **asked),
    )
    return Compose(request=request, guidance_asked=bool(options.get("guidance")), notes=tuple(notes), genre=genre)


def preset_of(likes: PersonSettings, style: Style) -> Mapping[str, float] | None:
    """The settings for this style that the person found with `/sweep`."""
    return likes.presets.get(preset_key(style))


def _says_how_daring(options: Mapping[str, Any]) -> bool:
    return any(options.get(name) is not None for name in ("temperament", *SHOWN))


async def ask_to_compose(context: Context, task: Compose) -> bool:
    """Have a piece composed. As `ask`; raises OutOfLimits and TooLongHere too."""
    check_length(context, task)
    return await ask(context, task)


def check_length(context: Context, task: Compose) -> None:
    """Raises OutOfLimits for what is too long anywhere, TooLongHere for what a server's rules forbid."""
    limit = most_bars(context.services.settings)
    if longest(context) < min(task.bars, limit):
        raise TooLongHere(value=task.bars, limit=longest(context))
    if task.bars > limit:
        raise OutOfLimits(name="bars", value=task.bars, low="1", high=str(limit))


async def ask(context: Context, task: Task, *, event_key: str = "") -> bool:
    """Have something made; False if this very event has asked before. Raises what `Jobs.accept` raises.

    event_key: of something that is to be made once, however many events ask for it.
    """
    services, likes = context.services, context.likes
    accepted = await services.jobs.accept(
        task,
        person=context.person,
        address=_nameable(context),
        language=context.language,
        event_key=event_key or context.event_key,
        showing=Showing(pages=likes.pages, audio=likes.audio),
    )
    if accepted.again:
        return False
    wanted = (task.card(services.catalogue, context.language), task.caution(services.catalogue, context.language))
    what = "\n".join(filter(None, wanted))
    reply = waiting_reply(
        accepted.job,
        what,
        context.language,
        place=accepted.place,
        expected_s=accepted.expected_s,
        paused=accepted.paused,
        can_change=isinstance(task, Compose),
    )
    address = await context.confirm(reply, job=accepted.job)
    if address is not None:
        await services.jobs.placed(accepted.job, address)
    return True


def _nameable(context: Context) -> Address:
    """Where it is answered, without a name that the server does not want to read."""
    address = context.address
    if any(found_in(name, context.rules.words) for name in (address.name, address.called) if name):
        return replace(address, name=None, called=None)
    return address


def usual_bars(likes: PersonSettings, settings: Settings) -> int:
    """How long a piece is if nobody says."""
    return min(likes.bars or USUAL_BARS, most_bars(settings))


def most_bars(settings: Settings) -> int:
    """The longest piece that may be asked for in a chat."""
    return min(settings.chat_max_bars, settings.max_bars)


def longest(context: Context) -> int:
    """The longest piece that may be asked for where the context is: a server's rules can make it shorter."""
    limit = most_bars(context.services.settings)
    return limit if context.rules.bars is None else min(limit, context.rules.bars)


def waiting_reply(
    job: str,
    what: str,
    language: Language,
    *,
    place: int,
    expected_s: float | None,
    paused: bool = False,
    can_change: bool = False,
) -> Reply:
    """Accepted: what, which place in the queue, how long it will take. can_change: it has a request card."""
    if paused:
        state = say("status.paused", language)
    elif place == 0:
        state = say("status.starting", language)
    else:
        state = say("status.waiting", language, place=place)
    if expected_s is not None and not paused:
        state += " · " + say("status.expected", language, time=duration(expected_s, language))
    change = (Button(say("button.card", language), Action(CARD, job)),) if can_change else ()
    title, buttons = say("status.accepted", language), ((*cancel_row(job, language), *change),)
    return Reply(f"{what}\n{state}", title=title, buttons=buttons, language=language)


def cancel_row(job: str, language: Language) -> tuple[Button, ...]:
    """The button that ends a job."""
    return (Button(say("button.cancel", language), Action("cancel", job), "danger"),)
