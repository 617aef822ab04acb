"""What a tune header says to who listens: how voices sound, and what holds until a field says otherwise.

Promises: what cannot be read counts as not said, but for the unit of length. Lengths are in ticks.
Not covered: fields inside the music (`line.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from generator.errors import NotationError
from generator.notation.keys import printable_fifths, read_key_field, signature
from generator.notation.limits import Metre
from generator.notation.tune import Header

WHOLE = 40320  # ticks of a whole note: exact for tuplets of 2 to 10

Tonality = tuple[tuple[int, ...], int]  # the alterations of the seven letters C to B, and fifths


@dataclass(frozen=True)
class Voices:
    """What the tune header says: how much higher each voice sounds than it is written, and which have no pitches."""

    raised: Mapping[str, int]
    unpitched: frozenset[str]

    @property
    def all_sound_as_written(self) -> bool:
        return not any(self.raised.values())


@dataclass
class Settings:
    """What holds when a bar begins: for the piece, and for voices that were told something else."""

    tonality: Tonality
    unit: int
    metre: Metre | None
    tonalities: dict[str, Tonality] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    held: dict[str, dict[int, int]] = field(default_factory=dict)  # alterations of tied notes, by steps
    last: dict[str, int] = field(default_factory=dict)  # the last note of each voice, as written

    def copy(self) -> "Settings":
        """Settings that go on by themselves."""
        return Settings(
            self.tonality,
            self.unit,
            self.metre,
            dict(self.tonalities),
            dict(self.units),
            dict(self.held),
            dict(self.last),
        )


def read_header(header: Header) -> tuple[Voices, Settings]:
    """What a tune header says. Raises NotationError for a unit that is none."""
    raised = {voice.id: _raised(voice.text) for voice in header.voices}
    unpitched = frozenset(voice.id for voice in header.voices if voice.clef.startswith("perc"))
    return Voices(raised, unpitched), Settings(
        tonality_of(header.key) or (signature(0), 0), int(header.unit * WHOLE), header.metre
    )


def _raised(text: str) -> int:
    """The value of `transpose=` in a voice's definition."""
    _, found, value = text.partition("transpose=")
    number = value.split()[0] if found and value.split() else "0"
    return int(number) if number.lstrip("+-").isdigit() and len(number) < 4 else 0


@lru_cache(maxsize=256)
def tonality_of(words: str) -> Tonality | None:
    """What a `K:` field asks for; None if it only names a clef, or cannot be read."""
    try:
        found = read_key_field(words)
    except NotationError:
        return None
    return None if found is None else (signature(found.fifths), printable_fifths(found.fifths))
