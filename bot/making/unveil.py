"""The score that unveils a chain: all bars, and over those of each player their name.

Promises: whose bars are whose is looked up when it is drawn, so a name that was forgotten meanwhile is in none of its
files. Not covered: the bars themselves, which stand as they were written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from bot.making.files import Piece
from bot.making.heading import headed
from bot.making.labels import labelled
from bot.making.task import Task
from bot.making.workshop import ChainScore, Order, Workshop, render_piece
from bot.texts import Language, say
from generator.catalogue.catalogue import Catalogue
from generator.critic.card import report_card
from generator.finishing.delivery import close_tune
from generator.notation import Bar, Tune, parse_bar


@dataclass(frozen=True, kw_only=True)
class Unveil(Task):
    """length: how many bars there are. instead_of: the score that showed a name which is forgotten now."""

    kind = "chain"

    chain: str
    length: int
    instead_of: str = ""

    @property
    def bars(self) -> int:
        return 1  # nothing is composed

    def to_json(self) -> dict[str, Any]:
        return {"chain": self.chain, "length": self.length, "instead_of": self.instead_of}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            chain=str(values["chain"]),
            length=int(values["length"]),
            instead_of=str(values.get("instead_of") or ""),
        )

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        return say("chain.score_of", language, id=self.chain, bars=say("count.bars", language, n=self.length))

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        """Raises ChainIsGone, GeneratorError, RenderError, StoreError."""
        score = await workshop.find_chain(self.chain)
        language = order.language
        title = say("chain.score_title", language)
        credit = say("chain.score_credit", language, n=len({part.place for part in score.parts}))
        tune = unveiled(score, language)
        plain = close_tune(score.music.tune)
        style = workshop.catalogue.complete(score.music.style)
        card = await asyncio.to_thread(report_card, plain)
        return await render_piece(
            workshop.renderer,
            order,
            kind=self.kind,
            name=f"{style.composer_slug}_{style.instrumentation_slug}_chain",
            abc=headed(f"X:1\nT:-\nC:-\n{tune}", title=title, credit=credit),
            title=title,
            credit=credit,
            card=card,
            record={
                "key": score.music.header.key,
                "style": {name: getattr(style, name) for name in ("period", "composer", "instrumentation")},
                "chain": {"id": self.chain, "parts": [_row(part.first, part.bars, part.name) for part in score.parts]},
                **({"redrawn": self.instead_of} if self.instead_of else {}),
            },
        )

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """Who wrote which bars."""
        parts = (record.get("chain") or {}).get("parts") or ()
        return [
            say(
                "chain.wrote",
                language,
                n=1 + part["last"] - part["first"],
                bars=f"{part['first']}–{part['last']}" if part["last"] > part["first"] else str(part["first"]),
                name=part["name"] or say("chain.somebody", language),
            )
            for part in parts
        ]

    @classmethod
    def deed(cls, record: Mapping[str, Any], language: Language) -> str:
        return say("chain.score_title", language)

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ()


def unveiled(score: ChainScore, language: Language) -> Tune:
    """The whole tune, with the names."""
    bars: list[Bar] = [parse_bar(bar) for bar in score.music.bars]
    for part in score.parts:
        name = part.name or say("chain.somebody", language)
        bars[part.first - 1] = labelled(bars[part.first - 1], name)
    return close_tune(Tune(header=score.music.header, bars=tuple(bars)))


def _row(first: int, bars: int, name: str) -> dict[str, Any]:
    return {"first": first, "last": first + bars - 1, "name": name}
