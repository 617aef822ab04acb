"""A kind of work: a recording of a piece for whoever plays along, or as another kind of file.

Promises: not a note changes and the piece stays as it is; what comes is sound alone. Not covered: what can be left out
and how (`renderers/sound/playing.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from bot.making.files import Piece, what_of
from bot.making.task import Task
from bot.making.workshop import Order, Workshop, render_piece
from bot.texts import Language, join, say
from generator.catalogue.catalogue import Catalogue
from renderers.formats import ABC, AUDIO, LOSSLESS, OPUS, VOICE
from renderers.sound.playing import USUAL_PERCENT, Playing

FORMS = (AUDIO.name, VOICE.name, OPUS.name, LOSSLESS.name)  # the first, if nobody says


@dataclass(frozen=True, kw_only=True)
class PlayAlong(Task):
    """piece: the id of the one that is played; form: the format of the recording; length: how many bars it has."""

    kind = "playalong"

    piece: str
    playing: Playing
    form: str
    length: int

    @property
    def bars(self) -> int:
        return max(1, self.length)

    def to_json(self) -> dict[str, Any]:
        return {"piece": self.piece, "playing": self.playing.to_json(), "form": self.form, "length": self.length}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        form = str(values["form"])
        if form not in FORMS:
            raise ValueError(f"no recording: {form!r}")
        playing = Playing.from_json(values["playing"])
        return cls(piece=str(values["piece"]), playing=playing, form=form, length=int(values["length"]))

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        named = say("playalong.piece", language, id=self.piece)
        return " · ".join((named, *how_played(self.playing.to_json(), language)))

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        """Raises SourceIsGone, RenderError, StoreError."""
        source = await workshop.find_source(self.piece)
        record = source.record
        piece = await render_piece(
            workshop.renderer,
            replace(order, formats=(self.form,)),  # alone: where there is none, its person is told why
            kind=self.kind,
            name=what_of(str(record.get("name") or "")) or source.name,
            abc=source.abc,
            title=str(record.get("title") or ""),
            credit=str(record.get("credit") or ""),
            record={
                "parent": source.id,
                "playing": self.playing.to_json(),
                **{name: record[name] for name in ("key", "title_key", "genre", "pace", "style") if name in record},
            },
            tune=str(record.get("tune") or ""),
            playing=self.playing,
        )
        # With its notation it can be worked on like any other.
        files = [*piece.record["files"], piece.name + ABC.ending]
        return Piece(record={**piece.record, "files": files}, files={**piece.files, ABC.ending: source.abc.encode()})

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """Of which piece, and what is different."""
        came = say("playalong.of", language, id=record.get("parent", "?"))
        return [" · ".join((came, *how_played(record.get("playing") or {}, language)))]

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ()


def how_played(playing: Mapping[str, Any], language: Language) -> list[str]:
    """For example ["without violin", "80 %", "1 bar counted in", "click", "bars 5–8"]."""
    told = []
    if playing.get("without"):
        told.append(say("playalong.without", language, parts=join(list(playing["without"]), language)))
    if playing.get("percent", USUAL_PERCENT) != USUAL_PERCENT:
        told.append(say("playalong.speed", language, percent=playing["percent"]))
    if playing.get("count_in"):
        told.append(say("playalong.count_in", language, n=playing["count_in"]))
    if playing.get("click"):
        told.append(say("playalong.click", language))
    if playing.get("loop"):
        first, last = playing["loop"]
        told.append(say("playalong.loop", language, first=first, last=last))
    if playing.get("straight"):
        told.append(say("playalong.straight", language))
    return told
