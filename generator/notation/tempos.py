"""Tempos as players count them: in the beat of the metre, and fitting the word above them.

`Q:1/4=228` in 3/4 is right and no help: who plays it counts 76 bars. Words are those of `WORDS`, in four languages,
each with the beats a minute that it allows, a third beyond what metronomes say, since editions and centuries differ.
Not covered: words that only change a tempo (rit., piu mosso), metronome marks spelled out in texts.
"""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from generator.notation.limits import Metre

QUARTER = Fraction(1, 4)
FASTEST_BEAT = 160  # beats a minute that are still counted one by one
SLOWEST_BEAT = 30
_TEMPO = re.compile(r"\s*(\d{1,2})/(\d{1,2})\s*=\s*(\d{1,4})\s*")
_WORD = re.compile(r"[a-z]+")
_APART = re.compile(r"[^\w\s]|\n")

# Beats a minute, from and to. The beat is that of the metre, or the quarter, whichever fits better.
WORDS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("grave", "largo", "larghissimo", "lentissimo", "adagissimo"), (20, 76)),
    **dict.fromkeys(("lento", "adagio", "lent", "lentement", "langsam"), (20, 88)),
    **dict.fromkeys(("larghetto",), (20, 100)),
    **dict.fromkeys(("andante", "andantino"), (36, 120)),
    **dict.fromkeys(("moderato", "modere", "massig"), (50, 160)),
    **dict.fromkeys(("allegretto",), (56, 192)),
    **dict.fromkeys(("allegro", "lebhaft", "vivo", "animato", "rasch"), (66, 300)),
    **dict.fromkeys(("vivace", "vivacissimo", "schnell", "vite", "presto", "prestissimo"), (72, 400)),
}
SLOW, FAST = 108, 66  # who may go no faster is slow, who may go no slower is fast: side by side they mean nothing
# After these a tempo word speaks of another one, or of a part of it: "Adagio, quasi allegro", "piu lento".
_QUALIFIED = frozenset(
    {"quasi", "piu", "meno", "plus", "moins", "non", "nicht", "zu", "pas", "trop", "ni", "not", "too"}
)


def beat_of(metre: Metre | None) -> Fraction:
    """The note that is counted: a dotted quarter in 6/8, a half in 2/2, an eighth in 3/8, a quarter without metre."""
    if metre is None:
        return QUARTER
    return Fraction(3 if metre.compound else 1, metre.denominator)


def read_tempo(words: str) -> tuple[Fraction, int] | None:
    """The note and the number of `1/4=96`; None for anything else."""
    found = _TEMPO.fullmatch(words)
    if found is None or not int(found[1]) or not int(found[2]) or not int(found[3]):
        return None
    return Fraction(int(found[1]), int(found[2])), int(found[3])


def in_beats(words: str, metre: Metre | None) -> str:
    """A tempo counted in beats: `1/4=228` in 3/4 is `3/4=76`, `1/4=144` in 6/8 is `3/8=96`; what is no tempo stays.

    The speed stays. What counts another note than quarters does so for a reason, and a number that would not be whole,
    or too slow to count, stays where it is.
    """
    tempo = read_tempo(words)
    if tempo is None or tempo[0] != QUARTER:
        return words
    note, number = tempo
    for beat in _beats_to_try(note * number, metre):
        count = note * number / beat
        if count.denominator == 1 and SLOWEST_BEAT <= count <= FASTEST_BEAT:
            return f"{beat.numerator}/{beat.denominator}={count}"
    return words


def _beats_to_try(speed: Fraction, metre: Metre | None) -> list[Fraction]:
    """Notes to count in, the first that gives a whole number is taken. speed: whole notes a minute."""
    beat = beat_of(metre)
    if metre is None:
        return [QUARTER]
    if metre.denominator == 8 and metre.numerator == 3:
        return [Fraction(3, 8), beat] if speed / beat > FASTEST_BEAT else [beat, Fraction(3, 8)]
    if speed / beat <= FASTEST_BEAT:
        return [beat] if beat >= QUARTER else [QUARTER]
    if metre.numerator == 3:
        return [metre.length]
    return [2 * beat] if metre.numerator % 2 == 0 and not metre.compound else [beat]


def contradicts(word_text: str, words: str, metre: Metre | None) -> bool:
    """Whether a tempo word such as "Lento" cannot be meant at a tempo such as `1/4=160`; "Lento allegro" at none."""
    if _is_slow_and_fast(word_text):
        return True
    tempo = read_tempo(words)
    span = _span_of(word_text)
    if tempo is None or span is None:
        return False
    speed = tempo[0] * tempo[1]
    counts = [speed / QUARTER, speed / beat_of(metre), Fraction(tempo[1])]
    lowest, highest = span
    return min(counts) > highest or max(counts) < lowest


def _is_slow_and_fast(text: str) -> bool:
    """Whether a slow and a fast word stand side by side; "Adagio - Allegro" are two tempos."""
    phrases = [_WORD.findall(phrase) for phrase in _APART.split(text.lower())]
    for words in phrases:
        spans = [WORDS.get(word) for word in words]
        for one, other in pairwise(spans):
            if one and other and min(one[1], other[1]) <= SLOW and max(one[0], other[0]) >= FAST:
                return True
    return False


def names_tempo(text: str) -> bool:
    """Whether a text has a tempo word that stands for itself."""
    return _span_of(text) is not None


def _span_of(text: str) -> tuple[int, int] | None:
    """What the first tempo word of a text allows; None without one, or where it is one of a comparison."""
    before = ""
    for word in _WORD.findall(text.lower()):
        if word in WORDS:
            return None if before in _QUALIFIED else WORDS[word]
        before = word
    return None
