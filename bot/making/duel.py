"""Two pieces that are heard blind: what people are shown of them says neither where they come from nor what differs.

Promises: both are whole pieces of their own, and count; which is A and which B is decided by chance; the picture shows
their pages without titles, names and credits. What they were stands in the record under "duel", and nowhere else that
people see before it is unveiled. Where one of two cannot be made there is no duel, and the reason is said.
Not covered: votes, and when it is unveiled (`bot.jobs.duelling`).
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from bot.duels.sides import Side
from bot.making.compose import Compose
from bot.making.files import Piece, PieceName, new_id
from bot.making.several import Told, nothing
from bot.making.task import Task
from bot.making.workshop import Order, Workshop
from bot.texts import Language, say
from generator.catalogue.catalogue import Catalogue
from generator.catalogue.style import Style
from generator.errors import GeneratorError
from generator.model.sampling_settings import Sampling
from renderers.formats import ABC, AUDIO, PAGES

LETTERS = ("A", "B")
USUAL_HOURS, MOST_HOURS = 24, 168
PIECE_ID_CHARS = 9  # beside those of jobs, which have eight
TEMPERAMENTS = (None, "conservative", "default", "adventurous", "wild")
AS_THE_STYLE = "style"  # the setting that suits each style
_OF_A_PERSON = re.compile(r"^(?:[TCOSHNRZABDFG]:|%%(?:header|footer|text|center)).*\n?", re.MULTILINE)


def heard_as(letter: str) -> str:
    """The ending of the file in which A or B can be heard."""
    return f"_{letter.lower()}{AUDIO.ending}"


@dataclass(frozen=True, kw_only=True)
class Entrant:
    """What one piece is: composed for the duel, or one that is there. Exactly one of the two.

    rival: composed with the other weights.
    """

    task: Compose | None = None
    piece: str = ""
    rival: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"task": self.task.to_json() if self.task else None, "piece": self.piece, "rival": self.rival}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        task = values.get("task")
        return cls(
            task=Compose.from_json(task) if task else None,
            piece=str(values.get("piece") or ""),
            rival=bool(values.get("rival")),
        )


@dataclass(frozen=True, kw_only=True)
class Duel(Task):
    """entrants: two. hours: until it is unveiled."""

    kind = "duel"

    entrants: tuple[Entrant, Entrant]
    hours: int = USUAL_HOURS

    @property
    def bars(self) -> int:
        return sum(entrant.task.bars for entrant in self.entrants if entrant.task is not None) or 1

    @property
    def pieces(self) -> int:
        return max(1, sum(entrant.task is not None for entrant in self.entrants))

    def to_json(self) -> dict[str, Any]:
        entrants = [entrant.to_json() for entrant in self.entrants]
        return {"entrants": entrants, "hours": self.hours, "pieces": self.pieces}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        first, second = (Entrant.from_json(entrant) for entrant in values["entrants"])
        return cls(entrants=(first, second), hours=int(values.get("hours") or USUAL_HOURS))

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        """Names in an order that says nothing."""
        tasks = [entrant.task for entrant in self.entrants if entrant.task is not None]
        named = {task.describe(catalogue, language) for task in tasks} or {entrant.piece for entrant in self.entrants}
        return say("duel.wanted", language, what=tuple(sorted(named)))

    def caution(self, catalogue: Catalogue, language: Language) -> str:
        tasks = [entrant.task for entrant in self.entrants if entrant.task is not None]
        return next(filter(None, (task.caution(catalogue, language) for task in tasks)), "")

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        """Raises GeneratorError, RenderError, BotError."""
        id_, told = order.id or new_id(), Told(self.bars, order)
        made = await asyncio.gather(*(self._entrant(one, workshop, order, told) for one in self.entrants))
        shown = list(made) if secrets.randbelow(2) else list(reversed(made))
        order.on_step("drawing ...")
        blind = [await _blind(one.abc, workshop) for one in shown]
        pages = [files.get(PAGES.page_ending(1)) for files in blind]
        from renderers.pictures.pair import draw_pair  # here: most commands draw no pictures themselves

        files = {PAGES.page_ending(1): await asyncio.to_thread(draw_pair, pages, letters=LETTERS)}
        for letter, heard in zip(LETTERS, (files.get(AUDIO.ending) for files in blind), strict=True):
            files |= {heard_as(letter): heard} if heard else {}
        named = PieceName("duel", datetime.now().astimezone(), id_)
        record = {
            "id": id_,
            "name": str(named),
            "kind": self.kind,
            "title": say("duel.title", order.language),
            "made": named.made.isoformat(timespec="seconds"),
            "duel": {
                **{letter.lower(): one.side.to_json() for letter, one in zip(LETTERS, shown, strict=True)},
                "hours": self.hours,
                "composed": self.pieces == len(LETTERS),
            },
        }
        others = tuple(one.piece for one in made if one.piece is not None)
        return Piece(record=record, files=files, others=others)

    async def _entrant(self, entrant: Entrant, workshop: Workshop, order: Order, told: Told) -> _Shown:
        if entrant.task is None:
            source = await workshop.find_source(entrant.piece)
            return _Shown(side=side_of(source.id, source.record, workshop.catalogue), abc=source.abc)
        name = new_id(PIECE_ID_CHARS)
        its = replace(order, id=name, on_progress=told.of(name), on_step=nothing)
        piece = await entrant.task.make(workshop.with_rival() if entrant.rival else workshop, its)
        side = side_of(name, piece.record, workshop.catalogue)
        if any(one.rival for one in self.entrants):  # weights that take no guidance leave it out: not what is compared
            asked = entrant.task.request.complete(workshop.catalogue).sampling
            setting = side_of(name, {**piece.record, "sampling": asdict(asked)}, workshop.catalogue).setting
            side = replace(side, setting=setting)
        return _Shown(side=side, abc=piece.files[ABC.ending].decode(), piece=piece)

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        return ()

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ()


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """A piece of a duel. piece: None for one that was there before."""

    side: Side
    abc: str
    piece: Piece | None = None


def side_of(id_: str, record: Mapping[str, Any], catalogue: Catalogue) -> Side:
    """What a piece stands for, as far as its record says."""
    named = record.get("style") or record.get("request") or {}
    parts = [str(named.get(name) or "") for name in ("period", "composer", "instrumentation")]
    style = "/".join(parts) if parts[1] else ""
    setting = _setting(Style(*parts), record.get("sampling") or {}, catalogue) if style else ""
    return Side(
        piece=id_, style=style, setting=setting, weights=str((record.get("model") or {}).get("sha256") or "")[:12]
    )


def _setting(style: Style, sampling: Mapping[str, Any], catalogue: Catalogue) -> str:
    """The name of a temperament, or what differs from what suits the style: "temperature=1.3"."""
    try:
        used = Sampling(**sampling)
    except (TypeError, GeneratorError):
        return ""
    if not sampling:
        return ""
    whole = catalogue.complete(style)
    presets = {name or AS_THE_STYLE: catalogue.preset(whole, name) for name in TEMPERAMENTS}
    for name, preset in presets.items():
        if preset == used:
            return name
    usual = presets[AS_THE_STYLE]
    changed = [
        name for name in ("temperature", "top_k", "top_p", "guidance") if getattr(used, name) != getattr(usual, name)
    ]
    return " ".join(f"{name}={getattr(used, name):g}" for name in changed)


async def _blind(abc: str, workshop: Workshop) -> Mapping[str, bytes]:
    """Page and sound without what says whose it is: players show what stands in a file, too."""
    drawn = await workshop.renderer.render_most(
        _OF_A_PERSON.sub("", abc), [PAGES.name, AUDIO.name], title="", composer=""
    )
    return drawn.files
