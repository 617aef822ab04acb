"""What has a form of its own, whatever stands around it: keys, metres, tempos, lengths, chords, `name=value`.

Promises: everything that is found is taken out of the text and is within its limits; a number outside of them becomes
the nearest inside, which counts as guessed. Each kind of value has a reader of its own in `said/`.
Not covered: words that are only known by a list (`scanning.py`).
"""

from __future__ import annotations

from generator.wishes.said.chords import take_chords, take_forms
from generator.wishes.said.keys import take_keys
from generator.wishes.said.lengths import take_bars, take_durations
from generator.wishes.said.metres import take_metres
from generator.wishes.said.options import take_options
from generator.wishes.said.taking import Taking
from generator.wishes.said.tempos import take_tempos
from generator.wishes.text import Text
from generator.wishes.vocabulary import Vocabulary


def read_values(text: Text, vocabulary: Vocabulary) -> Taking:
    """All of them; the surest first, since what is taken is read once."""
    taking = Taking(text, vocabulary)
    for take in (
        *(take_options, take_chords, take_metres, take_tempos),
        *(take_bars, take_forms, take_keys, take_durations),
    ):
        take(taking)
    return taking
