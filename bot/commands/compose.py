"""`/compose`: a style in words or in three fields; without one, buttons to choose with.

Everything a person may have mistyped is looked at before anything is accepted.
"""

from __future__ import annotations

from bot.commands.cascade import CASCADE, chosen_wish
from bot.commands.command import Context
from bot.commands.errors import MissingOption
from bot.commands.picker import CARRIED, open_picker
from bot.commands.requests import ask_for_style


async def handle_compose(context: Context) -> None:
    """Ask for a piece, or for the style of one."""
    options = context.options
    if any(str(options.get(name) or "").strip() for name in ("style", *CASCADE)):
        await ask_for_style(context, chosen_wish(context.services.catalogue, options), options)
    elif set(options) <= {*CARRIED, "style"}:
        await open_picker(context)
    else:  # a button is too small for a seed
        raise MissingOption(name="style")
