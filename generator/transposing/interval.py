"""Musical intervals: what a person calls them, how far they go, what they are called.

Promises: an interval has a number of steps and a size, so that a minor third and an augmented second differ; a number
of semitones alone leaves the spelling to the tune. "Up" where nobody says "down".
`config/intervals.toml` says what other languages call them. Not covered: intervals beyond three octaves.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from config.files import load_toml
from config.letters import fold
from generator.errors import BadRequest
from generator.notation.transpose import MAX_SEMITONES, simplest_fifths

NUMBERS = (
    "unison", "second", "third", "fourth", "fifth", "sixth", "seventh", "octave", "ninth", "tenth", "eleventh",
    "twelfth",
)  # fmt: skip
QUALITIES = {
    "m": "m", "min": "m", "minor": "m", "M": "M", "maj": "M", "major": "M", "p": "P", "perf": "P", "perfect": "P",
    "a": "A", "aug": "A", "augmented": "A", "d": "d", "dim": "d", "diminished": "d",
}  # fmt: skip
ALONE = {
    "semitone": "m2", "half step": "m2", "half tone": "m2", "halftone": "m2", "tone": "M2", "whole tone": "M2",
    "whole step": "M2", "step": "M2", "tritone": "A4", "two octaves": "P15", "double octave": "P15",
}  # fmt: skip
PERFECT = (0, 3, 4)  # steps, within an octave, that are perfect rather than major or minor
MAJOR_SEMITONES = (0, 2, 4, 5, 7, 9, 11)
MAJOR_FIFTHS = (0, 2, 4, -1, 1, 3, 5)  # of steps upwards: a second is two fifths to the sharp side
DOWN, UP = ("down", "lower", "below", "downwards"), ("up", "higher", "above", "upwards")

_SHORT = re.compile(r"([mM]|[pPaAdD]|min|maj|perf|aug|dim)\.? ?(\d{1,2})(?:st|nd|rd|th)?")
_COUNT = re.compile(r"(\d{1,3}) ?(?:semitones?|half ?steps?|half ?tones?|st)?")


@dataclass(frozen=True)
class Interval:
    """semitones: up, negative for down. fifths: to the sharp side; None for whatever gives the simplest signature."""

    semitones: int
    fifths: int | None = None

    def fifths_from(self, home: int) -> int:
        """How far the signature moves of a tune that has `home` sharps (flats are negative)."""
        return simplest_fifths(home, self.semitones) if self.fifths is None else self.fifths


def interval(steps: int, semitones: int) -> Interval:
    """That of so many steps of a scale and so many semitones, both upwards: a minor third is 2 and 3."""
    octaves, step = divmod(steps, 7)
    altered = semitones - 12 * octaves - MAJOR_SEMITONES[step]
    return Interval(semitones, MAJOR_FIFTHS[step] + 7 * altered)


def name_interval(fifths: int, semitones: int) -> str:
    """The short name of an interval without its direction: "m3", "P8", "A4"."""
    steps = 4 * fifths + 7 * ((semitones - 7 * fifths) // 12)
    if steps < 0 or (steps == 0 and semitones < 0):
        steps, semitones = -steps, -semitones
    octaves, step = divmod(steps, 7)
    altered = semitones - 12 * octaves - MAJOR_SEMITONES[step]
    qualities = {0: "P", 1: "A", -1: "d"} if step in PERFECT else {0: "M", -1: "m", 1: "A", -2: "d"}
    return f"{qualities.get(altered, '?')}{steps + 1}"


def parse_interval(words: str) -> Interval:
    """The interval that a person means: "m3", "-M2", "P5", "minor third down", "octave", "+3", "3 semitones down".

    Raises BadRequest for anything else, for nothing at all, and for more than three octaves.
    """
    text, is_down = _direction(_in_english(words))
    found = _by_count(text) or _by_name(text)
    if found is None:
        raise BadRequest(reason="interval", value=words.strip()[:40])
    if found.semitones == 0:
        raise BadRequest(reason="no_move", value=words.strip()[:40])
    if found.semitones > MAX_SEMITONES:
        raise BadRequest(reason="semitones", low=-MAX_SEMITONES, high=MAX_SEMITONES, value=found.semitones)
    if not is_down:
        return found
    return Interval(-found.semitones, None if found.fifths is None else -found.fifths)


def _in_english(words: str) -> str:
    """The same with what other languages say, word by word; where nothing stands between words, sign by sign."""
    alone, joined = _said()
    text = words
    for said, meant in joined.items():
        text = text.replace(said, f" {meant} ")
    return " ".join(filter(None, (alone.get(fold(word), word) for word in text.split())))


@cache
def _said() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """What stands alone, and what is written without spaces, the longest first."""
    said = {word: meant for table in load_toml("intervals.toml").values() for word, meant in table.items()}
    joined = {word: meant for word, meant in said.items() if not word.isascii()}
    alone = {word: meant for word, meant in said.items() if word.isascii()}
    return alone, dict(sorted(joined.items(), key=lambda item: -len(item[0])))


def _direction(words: str) -> tuple[str, bool]:
    """The words without what says up or down, and whether it is down."""
    text = " ".join(words.replace("−", "-").replace("–", "-").replace("♭", "b").split())
    signed = text[:1] in ("-", "+")
    parts = [word for word in text.lstrip("+-").replace("-", " ").split() if word.lower() not in ("a", "an", "by")]
    is_down = (signed and text[0] == "-") != any(word.lower() in DOWN for word in parts)
    return " ".join(word for word in parts if word.lower() not in (*DOWN, *UP)), is_down


def _by_count(text: str) -> Interval | None:
    found = _COUNT.fullmatch(text.lower())
    return Interval(int(found[1])) if found else None


def _by_name(text: str) -> Interval | None:
    """An interval by its short name or its words. Raises BadRequest for a third that is neither major nor minor."""
    text = ALONE.get(text.lower(), text)
    short = _SHORT.fullmatch(text)
    if short:
        return _of(QUALITIES.get(short[1]) or QUALITIES[short[1].lower()], int(short[2]) - 1)
    quality, _, number = text.lower().rpartition(" ")
    steps = next((steps for steps, name in enumerate(NUMBERS) if number == name), None)
    if steps is None or (quality and quality not in QUALITIES):
        return None
    if not quality and steps % 7 not in PERFECT:
        raise BadRequest(reason="which_interval", value=number)
    return _of(QUALITIES[quality] if quality else "P", steps)


def _of(quality: str, steps: int) -> Interval | None:
    """None for what does not exist, such as a perfect third."""
    if steps < 0:
        return None
    is_perfect = steps % 7 in PERFECT
    altered = {"P": 0, "A": 1, "d": -1} if is_perfect else {"M": 0, "m": -1, "A": 1, "d": -2}
    if quality not in altered:
        return None
    octaves, step = divmod(steps, 7)
    return interval(steps, 12 * octaves + MAJOR_SEMITONES[step] + altered[quality])
