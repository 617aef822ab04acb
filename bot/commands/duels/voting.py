"""The buttons of a duel: which is better, and unveiling it before its time.

Promises: whoever pressed is told alone, and counts only once they have voted; pressing again changes the vote until the
duel is unveiled, afterwards it says what they were. Only those who are where the duel is held vote on it.
"""

from __future__ import annotations

from dataclasses import replace

from bot.chat.messages import Action, Button, Reply
from bot.commands.access import acts_for, is_admin, scope_of
from bot.commands.command import Context
from bot.commands.consent import with_question
from bot.commands.duels.telling import counted_lines, unveiled_reply
from bot.commands.errors import ElsewhereDuel, NotYourDuel, StaleButton
from bot.duels.ratings import VERDICTS
from bot.jobs.duelling import Poll
from bot.jobs.errors import DuelOver, NoSuchDuel
from bot.store.duels import DuelView
from bot.texts import clean, say


async def press_duel(context: Context, action: Action) -> None:
    """A vote, or another look."""
    verdict = next((verdict for verdict in VERDICTS if verdict == action.argument), None)
    if verdict is None:
        raise StaleButton
    view = await _duel(context, action)
    duels, person = context.services.jobs.duels, context.person.key
    consent, alone = bool(context.likes.learning), context.address.guild is None
    try:
        poll = await duels.vote(view.id, verdict, person=person, consent=consent, alone=alone)
    except DuelOver:
        seen = await duels.look(view.id, person=person)
        if seen is None:
            raise
        await context.reply(_over(context, seen))
        return
    reply = _over(context, poll) if poll.duel.unveiled is not None else await _counted(context, poll)
    await context.reply(await with_question(context, reply))


async def press_unveil(context: Context, action: Action) -> None:
    """Before its time: whoever asked for it, also in a private talk, and those who manage the server."""
    view = await _duel(context, action, privately=True)
    if not await _may_unveil(context, view):
        raise NotYourDuel(id=view.id)
    await context.services.jobs.duels.unveil(view.id)
    language = context.language
    await context.edit(Reply(say("duel.is_unveiled", language), private=True, personal=True, language=language))


async def _duel(context: Context, action: Action, *, privately: bool = False) -> DuelView:
    """Raises NoSuchDuel, ElsewhereDuel. privately: a platform may have shown its button in a private talk."""
    view = await context.services.store.duels.get(action.target)
    if view is None:
        raise NoSuchDuel(id=clean(action.target, limit=20) or "–")
    is_private = privately and context.address.guild is None
    if view.scope != scope_of(context.address) and not is_private:
        raise ElsewhereDuel(id=view.id)
    return view


async def _counted(context: Context, poll: Poll) -> Reply:
    language = context.language
    may_unveil = await _may_unveil(context, poll.duel, is_shown=True)
    unveil = Button(say("button.unveil", language), Action("unveil", poll.duel.id))
    return Reply(
        "\n".join(counted_lines(poll, language)),
        title=say("duel.title", language),
        buttons=((unveil,),) if may_unveil else (),
        private=True,
        personal=may_unveil,
        language=language,
    )


def _over(context: Context, poll: Poll) -> Reply:
    return replace(unveiled_reply(poll, context.services.catalogue, context.language, private=True), personal=True)


async def _may_unveil(context: Context, view: DuelView, *, is_shown: bool = False) -> bool:
    """is_shown: below what a whole group would read, its button is only for whoever asked for the duel."""
    if is_admin(context.services.settings, context.person):
        return True
    if view.person is not None and await acts_for(context, view.person):
        return True
    if context.address.guild is None or (is_shown and not context.here.shows_alone):
        return False
    return await context.here.is_managed()
