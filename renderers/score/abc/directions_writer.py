"""Directions: tempo, words, dynamics, hairpins, pedals, octave brackets, jumps; and chord symbols."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from renderers.score.abc.chord_symbols import ChordSymbol
from renderers.score.abc.decorations import JUMPS
from renderers.score.abc.durations import single_value
from renderers.score.abc.model import DynamicMark, Jump, LineEnd, PartLabel, Words
from renderers.score.abc.tempos import Tempo
from renderers.score.abc.xml_text import XmlText, attribute


class DirectionsWriter:
    """Writes for one part. staff: from 1; None in a part of one staff."""

    def __init__(self, xml: XmlText, *, follows_jumps: bool) -> None:
        """follows_jumps: whether D.C. and the like are played, not only printed."""
        self._xml = xml
        self._follows_jumps = follows_jumps

    def write(self, mark: object, staff: int | None) -> None:
        """Any mark that is a direction; others are passed over."""
        if isinstance(mark, Tempo):
            self.write_tempo(mark, staff)
        elif isinstance(mark, Words):
            self._write("above" if mark.is_above else "below", staff, lambda: self._xml.leaf("words", mark.text))
        elif isinstance(mark, DynamicMark):
            self._write("below", staff, lambda: self._write_dynamics(mark.name))
        elif isinstance(mark, LineEnd):
            self._write_line_end(mark, staff)
        elif isinstance(mark, Jump):
            self._write_jump(mark.name, staff)
        elif isinstance(mark, PartLabel):
            self._write("above", staff, lambda: self._xml.leaf('rehearsal font-weight="bold"', mark.text))
        elif isinstance(mark, ChordSymbol):
            self._write_chord_symbol(mark, staff)

    def _write(
        self,
        placement: str,
        staff: int | None,
        content: Callable[[], None],
        *,
        sound: str = "",
        more: Callable[[], None] | None = None,
    ) -> None:
        xml = self._xml
        xml.open(f'direction placement="{placement}"')
        for one in (content, more):
            if one is not None:
                xml.open("direction-type")
                one()
                xml.close("direction-type")
        if staff is not None:
            xml.leaf("staff", staff)
        if sound:
            xml.empty(f"sound {sound}")
        xml.close("direction")

    def write_tempo(self, tempo: Tempo, staff: int | None) -> None:
        """Words, a metronome mark, and how fast it is played where a number says so."""
        quarters = tempo.quarters_per_minute
        contents: list[Callable[[], None]] = []
        if tempo.words:
            contents.append(lambda: self._xml.leaf("words", tempo.words))
        if quarters is not None:
            contents.append(lambda: self._write_metronome(tempo))
        self._write(
            "above",
            staff,
            contents[0],
            more=contents[1] if len(contents) > 1 else None,
            sound="" if quarters is None else f'tempo="{quarters:.2f}"',
        )

    def _write_metronome(self, tempo: Tempo) -> None:
        beat, factor = tempo.beat or Fraction(1, 4), 1.0
        value = single_value(beat)
        if value is None:  # no note is so long: count quarters
            value, factor = ("quarter", 0), float(beat * 4)
        xml = self._xml
        xml.open("metronome")
        xml.leaf("beat-unit", value[0])
        for _ in range(value[1]):
            xml.empty("beat-unit-dot")
        xml.leaf("per-minute", tempo.number(factor))
        xml.close("metronome")

    def _write_dynamics(self, name: str) -> None:
        self._xml.open("dynamics")
        self._xml.empty(name)
        self._xml.close("dynamics")

    def _write_line_end(self, mark: LineEnd, staff: int | None) -> None:
        placement, tag = "below", ""
        if mark.element == "wedge":
            tag = f'wedge type="{mark.what if mark.end == "start" else "stop"}"'
        elif mark.element == "pedal":
            tag = f'pedal type="{mark.end}"'
        else:
            size, way = mark.what.split()
            is_up = way in ("va", "ma")
            placement = "above" if is_up else "below"
            kind = ("down" if is_up else "up") if mark.end == "start" else "stop"
            tag = f'octave-shift type="{kind}" size="{size}"'
        self._write(placement, staff, lambda: self._xml.empty(tag))

    def _write_jump(self, name: str, staff: int | None) -> None:
        shown, attribute_name, value = JUMPS[name]
        is_sign = shown in ("segno", "coda")
        content = (lambda: self._xml.empty(shown)) if is_sign else (lambda: self._xml.leaf("words", shown))
        self._write("above", staff, content, sound=f'{attribute_name}="{value}"' if self._follows_jumps else "")

    def _write_chord_symbol(self, symbol: ChordSymbol, staff: int | None) -> None:
        xml = self._xml
        xml.open("harmony")
        xml.open("root")
        if symbol.root:
            xml.leaf("root-step", symbol.root)
        else:  # one has to stand there, and is not to be shown
            xml.leaf('root-step text=""', "C")
        if symbol.root_alter:
            xml.leaf("root-alter", symbol.root_alter)
        xml.close("root")
        xml.leaf(f"kind text={attribute(symbol.text)}", symbol.kind)
        if symbol.bass:
            xml.open("bass")
            xml.leaf("bass-step", symbol.bass)
            if symbol.bass_alter:
                xml.leaf("bass-alter", symbol.bass_alter)
            xml.close("bass")
        for degree in symbol.degrees:
            xml.open('degree print-object="no"')
            xml.leaf("degree-value", degree.value)
            xml.leaf("degree-alter", degree.alter)
            xml.leaf("degree-type", degree.type)
            xml.close("degree")
        if staff is not None:
            xml.leaf("staff", staff)
        xml.close("harmony")
