"""How often somebody is sent files at the press of a button: so seldom that nobody keeps the bot from all others.

Promises: the same files of a piece come again only after a pause, and a person is sent files so many times an hour,
so many of them of one piece; what is refused costs nothing and says when to try again.
Not covered: a restart forgets what was sent.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from bot.commands.errors import FilesAgain, FilesQuota
from config.settings import Settings

HOUR_S = 3600.0
PER_PIECE = 20  # of one piece to one person within an hour
MOST_PEOPLE = 5000  # remembered; those who were sent nothing for longest are forgotten first

Sent = tuple[float, str, str]  # when, piece, what


class Rations:
    """now: seconds that never step back."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._sent: dict[str, deque[Sent]] = {}

    def take(self, person: str, piece: str, what: str, settings: Settings) -> None:
        """Something of a piece is about to be sent to somebody. Raises FilesAgain, FilesQuota."""
        sent = self._sent.setdefault(person, deque())
        self._check(sent, piece, what, settings)
        self._sent.pop(person)
        self._sent[person] = sent  # the newest last
        sent.append((self._now(), piece, what))
        while len(self._sent) > MOST_PEOPLE:
            del self._sent[next(iter(self._sent))]

    def give_back(self, person: str, piece: str, what: str) -> None:
        """It could not be sent."""
        sent = self._sent.get(person, deque())
        newest = next((one for one in reversed(sent) if one[1:] == (piece, what)), None)
        if newest is not None:
            sent.remove(newest)

    def _check(self, sent: deque[Sent], piece: str, what: str, settings: Settings) -> None:
        now = self._now()
        while sent and now - sent[0][0] >= HOUR_S:
            sent.popleft()
        again_s = max((at for at, *same in sent if same == [piece, what]), default=-HOUR_S) + settings.files_cooldown_s
        if now < again_s:
            raise FilesAgain(wait_s=again_s - now)
        of_piece = [at for at, of, _ in sent if of == piece]
        if len(of_piece) >= PER_PIECE:
            raise FilesQuota(limit=PER_PIECE, wait_s=of_piece[0] + HOUR_S - now)
        if len(sent) >= settings.files_per_person_per_hour:
            raise FilesQuota(limit=settings.files_per_person_per_hour, wait_s=sent[0][0] + HOUR_S - now)
