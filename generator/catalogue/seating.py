"""How the voices of an ensemble are laid out: as in a real piece for it, or for one much like it, or one after another.

Promises: exactly the instruments asked stand in the layout, named as they are, from the top of a score to its foot;
keyboards and the harp have two staves under a brace. Real layouts go first, since a network writes what it has read:
those of the same instruments, then those whose instruments can be exchanged for them, a violin for a flute.
Not covered: layouts with transposing parts are left alone; what is built here is written as it sounds.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from generator.catalogue.ensembles import Ensemble, Player, load_ensembles
from generator.catalogue.ranges import find_range

_NAME = re.compile(r' s?nm="[^"]*"')
_ID = re.compile(r"V:(\S+) (\S+)")
# Strings play chords, and their parts may have two voices on a staff. Others cannot take such a part over.
STRINGS = frozenset({"violin", "viola", "cello", "double_bass"})
KEYBOARDS = ("piano", "harpsichord", "organ")


@dataclass(frozen=True)
class Layout:
    """The voices of a piece. score: the %%score line, empty for a single voice; voices: the V: lines."""

    score: str
    voices: tuple[str, ...]


@dataclass(frozen=True)
class Seat:
    """The voices of one instrument in a layout. instrument: as `ranges.py` calls it, or "" if nobody knows."""

    instrument: str
    voices: tuple[str, ...]

    @property
    def clef(self) -> str:
        return _clef(self.voices[0])

    @property
    def has_left_hand(self) -> bool:
        return len(self.voices) > 1 and _clef(self.voices[0]) == "treble" and _clef(self.voices[-1]) == "bass"


def _clef(line: str) -> str:
    return _ID.match(line)[2]  # type: ignore[index]  # every V: line of the file has both


def seat(ensemble: Ensemble, layouts: Sequence[tuple[Layout, float]], rng: random.Random) -> Layout:
    """A layout for exactly these instruments.

    layouts: of real pieces with their weights; those of the style first, where that matters to the caller.
    """
    players = [load_ensembles().players[player] for player in ensemble]
    for fits in (_is_same, _is_like):
        fitting = [(found, weight) for layout, weight in layouts if (found := _exchanged(layout, players, fits))]
        if fitting:
            return rng.choices([layout for layout, _ in fitting], weights=[weight for _, weight in fitting])[0]
    return built(players)


def seats(layout: Layout) -> tuple[Seat, ...]:
    """Who plays what: a voice without a name belongs to the instrument before it."""
    groups: list[list[str]] = []
    for line in layout.voices:
        if " nm=" in line or not groups:
            groups.append([])
        groups[-1].append(line)
    return tuple(Seat(_instrument(lines[0]), tuple(lines)) for lines in groups)


def _instrument(line: str) -> str:
    name = re.search(r' nm="([^"]*)"', line)
    found = find_range(name[1]) if name else None
    return found.instrument if found else ""


def _is_same(taken: Seat, player: Player) -> bool:
    return taken.instrument == sound_of(player.id) and (taken.has_left_hand or not player.is_keyed)


def _is_like(taken: Seat, player: Player) -> bool:
    """Whether the player can take a seat over: the same kind of staff, and no second voice where one cannot play it."""
    if player.is_keyed:
        return taken.instrument in KEYBOARDS and taken.has_left_hand
    if len(taken.voices) > 1 and player.id not in STRINGS:
        return False
    is_singer = taken.instrument in ("voice", "soprano", "mezzo-soprano", "alto", "tenor", "baritone", "bass")
    clefs = {player.clefs[0], player.clefs[0].removesuffix("-8")}
    return taken.instrument != "" and is_singer == player.sings and taken.clef in clefs


def sound_of(player: str) -> str:
    """What `ranges.py` calls a player, by his id."""
    found = find_range(load_ensembles().players[player].name)
    return found.instrument if found else ""


def _exchanged(layout: Layout, players: Sequence[Player], fits: Callable[[Seat, Player], bool]) -> Layout | None:
    """The layout with its instruments exchanged for the players, in their order; None where they do not fit."""
    taken = seats(layout)
    if len(taken) != len(players) or any("transpose=" in line or "perc" in line for line in layout.voices):
        return None
    if layout.score.count("{") != sum(player.is_keyed for player in players):
        return None
    if not all(fits(*pair) for pair in zip(taken, players, strict=True)):
        return None
    names = _numbered(players)
    lines = [
        _relabelled(line, player, name, first=place == 0, same=_is_same(each, player))
        for each, player, name in zip(taken, players, names, strict=True)
        for place, line in enumerate(each.voices)
    ]
    return Layout(layout.score, tuple(lines))


def _relabelled(line: str, player: Player, name: tuple[str, str], *, first: bool, same: bool) -> str:
    bare = _NAME.sub("", line)
    if not (player.is_keyed or same):
        bare = _ID.sub(rf"V:\1 {player.clefs[0]}", bare)
    return f'{bare} nm="{name[0]}" snm="{name[1]}"' if first else bare


def built(players: Sequence[Player]) -> Layout:
    """One staff after another."""
    lines: list[str] = []
    staves: list[str] = []
    for player, (name, short) in zip(players, _numbered(players), strict=True):
        numbers = [str(len(lines) + place + 1) for place in range(len(player.clefs))]
        staves.append(f"{{ {' | '.join(numbers)} }}" if player.is_keyed else numbers[0])
        lines += [f"V:{number} {clef}" for number, clef in zip(numbers, player.clefs, strict=True)]
        lines[-len(numbers)] += f' nm="{name}" snm="{short}"'
    if len(lines) == 1:
        return Layout("", tuple(lines))
    rows = [list(row) for _, row in groupby(staves, key=lambda staff: staff.startswith("{"))]
    words = [f"[ {' '.join(row)} ]" if len(row) > 1 and row[0][0] != "{" else " ".join(row) for row in rows]
    return Layout(f"%%score {' '.join(words)}", tuple(lines))


def _numbered(players: Iterable[Player]) -> list[tuple[str, str]]:
    """Names in full and in short; those of which there are several have numbers: "Violin 1"."""
    players = list(players)
    several = Counter(player.id for player in players)
    seen: Counter[str] = Counter()
    names = []
    for player in players:
        seen[player.id] += 1
        number = f" {seen[player.id]}" if several[player.id] > 1 else ""
        names.append((player.name + number, player.short + number))
    return names
