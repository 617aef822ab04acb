"""Keys: all modes of ABC, explicit accidentals, the bagpipes' two keys, and the clef that may stand beside them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from renderers.score.abc.clefs import Clef, parse_clef
from renderers.score.abc.properties import read_properties
from renderers.score.abc.remarks import Remark

MAX_FIFTHS = 7
SHARPS = "FCGDAEB"  # in the order they appear in signatures

_TONICS = dict(zip("FCGDAEB", range(-1, 6), strict=True))
_MODES = {
    "maj": ("major", 0), "ion": ("major", 0), "": ("major", 0), "m": ("minor", -3), "min": ("minor", -3),
    "aeo": ("minor", -3), "dor": ("dorian", -2), "phr": ("phrygian", -4), "lyd": ("lydian", 1),
    "mix": ("mixolydian", -1), "loc": ("locrian", -5),
}  # fmt: skip
_ACCIDENTALS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}
_KEY = re.compile(r"([A-Ga-g])(#|b|♯|♭)?\s*([A-Za-z]*)")
_ACCIDENTAL = re.compile(r"(\^\^|\^|__|_|=)([A-Ga-g])")


@dataclass(frozen=True)
class Key:
    """A key signature. `alterations`: what each letter is sounded as, by letter, 0 left out.

    signature: the accidentals to print where they are no usual signature, as (letter, semitones); None for a usual one.
    """

    fifths: int = 0
    mode: str = ""  # as MusicXML has it; empty where nobody said
    alterations: tuple[tuple[str, int], ...] = ()
    signature: tuple[tuple[str, int], ...] | None = None


@dataclass(frozen=True)
class KeyField:
    """What a `K:` field says. `key` is None where it names a clef only."""

    key: Key | None
    clef: Clef | None
    properties: dict[str, str]
    trouble: Remark | None = None  # why it is not kept as it stands; its line is not known here


def usual_key(fifths: int, mode: str = "major") -> Key:
    """The key with so many sharps (flats below 0). One with more than seven signs is its simpler neighbour."""
    while abs(fifths) > MAX_FIFTHS:
        fifths -= 12 if fifths > 0 else -12
    letters = SHARPS[:fifths] if fifths > 0 else SHARPS[fifths:] if fifths < 0 else ""
    alteration = 1 if fifths > 0 else -1
    return Key(fifths, mode, tuple((letter, alteration) for letter in sorted(letters)))


NO_KEY = usual_key(0, "")
# The pipes play F sharp and C sharp; in K:HP the page does not say so.
HIGHLAND = Key(0, "", (("C", 1), ("F", 1)), signature=())
HIGHLAND_PRINTED = replace(usual_key(2, ""), signature=(("F", 1), ("C", 1), ("G", 0)))


def parse_key(value: str) -> KeyField:
    """Read the value of a `K:` field."""
    words, properties = read_properties(value)
    text = " ".join(words)
    clef_words = [word for word in words if parse_clef(word) and not re.fullmatch("[A-G]|none", word)]
    clef = parse_clef(properties.get("clef", "")) or (parse_clef(clef_words[0]) if clef_words else None)
    for word in clef_words:
        text = f" {text} ".replace(f" {word} ", " ", 1).strip()
    key, trouble = _parse_signature(text, is_alone=not (clef or properties))
    return KeyField(key, clef, properties, trouble)


def _parse_signature(text: str, *, is_alone: bool) -> tuple[Key | None, Remark | None]:
    """The key, None where there is none; and why it is not kept as it stands."""
    if text in ("HP", "Hp"):
        return (HIGHLAND if text == "HP" else HIGHLAND_PRINTED), None
    if not text:
        return (NO_KEY if is_alone else None), None
    if text.lower().split()[0] in ("none", "no", "open"):
        return NO_KEY, None
    accidentals = list(_accidentals(text))
    named = _KEY.match(text)
    rest = _ACCIDENTAL.sub("", text)
    if named is None:
        return (_explicit(accidentals), None) if accidentals else (None, Remark("key"))
    if re.search(r"\bexp\b", rest):
        return _explicit(accidentals), None
    known = _MODES.get(named[3][:3].lower())
    if known is None and named[1].islower():
        return None, Remark("key")
    mode, offset = known or ("major", 0)
    sign = {"#": 7, "♯": 7, "b": -7, "♭": -7}.get(named[2] or "", 0)
    fifths = _TONICS[named[1].upper()] + sign + offset
    key = usual_key(fifths, mode)
    trouble = Remark("key_mode") if known is None else Remark("key_simpler") if abs(fifths) > MAX_FIFTHS else None
    return (_modified(key, accidentals) if accidentals else key), trouble


def _accidentals(text: str) -> Iterator[tuple[str, int]]:
    for sign, letter in _ACCIDENTAL.findall(text):
        yield letter.upper(), _ACCIDENTALS[sign]


def _explicit(accidentals: list[tuple[str, int]]) -> Key:
    """`K:D exp _b ^f`: these accidentals and no others."""
    alterations = tuple(sorted((letter, alter) for letter, alter in accidentals if alter))
    usual = next((k for n in range(-7, 8) if (k := usual_key(n, "")).alterations == alterations), None)
    if usual is not None and all(alter for _, alter in accidentals):
        return usual
    return Key(0, "", alterations, signature=tuple(accidentals))


def _modified(key: Key, accidentals: list[tuple[str, int]]) -> Key:
    """`K:D Phr ^f`: the key's own accidentals, these put in their place."""
    changed = dict(key.alterations) | dict(accidentals)
    alterations = tuple(sorted((letter, alter) for letter, alter in changed.items() if alter))
    order = SHARPS if key.fifths > 0 else SHARPS[::-1]
    own = [(letter, changed[letter]) for letter in order if letter in dict(key.alterations)]
    added = [(letter, alter) for letter, alter in accidentals if letter not in dict(key.alterations)]
    signature = tuple(pair for pair in (*own, *added) if pair[1])
    usual = next((n for n in range(-7, 8) if usual_key(n).alterations == alterations), None)
    return (
        replace(usual_key(usual, key.mode)) if usual is not None else Key(key.fifths, key.mode, alterations, signature)
    )
