"""Hairpins that a player can follow: one where several of a kind stand behind each other, none that is over at once.

The network begins hairpins anew within a bar far more often than people do: of the bars of a voice that have one, 28 of
100 have two and 9 have three, 7.5 and 1.2 in people's Romantic piano music.
Promises: hairpins of one kind with neither a note nor a dynamic between them are one, as long as people write them; of
three or more in a voice's bar those shorter than a quarter that lead to no dynamic go. Notes and other words stay.
Not covered: hairpins of several voices at the same time; those that lead to no dynamic, as most do in people's music.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise, takewhile

from generator.errors import NotationError
from generator.finishing.spanners import DYNAMICS, HAIRPIN, spanners_in
from generator.notation import BarChecker, Tune
from generator.notation.durations import TIMED
from generator.notation.editing import Layer, Place, exchange_words, layers_of
from generator.notation.tokens import Token

BUSY = 3  # hairpins that begin in a bar of a voice
SHORT = Fraction(1, 4)


def calm_hairpins(tune: Tune) -> Tune:
    """The tune with fewer hairpins where they crowd; each has its beginning and its end (`mend_spanners`)."""
    if not any(begin in voice.music for begin in HAIRPIN.ends for bar in tune.bars for voice in bar.voices):
        return tune
    return _thin(_join(tune))


def _join(tune: Tune) -> Tune:
    texts: dict[Place, str] = {}
    for layer in layers_of(tune):
        spans = list(_complete(layer))
        start = spans[0][0] if spans else 0
        for (begin, end), (again, last) in pairwise(spans):
            between = [token for _, token in layer[end + 1 : again]]
            if (
                layer[begin][1].text == layer[again][1].text
                and not any(token.kind in TIMED or token.text in DYNAMICS for token in between)
                and layer[last][0][0] - layer[start][0][0] < HAIRPIN.longest
            ):
                texts |= {layer[end][0]: "", layer[again][0]: ""}
            else:
                start = again
    return exchange_words(tune, texts)


def _thin(tune: Tune) -> Tune:
    clock = BarChecker(tune.header)
    lengths: dict[Place, Fraction] = {}
    for number, bar in enumerate(tune.bars):
        metre = clock.metre_in(bar)
        for voice in bar.voices:
            with suppress(NotationError):
                lengths |= {(number, voice.voice, each.index): each.length for each in clock.timing(voice, metre).timed}
        clock.accept(bar)
    texts: dict[Place, str] = {}
    for layer in layers_of(tune):
        spans = list(_complete(layer))
        begun = Counter(layer[begin][0][0] for begin, _ in spans)
        for begin, end in spans:
            length = sum(lengths.get(place, SHORT) for place, token in layer[begin:end] if token.kind in TIMED)
            if begun[layer[begin][0][0]] >= BUSY and length < SHORT and not _leads_to_dynamic(layer, end):
                texts |= {layer[begin][0]: "", layer[end][0]: ""}
    return exchange_words(tune, texts)


def _complete(layer: Layer) -> Iterator[tuple[int, int]]:
    """Beginning and end of each, by the numbers of their words."""
    for spanner in spanners_in(layer, HAIRPIN):
        if spanner.begin is not None and spanner.end is not None:
            yield spanner.begin, spanner.end


def _leads_to_dynamic(layer: Layer, end: int) -> bool:
    """Whether there is one between the last note under a hairpin and the first behind it."""
    words = [token for _, token in layer]
    around = *takewhile(_stands_between, reversed(words[:end])), *takewhile(_stands_between, words[end:])
    return any(token.text in DYNAMICS for token in around)


def _stands_between(token: Token) -> bool:
    return token.kind not in TIMED
