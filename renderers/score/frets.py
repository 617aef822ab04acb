"""Which instruments have frets, how their strings are tuned, and where a hand takes the notes.

What is promised: every string has one note at a time, no reach is wider than four frets (open strings count for
nothing), and the hand moves little. What no hand can take is left out, inner notes first. Not covered: other tunings,
capos, and fingerings that a player would choose for their sound.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from config.letters import fold
from renderers.score.parts import Part

MOST_FRETS, REACH = 19, 4
MOST_GRIPS = 24  # of one chord that are looked at
HIGH_FRET = 12
OPEN_STRING, POSITION, STRETCH, HIGH, MOVE = -0.3, 0.15, 0.5, 1.0, 0.6  # what a grip costs, by what it asks of a hand
Grip = tuple[tuple[int, int], ...]  # string, 0 for the highest, and fret of each note, from the highest


@dataclass(frozen=True, kw_only=True)
class Fretted:
    """An instrument. strings: MIDI pitches when open, the first string first. octave_lower: it sounds an octave lower
    than it is written, unless the score says otherwise.
    """

    words: tuple[str, ...]
    programs: frozenset[int]
    strings: tuple[int, ...]
    octave_lower: bool = False


FRETTED = (
    Fretted(words=("ukulele",), programs=frozenset(), strings=(69, 64, 60, 67)),
    Fretted(words=("mandolin",), programs=frozenset(), strings=(76, 69, 62, 55)),
    Fretted(words=("banjo",), programs=frozenset({105}), strings=(62, 59, 55, 48)),
    Fretted(
        words=("lute", "laute", "liuto", "luth", "vihuela"), programs=frozenset(), strings=(67, 62, 57, 53, 48, 43)
    ),
    Fretted(
        words=("bass guitar", "bassgitarre", "e-bass", "e bass", "electric bass", "basse electrique", "贝斯", "貝斯"),
        programs=frozenset({33, 34, 35, 36, 37}),
        strings=(43, 38, 33, 28),
        octave_lower=True,
    ),
    Fretted(
        words=("guitar", "gitarre", "guitare", "chitarra", "guitarra", "gitara", "gtr", "吉他"),
        programs=frozenset(range(24, 32)),
        strings=(64, 59, 55, 50, 45, 40),
        octave_lower=True,
    ),
)


def fretted_for(part: Part) -> Fretted | None:
    """The instrument of a part by its name, else by its program; None if it has no frets."""
    name = fold(part.name).lower()
    by_name = next((one for one in FRETTED if any(_is_in(word, name) for word in one.words)), None)
    return by_name or next((one for one in FRETTED if part.program in one.programs), None)


def _is_in(word: str, name: str) -> bool:
    """Also in the plural; a flute is no lute."""
    return re.search(rf"(?<![a-z]){re.escape(word)}[a-z]{{0,2}}(?![a-z])", name) is not None


def take_notes(chords: Sequence[Sequence[int]], strings: Sequence[int]) -> list[Mapping[int, tuple[int, int]]]:
    """Where each chord is taken: pitch → string, counted from 1, and fret. chords: sounding MIDI pitches."""
    rows = [_grips(tuple(sorted(set(chord), reverse=True)), tuple(strings)) for chord in chords]
    hands = [_Hand(cost=0.0, place=0.0, before=None, grip=0)]  # one for each grip of the row before
    for _, grips in rows:
        hands = [_next(hands, grip, number) for number, grip in enumerate(grips)]
    hand: _Hand | None = min(hands, key=lambda one: one.cost)
    taken: list[Mapping[int, tuple[int, int]]] = []
    for pitches, grips in reversed(rows):
        assert hand is not None, "there is one for each row"
        grip = grips[hand.grip]
        taken.append({pitch: (string + 1, fret) for pitch, (string, fret) in zip(pitches, grip, strict=True)})
        hand = hand.before
    return taken[::-1]


@dataclass(frozen=True, kw_only=True)
class _Hand:
    """The cheapest way to a grip: what it costs, where the hand is, and where it came from."""

    cost: float
    place: float
    before: "_Hand | None"
    grip: int


def _next(hands: Sequence[_Hand], grip: Grip, number: int) -> _Hand:
    def reached(before: _Hand) -> _Hand:
        place = _position(grip, before.place)
        cost = before.cost + MOVE * abs(place - before.place) + _cost(grip)
        return _Hand(cost=cost, place=place, before=before, grip=number)

    return min(map(reached, hands), key=lambda hand: hand.cost)


@lru_cache(maxsize=4096)
def _grips(pitches: tuple[int, ...], strings: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[Grip, ...]]:
    """The notes that can be taken, and the ways to do it, the easiest first."""
    found = sorted(_ways(pitches, strings), key=_cost)[:MOST_GRIPS]
    if found:
        return pitches, tuple(found)
    alone = [pitch for pitch in pitches if any(0 <= pitch - string <= MOST_FRETS for string in strings)]
    if len(alone) < len(pitches):
        return _grips(tuple(alone), strings)
    inner = len(pitches) // 2
    return _grips(pitches[:inner] + pitches[inner + 1 :], strings)


def _ways(pitches: Sequence[int], strings: Sequence[int], used: Grip = ()) -> Iterator[Grip]:
    if not pitches:
        yield used
        return
    for string, tuned in enumerate(strings):
        fret = pitches[0] - tuned
        if not 0 <= fret <= MOST_FRETS or any(string == other for other, _ in used):
            continue
        stopped = [other for _, other in (*used, (string, fret)) if other]
        if not stopped or max(stopped) - min(stopped) <= REACH:
            yield from _ways(pitches[1:], strings, (*used, (string, fret)))


def _position(grip: Grip, before: float) -> float:
    """Where the hand is: at the lowest fret, or where it was if all strings are open."""
    return min((fret for _, fret in grip if fret), default=before)


def _cost(grip: Grip) -> float:
    frets = [fret for _, fret in grip if fret]
    stretch = max(frets) - min(frets) if frets else 0
    high = sum(fret > HIGH_FRET for fret in frets)
    return OPEN_STRING * (len(grip) - len(frets)) + POSITION * min(frets, default=0) + STRETCH * stretch + HIGH * high
