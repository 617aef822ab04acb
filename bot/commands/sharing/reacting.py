"""Reactions below our messages as shortcuts: again, favourite, delete.

Promises: a reaction that means nothing here, or stands below a message that shows no piece, is left alone, without a
word; taking one back takes the star back and nothing else. What a reaction asks for is answered as its button is, and
deleting asks first. Not covered: which message shows which piece; platforms know.
"""

from __future__ import annotations

from bot.chat.messages import Action
from bot.commands.command import Context, Registry
from bot.commands.running import run_action, run_quietly

STAR, AGAIN, DELETE = "star", "again", "delete"
# Telegram has no star, no arrow and no wastebasket among its reactions; these mean the first of them there.
SIGNS = {
    **dict.fromkeys(("⭐", "🌟", "🤩", "🏆", "❤", "❤‍🔥"), STAR),
    **dict.fromkeys(("🔁", "🔂", "🔄", "♻"), AGAIN),
    **dict.fromkeys(("🗑", "🚮"), DELETE),
}


def meaning_of(emoji: str) -> str | None:
    """What it stands for; None for what is none of ours."""
    return SIGNS.get(emoji.replace("\ufe0f", ""))


async def run_reaction(
    registry: Registry, meaning: str, context: Context, *, piece: str, scope: str | None, message: str
) -> None:
    """Somebody has put a reaction below a message that shows a piece.

    scope: where its star counts; message: as stars know it, "chat/message".
    """
    if meaning == STAR:

        async def star() -> None:
            found = await context.services.store.pieces.get(piece)
            if found is not None and found.deleted is None:
                await context.services.jobs.curator.star(found, person=context.person.key, scope=scope, message=message)

        await run_quietly("reaction", context, star)
        return
    if meaning == DELETE and not await _is_theirs(context, piece):
        return
    await run_action(registry, Action(meaning, piece).encode(), context)


async def run_unreaction(context: Context, *, message: str) -> None:
    """Somebody has taken a star back."""

    async def unstar() -> None:
        await context.services.jobs.curator.unstar(context.person.key, message=message)

    await run_quietly("reaction", context, unstar)


async def _is_theirs(context: Context, piece: str) -> bool:
    """Others' wastebaskets are an opinion: only whoever asked for a piece means it by that."""
    found = await context.services.store.pieces.get(piece)
    return found is not None and found.deleted is None and found.person == context.person.key
