"""Under which id Telegram keeps the page of a piece, once it was sent: to post it again without having to send it.

Promises: at most so many are remembered, the newest.
Not covered: a restart, after which they are learnt again with the next message that shows the piece; and who may see a
piece, which whoever asks has to know.
"""

from __future__ import annotations

from telegram import Message

REMEMBERED = 5000  # pieces


class Photos:
    """Of pieces, by their ids."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, piece: str) -> str | None:
        """The id of the photo, None if it is not known."""
        return self._known.get(piece)

    def learn(self, piece: str, message: object) -> None:
        """From Telegram's answer to a message with the piece; one without a photo teaches nothing."""
        if not piece or not isinstance(message, Message) or not message.photo:
            return
        self._known.pop(piece, None)
        while len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[piece] = message.photo[-1].file_id  # the largest

    def forget(self, piece: str) -> None:
        """Telegram does not take it."""
        self._known.pop(piece, None)
