"""Which challenge somebody means, and what they may do with it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.challenges.stages import LIVE, OVER, Stage
from bot.commands.access import acts_for, is_admin, scope_of
from bot.commands.challenges.telling import listed
from bot.commands.command import Context, Suggestion
from bot.commands.errors import ElsewhereChallenge, NoChallenge, NotOrganiser, WhichChallenge
from bot.commands.sharing.words import own_name
from bot.jobs.errors import NoSuchChallenge
from bot.store.challenges import ChallengeView, Doer
from bot.texts import clean


async def challenge_meant(
    context: Context, *, stages: Sequence[Stage] = LIVE, named: str | None = None, newest: bool = False
) -> ChallengeView:
    """The one that is named, else the only one here in one of these stages. newest: of several the newest.

    Raises NoSuchChallenge, ElsewhereChallenge, NoChallenge, WhichChallenge.
    """
    challenges = context.services.store.challenges
    wanted = named if named is not None else context.options.get("challenge")
    if wanted:
        id_ = clean(str(wanted).strip().lower().removeprefix("#"), limit=20)
        view = await challenges.get(id_)
        if view is None or view.stage == "draft":
            raise NoSuchChallenge(id=id_)
        check_place(context, view)
        return view
    found = await challenges.of(scope_of(context.address), stages=stages)
    if not found:
        raise NoChallenge(reason=stages[0] if len(stages) == 1 else "any")
    if len(found) > 1 and not newest:
        raise WhichChallenge(names=tuple(view.id for view in found))
    return found[0]


def check_place(context: Context, view: ChallengeView, *, privately: bool = True) -> None:
    """Challenges are for those who are where they are held; privately: also for a private talk, by their id.

    Raises ElsewhereChallenge.
    """
    is_private = privately and context.address.guild is None and context.person.platform == view.platform
    if scope_of(context.address) != view.scope and not is_private:
        raise ElsewhereChallenge


async def check_organiser(context: Context, view: ChallengeView) -> None:
    """Raises NotOrganiser."""
    if is_admin(context.services.settings, context.person):
        return
    if view.organiser is not None and await acts_for(context, view.organiser):
        return
    if scope_of(context.address) != view.scope or not await context.here.is_managed():
        raise NotOrganiser


def doer(context: Context) -> Doer:
    """Whoever speaks, as the log has them."""
    return Doer(context.person.key, own_name(context))


async def check_may_create(context: Context) -> None:
    """In a server those who manage it; in a private talk whoever has it. Raises NotOrganiser."""
    if context.address.guild is None or is_admin(context.services.settings, context.person):
        return
    if not await context.here.is_managed():
        raise NotOrganiser


async def suggest_challenge(context: Context, typed: str) -> Sequence[Suggestion]:
    """Those that are held here, then those that are over."""
    challenges, scope = context.services.store.challenges, scope_of(context.address)
    found = [*await challenges.of(scope), *await challenges.of(scope, stages=OVER, limit=10)]
    lines = [(listed(view, context.language), view.id) for view in found]
    return [Suggestion(line[:100], id_) for line, id_ in lines if typed.strip().lower() in line.lower()]
