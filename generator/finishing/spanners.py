"""Signs that begin at one note and end at another: hairpins, pedals and the lines of trills.

The network forgets some of their ends, and some of their beginnings: of 400 pieces 223 had one that stood alone.
Players do not know how far such a sign goes, and a pedal that nobody lifts blurs what follows.

Promises: in every voice each sign has its beginning and its end, in this order, and no hairpin begins inside another;
notes and lengths stay as they are. A pair that the network wrote stays, as long as there is music between its ends; a
hairpin that goes on beyond a dynamic or for more bars than people write, is taken for one without an end.
Not covered: octave brackets (`staves.py`), slurs and ties (`slurs.py`); a sign that ends in another voice than its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.notation import TokenKind, Tune
from generator.notation.durations import TIMED
from generator.notation.editing import Layer, Place, exchange_words, layers_of
from generator.notation.tokens import SOUNDING

# What a hairpin leads to; an accent such as sfz may stand under one.
DYNAMICS = frozenset(f"!{name}!" for name in ("pppp", "ppp", "pp", "p", "mp", "mf", "f", "ff", "fff", "ffff"))
TRILL = "T"  # the sign over a single note
# What stays with the note before it.
_BEHIND_NOTE = frozenset({TokenKind.TIE, TokenKind.SLUR_CLOSE, TokenKind.BROKEN})


@dataclass(frozen=True)
class Sign:
    """A family of signs of which one at a time is open.

    ends: the end of each beginning. over: what there has to be between both. most_bars: how many bars one that has no
    end goes on for, 0 for none. stops: what it does not go beyond either. longest: bars that a pair goes on for, 0 for
    any number.
    """

    ends: dict[str, str]
    over: frozenset[TokenKind]
    most_bars: int
    stops: frozenset[str] = frozenset()
    longest: int = 0


HAIRPIN = Sign({"!<(!": "!<)!", "!>(!": "!>)!"}, SOUNDING, 2, DYNAMICS, 4)
PEDAL = Sign({"!ped!": "!ped-up!"}, frozenset(TIMED), 1)
TRILL_LINE = Sign({"!trill(!": "!trill)!"}, SOUNDING, 0)


@dataclass(frozen=True)
class Spanner:
    """One sign by the numbers of its words in the layer; either end may be missing."""

    begin: int | None
    end: int | None


def mend_spanners(tune: Tune) -> Tune:
    """The tune with signs that begin and end."""
    for sign in (HAIRPIN, PEDAL, TRILL_LINE):
        texts: dict[Place, str] = {}
        for layer in layers_of(tune):
            for spanner in spanners_in(layer, sign):
                _mend(spanner, layer, sign, texts)
        tune = exchange_words(tune, texts)
    return tune


def spanners_in(layer: Layer, sign: Sign) -> Iterator[Spanner]:
    """The signs of one family in the order in which they begin."""
    ends = set(sign.ends.values())
    opened: int | None = None
    late = ""  # the end of a hairpin that another has ended already
    for number, (_, token) in enumerate(layer):
        if token.text in sign.ends:
            late = ""
            if opened is not None:
                yield Spanner(opened, None)
                late = sign.ends[layer[opened][1].text]
            opened = number
        elif token.text in ends:
            own = opened is not None and (token.text == sign.ends[layer[opened][1].text] or token.text != late)
            yield Spanner(opened if own else None, number)
            opened = None if own else opened
    if opened is not None:
        yield Spanner(opened, None)


def _mend(spanner: Spanner, layer: Layer, sign: Sign, texts: dict[Place, str]) -> None:
    """Note in `texts` what has to change about one sign."""
    begin, end = spanner.begin, spanner.end
    if begin is not None and end is not None and any(token.kind in TIMED for _, token in layer[begin:end]):
        if _goes_too_far(layer[begin : end + 1], sign):
            texts[layer[end][0]] = ""
            _end_early(begin, layer, sign, texts)
        else:
            texts[layer[end][0]] = sign.ends[layer[begin][1].text]  # "!<(! ... !>)!" is one hairpin, and opens
        return
    for number in (begin, end):
        if number is not None:
            texts[layer[number][0]] = ""
    if begin is not None and end is None:
        if sign is TRILL_LINE:
            _make_single_trill(begin, layer, texts)
        else:
            _end_early(begin, layer, sign, texts)


def _goes_too_far(words: Layer, sign: Sign) -> bool:
    """Whether a sign passes what should stop it, or too many barlines. words: from its beginning to its end."""
    if not sign.longest:
        return False
    if words[-1][0][0] - words[0][0][0] >= sign.longest:
        return True
    timed = False
    for number, (_, token) in enumerate(words):
        if timed and token.text in sign.stops and any(after.kind in TIMED for _, after in words[number:]):
            return True
        timed = timed or token.kind in TIMED
    return False


def _end_early(begin: int, layer: Layer, sign: Sign, texts: dict[Place, str]) -> None:
    """Write the end that a sign lacks behind the last note that it reaches; without such a note it stays away."""
    (first_bar, _, _), opening = layer[begin]
    timed, last = False, None
    for number in range(begin + 1, len(layer)):
        (bar, _, _), token = layer[number]
        if bar >= first_bar + sign.most_bars or token.text in sign.ends or (timed and token.text in sign.stops):
            break
        timed = timed or token.kind in TIMED
        if token.kind in sign.over or (last == number - 1 and token.kind in _BEHIND_NOTE):
            last = number
    if last is not None:
        place, token = layer[last]
        texts |= {layer[begin][0]: opening.text, place: token.text + sign.ends[opening.text]}


def _make_single_trill(begin: int, layer: Layer, texts: dict[Place, str]) -> None:
    """A trill whose line has no end is one over a single note, which most have their sign for already."""
    for _, token in layer[begin + 1 :]:
        if token.kind in SOUNDING:
            texts[layer[begin][0]] = TRILL
        if token.kind in TIMED or token.text == TRILL:
            return
