"""`/challenge daily 18:00`: a challenge every day, with a theme of the bot's own.

Promises: pieces are taken until four hours before the next one, then it is voted, so that a result and a new theme come
together; shown to its organiser first, as every challenge. Not covered: the themes (`bot.challenges.prompts`).
"""

from __future__ import annotations

import time

from bot.challenges.moments import NotAMoment, parse_moment
from bot.challenges.plan import Plan
from bot.challenges.prompts import prompt_of
from bot.commands.challenges.creating import DAILY_OPEN_S, DAILY_VOTE_S, propose
from bot.commands.challenges.finding import check_may_create
from bot.commands.command import Context
from bot.commands.errors import NotATime
from bot.commands.zones import zone_here, zone_meant
from bot.jobs.intake import new_job_id
from bot.texts import clean

USUAL_CLOCK = "18:00"


async def handle_daily(context: Context) -> None:
    """Raises NotOrganiser, NotATime, NoSuchZone, NoSuchChannel."""
    await check_may_create(context)
    options, series = context.options, new_job_id()
    zone = (zone_meant(str(options["zone"])) if options.get("zone") else None) or zone_here(context)
    at = str(options.get("at") or USUAL_CLOCK)
    try:
        opens = parse_moment(at, now=time.time(), zone=zone, is_end=False)
    except NotAMoment as error:
        raise NotATime(value=clean(at)) from error
    theme, demands = prompt_of(series, 1, context.rules.language or context.language)
    plan = Plan(
        theme=theme,
        opens=opens,
        closes=opens + DAILY_OPEN_S,
        ends=opens + DAILY_OPEN_S + DAILY_VOTE_S,
        demands=demands,
        voting=options.get("voting") or "one",
        every="day",
        zone=zone,
        prompted=True,
    )
    await propose(context, plan, series=series)
