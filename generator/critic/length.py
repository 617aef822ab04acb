"""How long a tune lasts, from its tempo and the lengths of its bars.

Repeats are counted once. A tempo change inside a bar counts from the start of that bar; fermatas and ritardandi do not
count. Without a tempo it is 120 quarter notes a minute, as MIDI has it.
"""

from __future__ import annotations

import re
from fractions import Fraction

from generator.notation import Bar, BarChecker, TokenKind, Tune
from generator.notation.rests import bar_length

DEFAULT_TEMPO = Fraction(120, 4)  # whole notes a minute
_BEATS = re.compile(r"(?P<beats>\d+/\d+(?:\s+\d+/\d+)*)\s*=\s*(?P<rate>\d+(?:\.\d+)?)")
_QUOTED = re.compile(r'"[^"]*"')


def parse_tempo(text: str | None) -> Fraction | None:
    """Whole notes a minute of a `Q:` field: "1/4=90" → 45/2; None where it names no number ("Allegro")."""
    found = _BEATS.search(_QUOTED.sub("", text or ""))
    if found is None:
        return None
    try:
        tempo = sum(map(Fraction, found["beats"].split()), Fraction()) * Fraction(found["rate"])
    except ZeroDivisionError:
        return None
    return tempo or None


def tempo_within(bar: Bar) -> Fraction | None:
    """The last tempo that a bar sets with `[Q:...]`, None if it sets none."""
    fields = [token.text for voice in bar.voices for token in voice.tokens if token.kind is TokenKind.FIELD]
    tempos = [parse_tempo(text[3:-1]) for text in fields if text.startswith("[Q:")]
    return next((tempo for tempo in reversed(tempos) if tempo is not None), None)


def tune_seconds(tune: Tune) -> float:
    """How long the tune lasts when every bar is played once."""
    clock = BarChecker(tune.header)
    tempo = parse_tempo(tune.header.tempo) or DEFAULT_TEMPO
    minutes = Fraction(0)
    for bar in tune.bars:
        tempo = tempo_within(bar) or tempo
        minutes += bar_length(bar, clock) / tempo
        clock.accept(bar)
    return float(minutes * 60)
