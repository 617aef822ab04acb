"""The stages of a challenge, and when the next one comes.

    draft → announced → open → voting → closed       planned: the next of a series, announced a day before it opens;
                                                       one of every day is told of when it opens
      └ discarded         └──────────────↗           with less than two entries there is nothing to vote on

Promises: a stage follows from the stage, the plan and the time alone, so whoever asks late gets the same answer, one
stage at a time; nothing is left out, and nothing happens before its time.
"""

from __future__ import annotations

from typing import Literal

from bot.challenges.plan import Plan

Stage = Literal["draft", "planned", "announced", "open", "voting", "closed", "ended"]
LIVE: tuple[Stage, ...] = ("planned", "announced", "open", "voting")
OVER: tuple[Stage, ...] = ("closed", "ended")  # ended: called off by an organiser
ANNOUNCED_BEFORE_S = 86_400.0
DRAFT_S = 86_400.0
LEAST_TO_VOTE = 2


def due(stage: Stage, plan: Plan, *, created: float) -> float | None:
    """When the next stage comes, or a draft goes; None where nothing does by itself. created: when it was made."""
    return {
        "draft": created + DRAFT_S,
        "planned": plan.opens - (0.0 if plan.every == "day" else ANNOUNCED_BEFORE_S),
        "announced": plan.opens,
        "open": plan.closes,
        "voting": plan.ends,
    }.get(stage)


def next_stage(stage: Stage, plan: Plan, *, entries: int, now: float) -> Stage | None:
    """The stage that comes now; None if none does yet. entries: those that are still in."""
    moment = None if stage == "draft" else due(stage, plan, created=now)
    if moment is None or now < moment:
        return None
    if stage == "planned":
        return "announced"
    if stage == "announced":
        return "open"
    if stage == "open":
        return "voting" if entries >= LEAST_TO_VOTE else "closed"
    return "closed"


def first_stage(plan: Plan, *, now: float) -> Stage:
    """Of one that is announced now."""
    return "open" if plan.opens <= now else "announced"


def takes_entries(stage: Stage, plan: Plan, *, now: float) -> bool:
    """Also while a stage that is due has not been written down yet."""
    return stage == "open" and now < plan.closes


def takes_votes(stage: Stage, plan: Plan, *, now: float) -> bool:
    """As `takes_entries`."""
    return stage == "voting" and now < plan.ends


def why_not(stage: Stage, plan: Plan, *, now: float) -> str:
    """Which text says why something is not taken now."""
    if stage in ("draft", "planned", "announced"):
        return "not_yet"
    if stage == "open":
        return "open" if now < plan.closes else "closing"
    return "voting" if stage == "voting" and now < plan.ends else "over"
