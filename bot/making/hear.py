"""The kind of work that writes down what somebody hummed: what was heard becomes a piece, and can be read otherwise.

Promises: the notes that were heard stand in the task and in the record, so that a restart loses nothing; the recording
itself is kept nowhere. Each reading is a piece of its own; the one before it stays as it is.
Not covered: listening, which the process does that reads the files of strangers (`renderers.score.hum`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from bot.making.files import Piece
from bot.making.interleaved import Reading
from bot.making.task import Task
from bot.making.workshop import Order, Renderer, Workshop, render_piece
from bot.texts import Language, say
from bot.texts.report import key_words
from bot.texts.titles import beat_words
from generator.catalogue.catalogue import Catalogue
from generator.notation.keys import Key as AnyKey
from renderers.formats import HEARD
from renderers.score.files import ScoreFile
from renderers.score.hum.heard import Heard
from renderers.score.hum.keys import MOST_FIFTHS, Key
from renderers.score.hum.writing import tempo_field, write_heard

CORRECTIONS = {
    "otherkey": "key",
    "othermetre": "metre",
    "faster": "faster",
    "slower": "slower",
    "higher": "higher",
    "lower": "lower",
}


async def listen(file: ScoreFile, reader: Reading) -> Heard:
    """What is hummed in a recording. Raises RenderError."""
    rendering = await reader.render_most(file, [HEARD.name])
    return Heard.from_json(json.loads(rendering.files[HEARD.ending]))


def key_for_tune(key: AnyKey) -> Key:
    """The key that somebody named, with six accidentals at most: C sharp major is written as D flat."""
    fifths = (key.fifths + 5) % 12 - 5 if abs(key.fifths) > MOST_FIFTHS else key.fifths
    return Key(fifths=fifths, is_minor=key.mode != "maj")


@dataclass(frozen=True, kw_only=True)
class Hear(Task):
    """heard: as it is read now; name: of the file; piece: the one with the reading before, "" for the first."""

    kind = "hear"

    heard: Heard
    name: str
    piece: str = ""

    @property
    def bars(self) -> int:
        return self.heard.num_bars

    def to_json(self) -> dict[str, Any]:
        return {"heard": self.heard.to_json(), "name": self.name, "piece": self.piece}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            heard=Heard.from_json(values["heard"]), name=str(values["name"]), piece=str(values.get("piece") or "")
        )

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        return " · ".join((say("hummed.title", language), say("count.bars", language, n=self.bars)))

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        return await self.draw(workshop.renderer, order)

    async def draw(self, renderer: Renderer, order: Order) -> Piece:
        """The same without a model, which it does not need. Raises RenderError."""
        title, heard = say("hummed.title", order.language), self.heard
        return await render_piece(
            renderer,
            order,
            kind=self.kind,
            name="hum",
            abc=f"X:1\nT:{title}\n{write_heard(heard).removeprefix('X:1' + chr(10))}",
            title=title,
            credit="",
            record={
                "key": heard.key.abc,
                "source": {"name": self.name, "form": "recording"},
                "heard": heard.to_json(),
                **({"parent": self.piece} if self.piece else {}),
            },
        )

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """What was heard."""
        try:
            heard = Heard.from_json(record["heard"])
        except (KeyError, TypeError, ValueError):
            return ()
        return [
            say(
                "hummed.this",
                language,
                bars=say("count.bars", language, n=heard.num_bars),
                metre=heard.bars.metre,
                beat=beat_words(tempo_field(heard), language),
                key=key_words(heard.key.abc, language),
            )
        ]

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ("right", *CORRECTIONS) if record.get("kind") == cls.kind and record.get("heard") else ()
