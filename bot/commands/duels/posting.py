"""What the message says that a duel is unveiled with."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.messages import Reply
from bot.commands.duels.telling import unveiled_reply
from bot.jobs.duelling import Poll
from bot.making.post import Post
from bot.store import Store
from bot.texts import Language, say
from generator.catalogue.catalogue import Catalogue


class DuelPoster:
    """A `bot.jobs.ports.Poster`."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store, self._catalogue = store, catalogue

    async def reply(self, post: Post, language: Language) -> Reply | None:
        """As things are now."""
        async with self._store.reading() as connection:
            view = await self._store.duels.find(connection, post.target)
            if view is None or view.unveiled is None:
                return None
            counts = await self._store.duels.counts(connection, view)
        return unveiled_reply(Poll(duel=view, verdict=None, counts=counts), self._catalogue, language)

    def admission(self, _post: Post, reply: Reply, /, *, is_there: bool) -> Reply:
        """Its buttons say the same again."""
        note = say("duel.may_be_missing", reply.language)
        return replace(reply, text=f"{reply.text}\n{note}" if is_there else note)
