"""Takes of the next bars of a chain, for its player to choose from: one page and one recording of all of them.

Promises: they stand in the record as they would stand in the chain; nothing of the chain is shown but the bars that its
player sees anyway. Each is set, and played, behind these.
Not covered: who may ask for them, and taking one (`bot.jobs.chaining`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Self

from bot.chains.rules import SEEN_BARS
from bot.errors import BotError
from bot.making.files import Piece
from bot.making.labels import labelled
from bot.making.task import Task
from bot.making.workshop import Order, Workshop, render_piece
from bot.texts import Language, say
from generator.catalogue.catalogue import Catalogue
from generator.notation import Bar, VoiceBar, parse_bar
from generator.notation.rests import bar_rest
from generator.onward.chain import Chain
from generator.onward.links import USUAL_TAKES, NextBars, Takes
from renderers.formats import ABC, AUDIO, PAGES, SMALL_AUDIO


@dataclass(frozen=True, kw_only=True)
class ThreeTakes(Task):
    """turn: for which they are; standing: how many bars there are; new: how many are to come now; total: in the end."""

    kind = "takes"

    chain: str
    turn: int
    standing: int
    new: int
    total: int
    seed: int

    @property
    def bars(self) -> int:
        return self.new * USUAL_TAKES

    def to_json(self) -> dict[str, Any]:
        return {
            "chain": self.chain,
            "turn": self.turn,
            "standing": self.standing,
            "new": self.new,
            "total": self.total,
            "seed": self.seed,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        numbers = {name: int(values[name]) for name in ("turn", "standing", "new", "total", "seed")}
        return cls(chain=str(values["chain"]), **numbers)

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        return say("chain.takes_wanted", language, n=self.new, id=self.chain)

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        """Raises TurnIsOver, GeneratorError, RenderError, StoreError."""
        chain = (await workshop.find_chain(self.chain)).music
        if len(chain.bars) != self.standing:
            raise TurnIsOver
        asked = NextBars(seed=self.seed, bars=self.new, total=self.total)
        found = Takes(takes=())
        async with aclosing(workshop.composer.next_bars(chain, asked)) as events:
            async for event in events:
                if isinstance(event, Takes):
                    found = event
                else:
                    order.on_progress(event)
        title = say("chain.takes_title", order.language, n=len(found.takes))
        piece = await render_piece(
            workshop.renderer,
            replace(order, formats=(PAGES.name, AUDIO.name, SMALL_AUDIO.name)),
            kind=self.kind,
            name=f"takes_{self.chain}",
            abc=sheet_of(chain, found.takes, order.language),
            title=title,
            credit="",
            record={"takes": {"chain": self.chain, "turn": self.turn, "bars": [list(take) for take in found.takes]}},
        )
        return replace(
            piece, files={ending: content for ending, content in piece.files.items() if ending != ABC.ending}
        )

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        takes = (record.get("takes") or {}).get("bars") or ()
        return [say("chain.takes_below", language, n=len(takes))]

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ()


class TurnIsOver(BotError):
    """The chain has gone on meanwhile."""


def sheet_of(chain: Chain, takes: Sequence[Sequence[str]], language: Language) -> str:
    """All takes in one tune, each behind the bars that are seen, and a bar of rest between."""
    seen = chain.last(SEEN_BARS) if chain.bars else chain
    bars: list[Bar] = []
    for number, take in enumerate(takes, start=1):
        first = len(bars)
        if first:
            bars.append(_resting(chain))
        bars += map(parse_bar, seen.bars)
        new = [parse_bar(bar) for bar in take]
        bars += [labelled(new[0], say("chain.take_label", language, number=number)), *new[1:]]
        if first:
            bars[first + 1] = _in_own_clefs(bars[first + 1], bars[:first], seen)
    return f"X:1\n{seen.head.rstrip()}\n" + "".join(f"{bar}\n" for bar in bars)


def _in_own_clefs(bar: Bar, before: Sequence[Bar], seen: Chain) -> Bar:
    """A bar behind another take, whose clefs are taken back."""
    clefs = {voice.id: voice.clef for voice in seen.header.voices}
    changed = {one.voice for each in before for one in each.voices if "[K:" in one.music}
    voices = [
        VoiceBar(one.voice, f"[K:{clefs[one.voice]}]{one.music}") if one.voice in changed else one for one in bar.voices
    ]
    return replace(bar, voices=tuple(voices))


def _resting(chain: Chain) -> Bar:
    metre, unit = chain.header.metre, chain.header.unit
    rest = bar_rest(metre.length, unit) if metre is not None else "z"
    return Bar(voices=tuple(VoiceBar(voice.id, f"{rest}|]") for voice in chain.header.voices))
