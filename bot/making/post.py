"""A message that nobody waits for: something is due to be told in a chat.

It stands in the table of jobs, so that it reaches its chat as results do: once, in order, whatever happens meanwhile.
Promises: it says what it tells of, and holds none of the words, so that these are true when it is sent.
Not covered: the words (`bot/commands/challenges/posting.py`). Nothing is made for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from bot.errors import BadInput
from bot.making.files import Piece
from bot.making.task import Unmade
from bot.making.workshop import Order, Workshop
from bot.texts import Language, say
from generator.catalogue.catalogue import Catalogue


@dataclass(frozen=True, kw_only=True)
class Post(Unmade):
    """subject: "challenge"; target: the id of what it tells of; what: happened; number: of an entry or a page, from 1.

    serial: tells one post from another about the same.
    """

    kind = "post"

    subject: str
    target: str
    what: str
    number: int = 0
    serial: int = 0

    @property
    def key(self) -> str:
        """The same for what is to be told once."""
        return f"post:{self.subject}:{self.target}:{self.what}:{self.number}:{self.serial}"

    def to_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "target": self.target,
            "what": self.what,
            "number": self.number,
            "serial": self.serial,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            subject=str(values["subject"]),
            target=str(values["target"]),
            what=str(values["what"]),
            number=int(values.get("number", 0)),
            serial=int(values.get("serial", 0)),
        )

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        return say("task.post", language, id=self.target)

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        raise NotMade


class NotMade(BadInput):
    """Nothing is made for a message."""
