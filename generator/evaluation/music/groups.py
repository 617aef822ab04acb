"""The groups of styles that are heard apart, and the human pieces of each.

Promises: the same corpus and number give the same human pieces, of both sides of the split; each is measured at the
lengths that are composed, its end on its own last bars.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.ranges import find_range
from generator.catalogue.style import Style
from generator.errors import GeneratorError, NotationError
from generator.evaluation.excerpts import Excerpt, take_excerpt
from generator.evaluation.music.measures import Heard
from generator.notation import Tune, parse_tune, staves_of
from generator.training.corpus import Row

STRINGS = ("violin", "viola", "violoncello")
STRING_QUARTET_STAVES = 4


@dataclass(frozen=True, kw_only=True)
class Group:
    """Styles of one kind. bars: lengths that are composed in turn; all_lines: parallels count between any two lines."""

    name: str
    composers: tuple[str, ...]
    instrumentation: str
    bars: tuple[int, ...]
    all_lines: bool = False

    def styles(self, catalogue: Catalogue) -> list[Style]:
        """The style of each composer."""
        return [catalogue.find(f"{composer} {self.instrumentation}") for composer in self.composers]

    def has(self, row: Row) -> bool:
        """Whether a human piece is of this kind: a quartet needs four staves, and strings where names say anything."""
        if row["instrumentation"] != self.instrumentation or not row["composer"].startswith(self.composers):
            return False
        if self.name != "quartet":
            return True
        try:
            return _is_string_quartet(parse_tune(row["abc"]))
        except NotationError:
            return False

    def hear(self, excerpt: Excerpt, *, vague: bool) -> Heard:
        """A piece as it is measured in this group. Raises NotationError."""
        return Heard(tune=excerpt.tune, ending=excerpt.ending, all_lines=self.all_lines, vague=vague)


GROUPS = (
    Group(
        name="keyboard",
        composers=("Chopin", "Mozart", "Beethoven", "Bach"),
        instrumentation="Keyboard",
        bars=(16, 32),
    ),
    Group(name="song", composers=("Schubert", "Schumann"), instrumentation="Art Song", bars=(16, 32)),
    Group(name="quartet", composers=("Haydn", "Mozart", "Beethoven"), instrumentation="Chamber", bars=(16, 32)),
    Group(name="chorale", composers=("Bach",), instrumentation="Choral", bars=(8, 16), all_lines=True),
)


def _is_string_quartet(tune: Tune) -> bool:
    named = [found.instrument for voice in tune.header.voices if voice.name and (found := find_range(voice.name))]
    return len(staves_of(tune.header)) == STRING_QUARTET_STAVES and all(name in STRINGS for name in named)


def human_pieces(group: Group, rows: Iterable[Row], *, count: int, seed: int = 1) -> list[Excerpt]:
    """So many human pieces of a group, at its lengths in turn; all of them if there are fewer."""
    own = [row for row in rows if group.has(row)]
    Random(seed).shuffle(own)
    return _readable(own, group.bars, count)


def _readable(rows: Sequence[Row], bars: Sequence[int], count: int) -> list[Excerpt]:
    taken: list[Excerpt] = []
    for row in rows:
        if len(taken) == count:
            break
        excerpt = take_excerpt(row, bars=bars[len(taken) % len(bars)])
        try:
            if excerpt.tune.bars:
                taken.append(excerpt)
        except (GeneratorError, ValueError):
            continue
    return taken
