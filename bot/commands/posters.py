"""Who says what a message that nobody waits for says: one poster for each subject."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat.messages import Reply
from bot.jobs.ports import Poster
from bot.making.post import Post
from bot.texts import Language


class Posters:
    """A `bot.jobs.ports.Poster`. by_subject: of other subjects nothing is told."""

    def __init__(self, by_subject: Mapping[str, Poster]) -> None:
        self._by_subject = by_subject

    async def reply(self, post: Post, language: Language) -> Reply | None:
        """As things are now."""
        poster = self._by_subject.get(post.subject)
        return None if poster is None else await poster.reply(post, language)

    def admission(self, post: Post, reply: Reply, /, *, is_there: bool) -> Reply:
        """Said by whoever said the reply."""
        return self._by_subject[post.subject].admission(post, reply, is_there=is_there)
