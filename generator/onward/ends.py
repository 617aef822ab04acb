"""Signs that go over the edges of new bars: of a slur, hairpin, pedal or trill line that begins or ends in a bar that
stays, the other end is put into the nearest new bar.

Promises: bars that stay are not touched; a sign that stood alone before is left alone.
Not covered: ties (`tying.py`); signs within new bars, which are mended as those of a composed piece.
"""

from collections.abc import Iterator, Sequence

from generator.finishing.slurs import lonely_brackets
from generator.finishing.spanners import HAIRPIN, PEDAL, TRILL_LINE, spanners_in
from generator.notation import TokenKind, Tune
from generator.notation.editing import Place, exchange_words, layers_of, words_of
from generator.notation.tokens import SOUNDING

SIGNS = (HAIRPIN, PEDAL, TRILL_LINE)


def with_ends(whole: Tune, original: Tune, new: frozenset[int]) -> Tune:
    """The other ends of signs that stand in bars that stay, in the new bars beside them."""
    before = {(place, text) for place, text, _ in _lonely(original)}
    for place, text, comes_later in list(_lonely(whole)):
        number, voice, _ = place
        if number in new or (place, text) in before:
            continue
        beside = _nearest(sorted(new), number, later=comes_later)
        if beside is not None:
            whole = _with_end(whole, beside, voice, text, at_start=comes_later)
    return whole


def _lonely(tune: Tune) -> Iterator[tuple[Place, str, bool]]:
    """Signs that lack their other end: where they stand, what is missing, and whether that comes later."""
    for layer in layers_of(tune):
        for bracket in lonely_brackets(layer):
            yield bracket.place, ")" if bracket.opens else "(", bracket.opens
        for sign in SIGNS:
            begins = {end: begin for begin, end in sign.ends.items()}
            for spanner in spanners_in(layer, sign):
                if spanner.end is None and spanner.begin is not None:
                    place, token = layer[spanner.begin]
                    yield place, sign.ends[token.text], True
                elif spanner.begin is None and spanner.end is not None:
                    place, token = layer[spanner.end]
                    yield place, begins[token.text], False


def _nearest(new: Sequence[int], number: int, *, later: bool) -> int | None:
    """The new bar that is nearest behind a bar, or before it."""
    if later:
        return next((one for one in new if one > number), None)
    return next((one for one in reversed(new) if one < number), None)


def _with_end(tune: Tune, number: int, voice: str, text: str, *, at_start: bool) -> Tune:
    """A sign behind the first note of a voice's bar, or before its last; nowhere where it has none.

    Where a sign of its kind begins with that first note, or ends with the last, the two become one.
    """
    words = [(place, token) for place, token in words_of(tune, voice) if place[0] == number]
    behind = [token.kind for _, token in words[1:]] + [TokenKind.BAR]
    notes = [  # not within a broken rhythm, whose sign stands between two notes and nothing else
        at for at, (_, token) in enumerate(words) if token.kind in SOUNDING and behind[at] is not TokenKind.BROKEN
    ]
    if not notes:
        return tune
    at = notes[0] if at_start else notes[-1]
    others = [n for n, (_, token) in enumerate(words) if (n < at if at_start else n > at) and _meets(token.text, text)]
    if others:
        return exchange_words(tune, {words[others[0 if at_start else -1]][0]: ""})
    if at_start and at + 1 < len(words) and words[at + 1][1].kind is TokenKind.TIE:
        at += 1
    place, token = words[at]
    return exchange_words(tune, {place: token.text + text if at_start else text + token.text})


def _meets(word: str, text: str) -> bool:
    """Whether a word is the other end of a sign."""
    brackets = {"(": ")", ")": "("}
    return brackets.get(word) == text or any(
        {word, text} == {begin, end} for sign in SIGNS for begin, end in sign.ends.items()
    )


def lonely_signs(tune: Tune) -> Iterator[tuple[int, str, str]]:
    """Signs without their other end: number of the bar, voice, and what is missing."""
    for (number, voice, _), text, _ in _lonely(tune):
        yield number, voice, text
