"""Tempos: `1/4=120`, `1/4=120-132`, `"Allegro" 3/8=80`, `1/4 3/8=40`, and the old forms `120`, `C=120`, `C3=40`."""

import re
from dataclasses import dataclass
from fractions import Fraction

SLOWEST, FASTEST = 5, 1000  # of what is counted, a minute

_TEXT = re.compile(r'"([^"]*)"')
_COUNTED = re.compile(r"=\s*(?:ca?\.?\s*|~\s*)?(\d{1,4}(?:\.\d{1,4})?)\s*(?:[-–]\s*(\d{1,4}))?\s*$", re.ASCII)
_FRACTION = re.compile(r"(\d{1,3})/(\d{1,3})", re.ASCII)
_OLD_BEAT = re.compile(r"[A-Ga-g](\d{0,2})(?:/(\d{1,2}))?", re.ASCII)


@dataclass(frozen=True)
class Tempo:
    """A tempo mark. `beat` (whole notes) and `per_minute` are None where only words stand.

    up_to: the upper end of a range, `120-132`, which is printed; what is played lies in the middle of it.
    """

    words: str = ""
    beat: Fraction | None = None
    per_minute: float | None = None
    up_to: float | None = None

    @property
    def quarters_per_minute(self) -> float | None:
        """How fast it is; None where nobody says."""
        if self.beat is None or self.per_minute is None:
            return None
        return float(self.beat * 4) * (self.per_minute + (self.up_to or self.per_minute)) / 2

    def number(self, factor: float = 1) -> str:
        """What stands behind the note: 120, or 120-132. factor: how many other notes it has that are counted."""
        ends = (self.per_minute, self.up_to)
        return "-".join(f"{end * factor:g}" for end in ends if end is not None)


def upper_end(per_minute: float, text: str | None) -> float | None:
    """The upper end of a range whose lower one is known; None for none, or for what is no range."""
    return float(text) if text and per_minute < float(text) <= FASTEST else None


def parse_tempo(value: str, unit: Fraction) -> Tempo | None:
    """Read the value of a `Q:` field. unit: the unit length, which the old forms count. None if it makes no sense."""
    words = " ".join(" ".join(_TEXT.findall(value)).split())
    rest = _TEXT.sub(" ", value).strip()
    if not rest:
        return Tempo(words) if words else None
    counted = _COUNTED.search(rest)
    beat, up_to = Fraction(1, 4), None
    if counted is not None:
        found = _beat(rest[: counted.start()].strip(), unit)
        per_minute = float(counted[1])
        if found is None:
            return Tempo(words) if words else None
        beat, up_to = found, upper_end(per_minute, counted[2])
    elif re.fullmatch(r"\d{1,4}(?:\.\d{1,4})?", rest, re.ASCII):
        per_minute = float(rest)
    else:
        return Tempo(words or rest) if not re.search(r"[\d=]", rest) else Tempo(words) if words else None
    if not SLOWEST <= per_minute <= FASTEST:
        return Tempo(words) if words else None
    return Tempo(words, beat, per_minute, up_to)


def _beat(text: str, unit: Fraction) -> Fraction | None:
    """What is counted: one length, several that are added up, or an old `C3`."""
    if not text:
        return Fraction(1, 4)
    if old := _OLD_BEAT.fullmatch(text):
        return Fraction(int(old[1] or 1), int(old[2] or 1) or 1) * unit or None
    if re.sub(r"[\s+]", "", _FRACTION.sub("", text)):
        return None
    fractions = [Fraction(int(above), int(below)) for above, below in _FRACTION.findall(text) if int(below)]
    total = sum(fractions, Fraction(0))
    return total if 0 < total <= 8 else None
