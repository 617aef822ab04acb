"""`/batch`: several pieces of one request at once, shown side by side; each can be opened, and counts."""

from __future__ import annotations

from bot.commands.command import Context
from bot.commands.errors import MissingOption
from bot.commands.requests import ask, check_length, task_for_wishes
from bot.making.several import USUAL, Batch
from generator.wishes.door import wishes_for


async def handle_batch(context: Context) -> None:
    """Raises MissingOption, NotAWish, UnknownStyle, BadRequest, and what `ask` raises."""
    options = {name: value for name, value in context.options.items() if name not in ("style", "n")}
    words = str(context.options.get("style") or "").strip()
    if not words:
        raise MissingOption(name="style", reason="batch")
    first = task_for_wishes(context, wishes_for(words, context.services.catalogue), options)
    check_length(context, first)
    await ask(context, Batch(first=first, count=int(context.options.get("n") or USUAL)))
