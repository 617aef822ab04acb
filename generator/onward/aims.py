"""What new bars shall be like beside those whose room they take: calmer, livelier.

Promises: a cost in nats, so that it can be added to what else speaks against a version; none where nothing is aimed at.
Not covered: how daring the network is meanwhile, which the sampling says.
"""

from generator.notation import Bar
from generator.notation.tokens import SOUNDING

# Notes struck beside those of the old bar: at most, or at least, so many times as many cost nothing.
MOST_STRUCK, LEAST_STRUCK = {"calmer": 0.65}, {"livelier": 1.4}
NATS = 8.0  # for as many notes as the old bar has, too many or too few


def aim_nats(new: Bar, old: Bar, aim: str) -> float:
    """What speaks against a bar, 0 or more."""
    ratio = struck(new) / max(1, struck(old))
    if aim in MOST_STRUCK:
        return NATS * max(0.0, ratio - MOST_STRUCK[aim])
    if aim in LEAST_STRUCK:
        return NATS * max(0.0, LEAST_STRUCK[aim] - ratio)
    return 0.0


def struck(bar: Bar) -> int:
    """How many notes and chords a bar has."""
    return sum(token.kind in SOUNDING for voice in bar.voices for token in voice.tokens)
