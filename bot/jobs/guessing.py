"""Guesses of the day's bars, and the messages with these bars in chats that want them every day.

What is promised: looked at and written down in one transaction: one guess a person and day, and the first counts. That
a chat's hour has come and the message are one commit, so a day's bars come once.
What is not: which bars these are (`bot.guesses`), and whose day it is; commands know the zone.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Address
from bot.guesses.puzzles import Puzzle
from bot.jobs.errors import NotGuessedYet, ToldAlready
from bot.jobs.posting import add_post
from bot.jobs.writer import Writer
from bot.making.post import Post
from bot.store import Store
from bot.store.guesses import Guess
from bot.texts import Language

SUBJECT = "guess"  # of the appointments, and of what is told
BARS = "bars"


class Guessing:
    """on_posted: there are messages to deliver. now: seconds since 1970."""

    def __init__(
        self, store: Store, writer: Writer, *, on_posted: Callable[[], None], now: Callable[[], float]
    ) -> None:
        self._store, self._writer, self.posted, self.now = store, writer, on_posted, now

    async def say_human(self, puzzle: Puzzle, which: int, *, person: str) -> Guess:
        """Which a human wrote, 1 or 2; returns what the person said first."""

        async def say(connection: AsyncConnection) -> Guess:
            known = await self._store.guesses.find(connection, person, puzzle.day)
            if known is not None:
                return known
            new = Guess(person=person, day=puzzle.day, human=which, human_right=which == puzzle.human, at=self.now())
            await self._store.guesses.add(connection, new)
            return new

        return await self._writer.write(say, urgent=True)

    async def say_composer(self, puzzle: Puzzle, composer: str, *, person: str) -> Guess:
        """Likewise. Raises NotGuessedYet."""

        async def say(connection: AsyncConnection) -> Guess:
            known = await self._known(connection, puzzle, person)
            if known.composer is None:
                values = {"composer": composer, "composer_right": composer == puzzle.composer}
                await self._store.guesses.change(connection, known, **values)
            return await self._known(connection, puzzle, person)

        return await self._writer.write(say, urgent=True)

    async def tell(self, puzzle: Puzzle, *, person: str) -> Guess:
        """The person tells others, once. Raises NotGuessedYet, ToldAlready."""

        async def tell(connection: AsyncConnection) -> Guess:
            known = await self._known(connection, puzzle, person)
            if known.composer is None:
                raise NotGuessedYet
            if known.told:
                raise ToldAlready
            await self._store.guesses.change(connection, known, told=True)
            return known

        return await self._writer.write(tell, urgent=True)

    async def look(self, puzzle: Puzzle, *, person: str) -> Guess | None:
        """What somebody has guessed that day."""
        async with self._store.reading() as connection:
            return await self._store.guesses.find(connection, person, puzzle.day)

    async def post(
        self, connection: AsyncConnection, *, chat: str, day: int, address: Address, language: Language
    ) -> None:
        """The day's bars for a chat. chat: the id of the appointment that wants them. `posted` behind the commit."""
        post = Post(subject=SUBJECT, target=chat, what=BARS, serial=day)
        await add_post(self._store, connection, post, address=address, language=language, now=self.now())

    async def _known(self, connection: AsyncConnection, puzzle: Puzzle, person: str) -> Guess:
        known = await self._store.guesses.find(connection, person, puzzle.day)
        if known is None:
            raise NotGuessedYet
        return known
