"""Asked once: whether what somebody chooses between two pieces may teach a model."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.messages import Action, Button, Reply
from bot.commands.command import Context
from bot.texts import say


async def with_question(context: Context, reply: Reply) -> Reply:
    """The reply, with the question for whoever was never asked; whoever does not answer has said no.

    Where a whole group would have to read it, it waits for another time.
    """
    if context.likes.learning is not None or not context.here.shows_alone:
        return reply
    await context.services.store.people.decline_learning(context.person.key)
    language = context.language
    buttons = (
        Button(say("button.may_teach", language), Action("set", argument="learning.teach")),
        Button(say("button.may_not_teach", language), Action("set", argument="learning.private")),
    )
    text = f"{reply.text}\n{say('edited.may_teach', language)}"
    return replace(reply, text=text, buttons=(*reply.buttons, buttons), private=True)
