"""`<attributes>`: key, metre, clefs, transposition, lines of a staff."""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

from renderers.score.abc.clefs import PERCUSSION, Clef
from renderers.score.abc.keys import Key, usual_key
from renderers.score.abc.metres import COMMON, CUT, FREE, Metre, parse_metre
from renderers.score.foreign.musicxml.numbers import number, whole

MAX_STAVES = 8
MODES = frozenset({"major", "minor", "dorian", "phrygian", "lydian", "mixolydian", "locrian"})
OTHER_MODES = {"ionian": "major", "aeolian": "minor"}
USUAL_LINES = {"G": 2, "F": 4, "C": 3}
MAX_OCTAVES = 2
MAX_SEMITONES = 36


def read_key(element: etree._Element) -> Key:
    """A key: so many fifths, or accidentals one by one. One with more than seven signs is its simpler neighbour."""
    mode = (element.findtext("mode") or "").strip().lower()
    mode = OTHER_MODES.get(mode, mode if mode in MODES else "")
    steps = element.findall("key-step")
    if steps:
        alters = element.findall("key-alter")
        pairs = [
            (step.text.strip(), int(number(alter.text)))
            for step, alter in zip(steps, alters, strict=False)
            if step.text and step.text.strip() in "CDEFGAB"
        ]
        signature = tuple(pair for pair in dict(pairs).items() if -2 <= pair[1] <= 2 and pair[1])
        return Key(0, mode, tuple(sorted(signature)), signature=signature)
    return usual_key(whole(element.findtext("fifths"), 0, low=-24, high=24), mode)


def read_metre(element: etree._Element) -> Metre:
    """A metre; free where none is said, or none that can be drawn."""
    if element.find("senza-misura") is not None:
        return FREE
    symbol = element.get("symbol", "")
    metre = parse_metre(metre_text(element).replace(" ", "")) or FREE
    if metre.length == 1 and symbol in ("common", "cut"):
        return COMMON if symbol == "common" else CUT
    return metre


def metre_text(element: etree._Element) -> str:
    """What a metre says, whether it can be drawn or not: `5/3`. Nothing for none."""
    beats = [(beat.text or "").strip() for beat in element.findall("beats")]
    units = [(unit.text or "").strip() for unit in element.findall("beat-type")]
    return "+".join(f"{beat}/{unit}" for beat, unit in zip(beats, units, strict=False))


def read_clef(element: etree._Element) -> Clef:
    """A clef; treble for one that nobody knows."""
    sign = (element.findtext("sign") or "G").strip()
    if sign.lower() in ("percussion", "jianpu"):
        return PERCUSSION
    if sign.lower() in ("none", "tab"):
        return Clef("none") if sign.lower() == "none" else Clef("G", 2)
    sign = sign.upper() if sign.upper() in USUAL_LINES else "G"
    line = whole(element.findtext("line"), USUAL_LINES[sign], low=1, high=5)
    return Clef(sign, line, whole(element.findtext("clef-octave-change"), 0, low=-MAX_OCTAVES, high=MAX_OCTAVES))


def read_transposition(element: etree._Element) -> int:
    """Semitones from written to sounding pitch."""
    semitones = whole(element.findtext("chromatic"), 0, low=-MAX_SEMITONES, high=MAX_SEMITONES)
    octaves = whole(element.findtext("octave-change"), 0, low=-MAX_OCTAVES, high=MAX_OCTAVES)
    total = semitones + 12 * octaves
    return total if abs(total) <= MAX_SEMITONES else 0


def divisions_of(element: etree._Element, before: int) -> int:
    """How many divisions a quarter has. Some files have a fraction, which nobody can mean."""
    value = number(element.findtext("divisions"), before)
    return int(value) if value >= 1 and value.denominator == 1 and value <= 1_000_000 else before


def quarters(divisions: Fraction, of_quarter: int) -> Fraction:
    """Divisions as a part of a whole note."""
    return divisions / (4 * of_quarter)
