"""Human pieces as they stand beside composed ones: their first 8, 16 or 24 bars.

Promises: an excerpt knows its work, so that nothing is trained and tested on the same one; the same corpus and seed
give the same excerpts.
Not covered: the joint. A composed piece is whole; of a longer human piece the beginning is taken, and how it ends is
measured on its last bars.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random

from generator.catalogue.style import Style
from generator.errors import GeneratorError
from generator.notation import Bar, Tune, complete_rests, cut_bars, parse_tune
from generator.training.corpus import Row

BARS = (8, 16, 24)  # asked for in turn, of people and of the network
ENDING_BARS = 8


@dataclass(frozen=True)
class Excerpt:
    """The beginning of a piece, human or composed, read when it is needed.

    abc: the whole piece; bars: how many of its bars count, None for all.
    """

    style: Style
    work: str
    abc: str
    bars: int | None = None

    @cached_property
    def tune(self) -> Tune:
        """The beginning, with every voice in every bar. Raises NotationError."""
        tune = parse_tune(self.abc)
        return complete_rests(tune if self.bars is None else cut_bars(tune, 0, min(self.bars, len(tune.bars)) - 1))

    @cached_property
    def ending(self) -> Tune | None:
        """The last bars, if the beginning does not reach them. Raises NotationError."""
        tune = parse_tune(self.abc)
        count = len(tune.bars)
        if self.bars is None or count <= self.bars:
            return None
        return complete_rests(cut_bars(tune, max(0, count - ENDING_BARS), count - 1))

    @property
    def readable(self) -> bool:
        """Whether there is music in it that can be read."""
        try:
            return bool(self.tune.bars)
        except (GeneratorError, ValueError):
            return False


def style_of(row: Row) -> Style:
    """The three lines that a row's piece is prompted with."""
    return Style(row["period"], row["composer"], row["instrumentation"])


def take_excerpt(row: Row, *, bars: int) -> Excerpt:
    """The first `bars` bars of a piece, all of it if it is shorter."""
    return Excerpt(style_of(row), row["work"], row["abc"], bars)


def take_excerpts(rows: Sequence[Row]) -> list[Excerpt]:
    """One excerpt of each piece, 8, 16 and 24 bars in turn."""
    return [take_excerpt(row, bars=BARS[number % len(BARS)]) for number, row in enumerate(rows)]


def draw_like(wanted: Sequence[tuple[Style, int]], rows: Iterable[Row], *, sets: int, seed: int) -> list[list[Excerpt]]:
    """For each (style, bars) a human excerpt of that style and length, in several sets that share no piece.

    A style with too few pieces fills the first sets as far as they go: sets may be smaller than `wanted`.
    """
    rng = Random(seed)
    pools: defaultdict[Style, list[Row]] = defaultdict(list)
    for row in rows:
        pools[style_of(row)].append(row)
    for pool in pools.values():
        rng.shuffle(pool)
    drawn: list[list[Excerpt]] = [[] for _ in range(sets)]
    for style, bars in wanted:
        for chosen in drawn:
            excerpt = _next_readable(pools[style], bars=bars)
            if excerpt is not None:
                chosen.append(excerpt)
    return drawn


def _next_readable(pool: list[Row], *, bars: int) -> Excerpt | None:
    while pool:
        excerpt = take_excerpt(pool.pop(), bars=bars)
        if excerpt.readable:
            return excerpt
    return None


def shuffle_bars(excerpts: Sequence[Excerpt], *, seed: int) -> list[Excerpt]:
    """The excerpts with each bar taken from any of those with the same style, voices, metre and unit.

    Bars that are right in themselves without any order: what a distance should be able to tell from music.
    """
    rng = Random(seed)
    pools: defaultdict[tuple[object, ...], list[Bar]] = defaultdict(list)
    for excerpt in excerpts:
        pools[_kind(excerpt)].extend(excerpt.tune.bars)
    shuffled = []
    for excerpt in excerpts:
        bars = tuple(rng.choice(pools[_kind(excerpt)]) for _ in excerpt.tune.bars)
        shuffled.append(Excerpt(excerpt.style, excerpt.work, str(replace(excerpt.tune, bars=bars))))
    return shuffled


def _kind(excerpt: Excerpt) -> tuple[object, ...]:
    header = excerpt.tune.header
    return excerpt.style, tuple(voice.id for voice in header.voices), header.metre, header.unit
