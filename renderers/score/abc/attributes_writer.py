"""`<attributes>`: divisions, key, metre, staves, clefs, transposition; written where they change."""

from __future__ import annotations

from collections.abc import Mapping

from renderers.score.abc.clefs import Clef
from renderers.score.abc.keys import Key
from renderers.score.abc.metres import Metre
from renderers.score.abc.xml_text import XmlText
from renderers.score.transposition import interval_of


class AttributesWriter:
    """Writes for one part, and knows what holds there."""

    def __init__(self, xml: XmlText, *, divisions: int, num_staves: int) -> None:
        self._xml = xml
        self._divisions = divisions
        self._num_staves = num_staves
        self._key: Key | None = None
        self._metre: Metre | None = None
        self._clefs: dict[int, Clef] = {}
        self._transpose = 0

    def write_first(
        self, key: Key, metre: Metre, clefs: Mapping[int, Clef], *, staff_lines: Mapping[int, int], transpose: int
    ) -> None:
        """The beginning of the part. clefs and lines by staff, from 1."""
        xml = self._xml
        self._key, self._metre, self._clefs = key, metre, dict(clefs)
        xml.open("attributes")
        xml.leaf("divisions", self._divisions)
        self._write_key(key)
        self._write_metre(metre)
        if self._num_staves > 1:
            xml.leaf("staves", self._num_staves)
        for staff, clef in clefs.items():
            self._write_clef(staff, clef)
        for staff, lines in staff_lines.items():
            xml.open(f'staff-details number="{staff}"' if self._num_staves > 1 else "staff-details")
            xml.leaf("staff-lines", lines)
            xml.close("staff-details")
        if transpose:
            self._write_transposition(transpose)
        self._transpose = transpose
        xml.close("attributes")

    def write_changes(
        self, key: Key | None, metre: Metre | None, clefs: Mapping[int, Clef], transpose: int | None = None
    ) -> None:
        """What has changed; nothing is written where nothing has."""
        new_key = key if key is not None and key != self._key else None
        new_metre = metre if metre is not None and metre != self._metre else None
        new_clefs = {staff: clef for staff, clef in clefs.items() if self._clefs.get(staff) != clef}
        is_transposed = transpose is not None and transpose != self._transpose
        if new_key is None and new_metre is None and not new_clefs and not is_transposed:
            return
        self._xml.open("attributes")
        if new_key is not None:
            self._write_key(new_key)
            self._key = new_key
        if new_metre is not None:
            if new_metre.beats:  # verovio dies of a metre that ends in the middle, and nothing would be printed
                self._write_metre(new_metre)
            self._metre = new_metre
        for staff, clef in new_clefs.items():
            self._write_clef(staff, clef)
            self._clefs[staff] = clef
        if transpose is not None and is_transposed:
            self._write_transposition(transpose)
            self._transpose = transpose
        self._xml.close("attributes")

    def _write_transposition(self, semitones: int) -> None:
        steps, rest, octaves = interval_of(semitones)
        self._xml.open("transpose")
        self._xml.leaf("diatonic", steps)
        self._xml.leaf("chromatic", rest)
        if octaves:
            self._xml.leaf("octave-change", octaves)
        self._xml.close("transpose")

    def _write_key(self, key: Key) -> None:
        xml = self._xml
        xml.open("key")
        if key.signature is None:
            xml.leaf("fifths", key.fifths)
            if key.mode:
                xml.leaf("mode", key.mode)
        elif not key.signature:
            xml.leaf("fifths", 0)
        else:
            for step, alter in key.signature:
                xml.leaf("key-step", step)
                xml.leaf("key-alter", alter)
        xml.close("key")

    def _write_metre(self, metre: Metre) -> None:
        xml = self._xml
        if not metre.beats:
            xml.open('time print-object="no"')
            xml.empty("senza-misura")
        else:
            xml.open(f'time symbol="{metre.symbol}"' if metre.symbol else "time")
            xml.leaf("beats", "+".join(str(beat) for beat in metre.beats) if not metre.symbol else _symbol_beats(metre))
            xml.leaf("beat-type", 4 if metre.symbol == "common" else metre.unit)
        xml.close("time")

    def _write_clef(self, staff: int, clef: Clef) -> None:
        xml = self._xml
        xml.open(f'clef number="{staff}"' if self._num_staves > 1 else "clef")
        xml.leaf("sign", clef.sign)
        if clef.line is not None:
            xml.leaf("line", clef.line)
        if clef.octave_change:
            xml.leaf("clef-octave-change", clef.octave_change)
        xml.close("clef")


def _symbol_beats(metre: Metre) -> int:
    return 4 if metre.symbol == "common" else 2
