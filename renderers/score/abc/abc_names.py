"""What keys, metres, clefs, tempos and lengths are called in ABC."""

from __future__ import annotations

from fractions import Fraction

from renderers.score.abc.clefs import Clef
from renderers.score.abc.keys import HIGHLAND, Key
from renderers.score.abc.metres import Metre
from renderers.score.abc.tempos import Tempo

_CLEFS = {
    ("G", 2): "treble", ("F", 4): "bass", ("C", 3): "alto", ("C", 4): "tenor", ("C", 1): "soprano",
    ("C", 2): "mezzosoprano", ("F", 3): "baritone",
}  # fmt: skip
_SIGNS = {"G": "treble", "F": "bass", "C": "alto"}
_OCTAVES = {1: "+8", -1: "-8", 2: "+15", -2: "-15", 0: ""}
_MODES = {
    "": (0, ""), "major": (0, ""), "minor": (-3, "min"), "dorian": (-2, "dor"), "phrygian": (-4, "phr"),
    "lydian": (1, "lyd"), "mixolydian": (-1, "mix"), "locrian": (-5, "loc"),
}  # fmt: skip
_ACCIDENTALS = {1: "^", 2: "^^", -1: "_", -2: "__", 0: "="}


def clef_name(clef: Clef) -> str:
    """treble, bass3, treble-8, perc, none."""
    if clef.line is None:
        return "perc" if clef.sign == "percussion" else "none"
    name = _CLEFS.get((clef.sign, clef.line), f"{_SIGNS[clef.sign]}{clef.line}")
    return name + _OCTAVES[clef.octave_change]


def key_name(key: Key) -> str:
    """D, Ebmin, Gdor; with `exp` one that is no usual signature."""
    if key.signature is not None:
        if key == HIGHLAND:
            return "HP"
        return "C exp " + " ".join(f"{_ACCIDENTALS[alter]}{letter.lower()}" for letter, alter in key.signature)
    offset, mode = _MODES.get(key.mode, (0, ""))
    fifths = key.fifths - offset
    letter = "FCGDAEB"[(fifths + 1) % 7]
    signs = (fifths + 1) // 7
    if abs(signs) > 1:  # no such tonic can be named
        return key_name(Key(key.fifths, "major", key.alterations))
    return letter + ("#" if signs > 0 else "b" if signs < 0 else "") + mode


def metre_name(metre: Metre) -> str:
    """3/4, C|, (2+3)/8, none."""
    if metre.symbol:
        return "C" if metre.symbol == "common" else "C|"
    if not metre.beats:
        return "none"
    beats = "+".join(map(str, metre.beats))
    return f"({beats})/{metre.unit}" if len(metre.beats) > 1 else f"{beats}/{metre.unit}"


def tempo_text(tempo: Tempo) -> str:
    """`"Allegro" 1/4=120`."""
    words = quoted(tempo.words) if tempo.words else ""
    if tempo.beat is None or tempo.per_minute is None:
        return words
    beat = tempo.beat
    return f"{words} {beat.numerator}/{beat.denominator}={tempo.number()}".strip()


def quoted(text: str) -> str:
    """Text between quotation marks, on one line, with none inside."""
    plain = " ".join(text.replace("\\n", " ").split()).replace('"', "'").replace("\\", "/")
    return f'"{plain}"'


def length_text(length: Fraction, unit: Fraction) -> str:
    """The length behind a note: nothing, 2, 3/2, /, /4."""
    units = length / unit
    if units.denominator == 1:
        return "" if units == 1 else str(units.numerator)
    above = "" if units.numerator == 1 else str(units.numerator)
    return f"{above}/" if units.denominator == 2 and not above else f"{above}/{units.denominator}"
