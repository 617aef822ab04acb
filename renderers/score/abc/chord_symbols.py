"""Chord symbols: `"Am7"`, `"F#7(b9)/C#"`, `"N.C."`. Printed as written; their kind is said as MusicXML knows it."""

import re
from dataclasses import dataclass

# The longest first: what is left behind a kind are its altered notes.
KINDS = {
    "maj13": "major-13th", "maj11": "major-11th", "maj9": "major-ninth", "maj7": "major-seventh",
    "maj6": "major-sixth", "maj": "major", "Maj7": "major-seventh", "Maj": "major", "M7": "major-seventh",
    "M9": "major-ninth", "M": "major", "Δ7": "major-seventh", "Δ": "major-seventh", "ma7": "major-seventh",
    "mmaj7": "major-minor", "m(maj7)": "major-minor", "minmaj7": "major-minor", "mM7": "major-minor",
    "m7b5": "half-diminished", "m7(b5)": "half-diminished", "ø7": "half-diminished", "ø": "half-diminished",
    "min13": "minor-13th", "min11": "minor-11th", "min9": "minor-ninth", "min7": "minor-seventh",
    "min6": "minor-sixth", "min": "minor", "mi7": "minor-seventh", "mi": "minor", "-7": "minor-seventh",
    "m13": "minor-13th", "m11": "minor-11th", "m9": "minor-ninth", "m7": "minor-seventh", "m6": "minor-sixth",
    "m": "minor", "-": "minor", "dim7": "diminished-seventh", "dim": "diminished", "°7": "diminished-seventh",
    "°": "diminished", "o7": "diminished-seventh", "o": "diminished", "aug7": "augmented-seventh", "aug": "augmented",
    "+7": "augmented-seventh", "+": "augmented", "13": "dominant-13th", "11": "dominant-11th",
    "9": "dominant-ninth", "7": "dominant", "6/9": "major-sixth", "69": "major-sixth", "6": "major-sixth",
    "5": "power", "sus2": "suspended-second", "sus4": "suspended-fourth", "sus": "suspended-fourth",
    "7sus4": "suspended-fourth", "7sus": "suspended-fourth", "": "major",
}  # fmt: skip
_BY_LENGTH = sorted(KINDS, key=len, reverse=True)
ALTERATIONS = {"#": 1, "♯": 1, "b": -1, "♭": -1, "=": 0, "+": 1, "-": -1, "": 0, None: 0}

_CHORD = re.compile(
    r"\s*([A-G])([#b♯♭=])?((?:maj|Maj|ma|min|mi|dim|aug|sus|add|omit|no|alt|M|m|o|ø|°|Δ|\d|[#b♯♭+\-(),/](?![A-G])|\s)*)"
    r"(?:/([A-Ga-g])([#b♯♭=])?)?\s*"
)
_NO_CHORD = re.compile(r"\s*(N\. ?C\.?|NC|n\. ?c\.)\s*")
_DEGREE = re.compile(r"(add|omit|no)?\s*([#b♯♭+\-])?(\d{1,2})")


@dataclass(frozen=True)
class Degree:
    """A note added to a chord, changed in it, or left out of it."""

    value: int
    alter: int
    type: str  # add, alter, subtract


@dataclass(frozen=True, kw_only=True)
class ChordSymbol:
    """A chord symbol. `text` is what stands behind the root; no root: there no chord is played."""

    root: str
    root_alter: int = 0
    kind: str
    text: str
    degrees: tuple[Degree, ...] = ()
    bass: str | None = None
    bass_alter: int = 0


NO_CHORD = ChordSymbol(root="", kind="none", text="N.C.")


def parse_chord_symbol(text: str) -> ChordSymbol | None:
    """Read a chord symbol; None for other words."""
    if _NO_CHORD.fullmatch(text):
        return NO_CHORD
    found = _CHORD.fullmatch(text)
    if found is None:
        return None
    root, sign, rest, bass, bass_sign = found.groups()
    rest = " ".join(rest.split()).strip()
    kind = next(name for name in _BY_LENGTH if rest.startswith(name))
    behind = rest[len(kind) :]
    degrees = tuple(
        Degree(
            int(value),
            ALTERATIONS[alter],
            "add" if verb == "add" else "subtract" if verb else "alter" if int(value) == 5 else "add",
        )
        for verb, alter, value in _DEGREE.findall(behind)
        if 1 <= int(value) <= 13
    )
    if rest.startswith(("7sus", "9sus")):
        kind = next(name for name in ("sus4", "sus2", "sus") if name in rest)
    return ChordSymbol(
        root=root,
        root_alter=ALTERATIONS[sign],
        kind=KINDS[kind],
        text=rest,
        degrees=degrees,
        bass=bass.upper() if bass else None,
        bass_alter=ALTERATIONS[bass_sign],
    )
