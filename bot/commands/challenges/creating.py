"""`/challenge create`: by its options, in free words, or like an earlier one; shown to its organiser first."""

from __future__ import annotations

import re
import time
from typing import Any

from bot.challenges.demands import Demands, NotAMotif
from bot.challenges.moments import NotAMoment, parse_moment
from bot.challenges.plan import MOST_THEME_CHARS, Plan
from bot.challenges.words import Said, read_challenge
from bot.chat.messages import Action, Address, Button, Reply
from bot.commands.access import scope_of
from bot.commands.challenges.finding import check_may_create, check_organiser, doer
from bot.commands.challenges.telling import cut_lines, plan_lines
from bot.commands.command import Context
from bot.commands.errors import MissingOption, NotAMotifHere, NotANote, NotATime, StaleButton
from bot.commands.server import channel_called
from bot.commands.sharing.words import check_words
from bot.commands.zones import zone_here, zone_meant
from bot.jobs.errors import NoSuchChallenge
from bot.store.challenges import ChallengeView
from bot.texts import clean, say
from generator.catalogue.ranges import midi_pitch

VOTINGS, REPEATS = ("one", "approval", "ranking", "pairs"), ("once", "day", "week", "month")
SHORTEST_S = 10.0  # a time to enter, or to vote
USUAL_OPEN_S, USUAL_VOTE_S = 7 * 86_400.0, 2 * 86_400.0
DAILY_OPEN_S, DAILY_VOTE_S = 20 * 3600.0, 4 * 3600.0  # together a day: a result and the next one come together
_RANGE = re.compile(r"\s*([A-Ga-g][#b]?-?\d)?\s*(?:-|–|to|bis|到|至|\.\.|…)\s*([A-Ga-g][#b]?-?\d)?\s*", re.IGNORECASE)
_BARS = re.compile(r"\s*(?P<least>\d{1,3})\s*(?:(?:-|–|to|bis|到|至|\.\.)\s*(?P<most>\d{1,3}))?\s*")


async def handle_create(context: Context) -> None:
    """Show what was understood; nobody else hears of it before its button is pressed."""
    await check_may_create(context)
    before = await _before(context)
    options = dict(context.options)
    if before is None and not str(options.get("theme") or "").strip():
        raise MissingOption(name="theme", reason="challenge")
    plan = read_plan(context, options, before)
    await propose(context, plan)


async def propose(context: Context, plan: Plan, *, series: str = "") -> None:
    """Show a plan to its organiser. series: the id that it gets, "" for any. Raises ForbiddenWords, NoSuchChannel."""
    check_words(context, plan.theme, plan.demands.motif)
    view = await context.services.jobs.host.draft(
        plan,
        scope=scope_of(context.address),
        address=_where(context, context.options.get("where")),
        organiser=context.person.key,
        language=context.rules.language or context.language,
        series=series,
    )
    await context.reply(draft_reply(context, view))


def draft_reply(context: Context, view: ChallengeView) -> Reply:
    """What it would be, with buttons."""
    language = context.language
    lines = [
        say("challenge.draft", language),
        *plan_lines(view.plan, context.services.catalogue, language),
    ]
    buttons = (
        Button(say("button.announce", language), Action("announce", view.id), "primary"),
        Button(say("button.discard", language), Action("announce", view.id, "no"), "danger"),
    )
    title = say("challenge.title", language, theme=view.plan.theme)
    return Reply(cut_lines(lines), title=title, buttons=(buttons,), private=True, language=language)


async def press_announce(context: Context, action: Action) -> None:
    """A draft is told of, or dropped."""
    host, language = context.services.jobs.host, context.language
    view = await context.services.store.challenges.get(action.target)
    if view is None:
        raise NoSuchChallenge(id=clean(action.target))
    await check_organiser(context, view)
    if action.argument == "no":
        await host.discard(view.id)
        text = say("challenge.discarded", language)
    elif not action.argument:
        await host.announce(view.id, by=doer(context))
        text = say("challenge.is_announced", language, id=view.id, theme=view.plan.theme)
    else:
        raise StaleButton
    await context.edit(Reply(text, private=True, language=language))


async def _before(context: Context) -> ChallengeView | None:
    """The challenge that this one is to be like."""
    wanted = context.options.get("like")
    if not wanted:
        return None
    id_ = clean(str(wanted).strip().lower().removeprefix("#"), limit=20)
    view = await context.services.store.challenges.get(id_)
    if view is None or view.scope != scope_of(context.address):
        raise NoSuchChallenge(id=id_)
    return view


def _where(context: Context, where: Any) -> Address:
    """Raises NoSuchChannel."""
    if not where:
        return context.address
    return context.here.there(context.address, channel_called(context, str(where).strip()))


# --- what was said ----------------------------------------------------------------------------------------------------


def read_plan(context: Context, options: dict[str, Any], before: ChallengeView | None = None) -> Plan:
    """Options go before words, words before the challenge that it is to be like.

    Raises NotATime, NotANote, NotAMotifHere, NoSuchZone.
    """
    catalogue = context.services.catalogue
    words = " ".join(str(options[name]) for name in ("theme", "style") if options.get(name))
    said = read_challenge(words, catalogue) if words else Said(theme="")
    if said.untimely:
        raise NotATime(value=clean(said.untimely))
    if said.lengths:
        raise NotANote(reason="bars", value=clean(said.lengths[0]))
    was = before.plan if before is not None else None
    values = {**said.values, **{name: value for name, value in options.items() if value is not None}}
    zone = _zone(context, values, was)
    now = time.time()
    opens, closes, ends = _times(values, was, now=now, zone=zone)
    theme_words = read_challenge(str(options["theme"]), catalogue).theme if options.get("theme") else ""
    theme = clean(theme_words or (was.theme if was else str(options.get("theme") or "")), limit=MOST_THEME_CHARS)
    every = {"once": ""}.get(str(values.get("every", "")), values.get("every", was.every if was else ""))
    try:
        return Plan(
            theme=theme,
            opens=opens,
            closes=closes,
            ends=ends,
            demands=_demands(values, said, was),
            voting=values.get("voting") or (was.voting if was else "one"),
            each=int(values["entries"] if values.get("entries") is not None else was.each if was else 1),
            every=every,
            zone=zone,
            prompted=bool(was and was.prompted and every and not options.get("theme")),
        )
    except ValueError as error:
        raise NotATime(reason=str(error), value="") from error


def _zone(context: Context, values: dict[str, Any], was: Plan | None) -> str:
    """Raises NoSuchZone."""
    named = zone_meant(str(values["zone"])) if values.get("zone") else None
    return named or (was.zone if was else zone_here(context))


def _times(values: dict[str, Any], was: Plan | None, *, now: float, zone: str) -> tuple[float, float, float]:
    """Each follows the one before it: what is not said is as long as usual, or as it was."""

    def moment(name: str, *, is_end: bool, since: float) -> float | None:
        text = values.get(name)
        if not text:
            return None
        try:
            found = parse_moment(str(text), now=since, zone=zone, is_end=is_end)
        except NotAMoment as error:
            raise NotATime(value=clean(str(text))) from error
        if found < now:
            raise NotATime(reason="past", value=clean(str(text)))
        return found

    lasts_s, votes_s = (was.closes - was.opens, was.ends - was.closes) if was else (0.0, 0.0)
    usual_s = (DAILY_OPEN_S, DAILY_VOTE_S) if values.get("every") == "day" else (USUAL_OPEN_S, USUAL_VOTE_S)
    lasts_s = lasts_s if lasts_s >= SHORTEST_S else usual_s[0]  # one that was ended at once lasted as good as nothing
    votes_s = votes_s if votes_s >= SHORTEST_S else usual_s[1]
    opens = moment("from", is_end=False, since=now) or now
    closes = moment("until", is_end=True, since=opens) or opens + lasts_s
    ends = moment("vote_until", is_end=True, since=closes) or closes + votes_s
    if closes - opens < SHORTEST_S or ends - closes < SHORTEST_S:
        raise NotATime(reason="times", value="")
    return opens, closes, ends


def _demands(values: dict[str, Any], said: Said, was: Plan | None) -> Demands:
    demands: dict[str, Any] = (was.demands.to_json() if was else {}) | said.demands
    if values.get("key") is not None:
        demands["key"] = values["key"].abc
    if values.get("metre") is not None:
        demands["metre"] = str(values["metre"])
    if values.get("motif"):
        demands["motif"] = clean(str(values["motif"]))
    if values.get("bars"):
        demands |= _bars(str(values["bars"]))
    if values.get("range"):
        demands |= _range(str(values["range"]))
    try:
        return Demands.from_json(demands)
    except NotAMotif as error:
        raise NotAMotifHere(value=clean(str(demands.get("motif")))) from error
    except ValueError as error:
        raise NotANote(reason="contrary", value="") from error


def _bars(text: str) -> dict[str, int]:
    """Such as "16" or "8-16". Raises NotANote."""
    found = _BARS.fullmatch(text)
    if found is None:
        raise NotANote(reason="bars", value=clean(text))
    least = int(found["least"])
    return {"least_bars": least, "most_bars": int(found["most"] or least)}


def _range(text: str) -> dict[str, str]:
    """Such as "C3-C6", "C3-" or "-C6". Raises NotANote."""
    found = _RANGE.fullmatch(text)
    if found is None or not (found[1] or found[2]):
        raise NotANote(value=clean(text))
    names = {
        name: note[0].upper() + note[1:]
        for name, note in zip(("lowest", "highest"), found.groups(), strict=True)
        if note
    }
    for note in names.values():
        try:
            midi_pitch(note)
        except ValueError as error:
            raise NotANote(value=clean(text)) from error
    return names
