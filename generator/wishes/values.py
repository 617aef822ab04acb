"""Single values as people write them behind an option's name: "allegro", "90bpm", "waltz", "4", "8bars".

Not covered: keys, chords and forms, whose own modules read what people write.
"""

from __future__ import annotations

import re

from generator.errors import BadRequest
from generator.notation.limits import Metre, parse_metre
from generator.wishes.numbers import read_number
from generator.wishes.text import key_of
from generator.wishes.vocabulary import Vocabulary, load_vocabulary

COUNTED = {2: "2/4", 3: "3/4", 4: "4/4", 5: "5/4", 6: "6/8", 7: "7/8", 9: "9/8", 12: "12/8"}


def option_called(name: str) -> str:
    """What a name means as an option of a request, in any language: "Takte" and 小节 are bars; else the name itself."""
    return load_vocabulary().options.get(name.lower().strip(), name)


def find_metre(words: str) -> Metre | None:
    """As `parse_metre`; and "waltz", "common time", "4". None for anything else."""
    vocabulary = load_vocabulary()
    if words.strip().isdecimal() and int(words) in COUNTED:
        return parse_metre(COUNTED[int(words)])
    try:
        return parse_metre(words)
    except BadRequest:
        pass
    for entry in vocabulary.phrases.get(key_of(words, vocabulary.variants), ()):
        metre = entry.id if entry.kind == "metre" else vocabulary.tables["genres"].get(entry.id, {}).get("metre")
        if metre:
            return parse_metre(metre)
    return None


def find_tempo(words: str) -> int | None:
    """Quarter notes a minute of "90", "90 bpm", "allegro"; None for anything else. Not kept inside any limits."""
    vocabulary = load_vocabulary()
    number = _counted(words, "bpm", vocabulary)
    if number is not None and number == int(number):
        return int(number)
    for entry in vocabulary.phrases.get(key_of(words, vocabulary.variants), ()):
        if entry.kind == "tempo":
            tempo: int = vocabulary.tables["tempos"][entry.id]
            return tempo
    return None


def find_bars(words: str) -> int | None:
    """How many "8", "8bars", "sixteen" are; None for anything else. Not kept inside any limits."""
    number = _counted(words, "bars", load_vocabulary())
    return int(number) if number is not None and number == int(number) else None


def _counted(words: str, unit: str, vocabulary: Vocabulary) -> float | None:
    """A number, with its unit or without."""
    bare = re.sub(rf"\s*(?:{vocabulary.unit_pattern(unit)})$", "", words.lower().strip())
    return read_number(bare, vocabulary)
