"""How a Reply looks as Telegram's text and buttons.

Promises: plain text only (no parse_mode anywhere), within Telegram's limits, and nobody is notified by an "@name" in
what we say. Lengths are counted in UTF-16 units, as Telegram counts them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.messages import CALLBACK_BYTES, Button, Reply
from bot.platforms.owning import owned

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
ALERT_UNITS = 200
BUTTONS_PER_ROW = 8
CUT = "…"
STYLES = {"primary": "primary", "danger": "danger"}  # blue, red; all others are as the client's theme has them
WORD_JOINER = "\u2060"  # not seen, but "@⁠name" with it is no mention
_MENTION = re.compile(r"@(?=\w)")


def count_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def quote(text: str) -> str:
    """The same to read, but nothing in it addresses anybody, and everything in it can be sent."""
    sendable = text.replace("\0", "").encode("utf-8", "replace").decode()
    return _MENTION.sub(f"@{WORD_JOINER}", sendable)


def say_whole(reply: Reply) -> str:
    """Title and text, quoted; never empty, which Telegram refuses."""
    return quote("\n".join(line for line in (reply.title, reply.text) if line.strip())) or CUT


def cut(text: str, units: int) -> str:
    """At most so long; what is cut shows."""
    if count_units(text) <= units:
        return text
    kept = text.encode("utf-16-le")[: (units - 1) * 2].decode("utf-16-le", "ignore")
    return kept.rstrip() + CUT


def split(text: str, units: int = TEXT_UNITS) -> list[str]:
    """The text in pieces of at most so many units, broken between lines where that is possible."""
    pieces, rest = [], text
    while count_units(rest) > units:
        head = rest.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore")
        broken = head.rfind("\n")
        head = head[:broken] if broken > 0 else head
        pieces.append(head)
        rest = rest[len(head) :].lstrip("\n")
    return [piece for piece in [*pieces, rest] if piece.strip()]


def keyboard(buttons: Sequence[Sequence[Button]], *, owner: str | None = None) -> InlineKeyboardMarkup | None:
    """owner: who alone may press them, None for everybody."""
    rows = [
        [_button(button, owner) for button in part]
        for row in buttons
        for part in (row[start : start + BUTTONS_PER_ROW] for start in range(0, len(row), BUTTONS_PER_ROW))
        if part
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def _button(button: Button, owner: str | None) -> InlineKeyboardButton:
    """Clients that know no colours show it as they always did."""
    return InlineKeyboardButton(
        quote(button.label),
        callback_data=owned(button.action, owner, limit=CALLBACK_BYTES),
        style=STYLES.get(button.style),
    )
