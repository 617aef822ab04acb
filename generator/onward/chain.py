"""A piece that several people write, a few bars each: its header and the bars so far.

Promises: what stands stays, character for character. Not covered: bars that come next (`links.py`, `offering.py`), and
who writes them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from typing import Any, Self

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.style import Style
from generator.notation import Header, Metre, Tune, cut_bars, parse_bar, parse_header, staves_of
from generator.notation.keys import Key, read_key_field

CHOIR = "Choral"
# Where nobody names a key, one is drawn that people can write in: of so many that the style has, with so few signs.
DRAWN, EASY_FIFTHS = 20, 3
_SCORE = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, kw_only=True)
class Chain:
    """head: the tune header, without title and names; bars: a line each, as they are printed."""

    style: Style
    head: str
    bars: tuple[str, ...] = ()

    @classmethod
    def begin(
        cls, catalogue: Catalogue, style: Style, *, seed: int, key: Key | None = None, metre: Metre | None = None
    ) -> Self:
        """Nothing but a header, as pieces of the style have it. Raises BadRequest."""
        style, rng = catalogue.complete(style), Random(seed)
        for _ in range(DRAWN if key is None else 1):
            opening = catalogue.opening(style, rng=rng, key=key, metre=metre)
            chain = cls(
                style=style, head=str(_writable(parse_header(opening.lines), is_choir=style.instrumentation == CHOIR))
            )
            drawn = chain.signature
            if drawn is None or abs(drawn.fifths) <= EASY_FIFTHS:
                break
        return chain

    @cached_property
    def header(self) -> Header:
        return parse_header(self.head.rstrip("\n").split("\n"))

    @cached_property
    def tune(self) -> Tune:
        return Tune(header=self.header, bars=tuple(map(parse_bar, self.bars)))

    @cached_property
    def signature(self) -> Key | None:
        found = read_key_field(self.header.key)
        return found.key if found else None

    @property
    def key(self) -> str:
        """As ABC writes it, "none" if there is none."""
        return self.signature.abc if self.signature else self.header.key

    @property
    def metre(self) -> str:
        return self.header.field("M") or "none"

    def last(self, number: int) -> "Chain":
        """The last so many bars, under a header of their own."""
        if not self.bars or number >= len(self.bars):
            return self
        cut = cut_bars(self.tune, len(self.bars) - number, len(self.bars) - 1)
        return replace(self, head=str(cut.header), bars=tuple(map(str, cut.bars)))

    def with_bars(self, new: Sequence[str]) -> "Chain":
        return replace(self, bars=(*self.bars, *new))

    def to_json(self) -> dict[str, Any]:
        style = {name: getattr(self.style, name) for name in ("period", "composer", "instrumentation")}
        return {"style": style, "head": self.head, "bars": list(self.bars)}

    @classmethod
    def from_json(cls, values: Any) -> Self:
        style = values["style"]
        named = Style(*(str(style[name]) for name in ("period", "composer", "instrumentation")))
        return cls(style=named, head=str(values["head"]), bars=tuple(map(str, values["bars"])))


def _writable(header: Header, *, is_choir: bool) -> Header:
    """One voice a staff, as people write them down, numbered from 1; a choir keeps its singers."""
    kept = [voice.id for voice in header.voices] if is_choir else [staff[0] for staff in staves_of(header)]
    numbers = {voice: str(number) for number, voice in enumerate(kept, start=1)}
    return Header(tuple(line for written in header.lines if (line := _renumbered(written, numbers))))


def _renumbered(line: str, numbers: Mapping[str, str]) -> str:
    """A header line for the voices that stay; nothing for one of a voice that goes."""
    if line.startswith("V:"):
        voice, _, rest = line[2:].strip().partition(" ")
        return f"V:{numbers[voice]} {rest}".rstrip() if voice in numbers else ""
    if not line.startswith("%%score"):
        return line
    words = [numbers.get(word, word) for word in _SCORE.findall(line[7:]) if word in numbers or not word.isalnum()]
    return re.sub(r"\( (\w+) \)", r"\1", f"%%score {' '.join(words)}")
