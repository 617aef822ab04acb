"""The music of one voice as ABC, bar by bar."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from renderers.score.abc.abc_names import clef_name, key_name, length_text, metre_name, quoted, tempo_text
from renderers.score.abc.chord_symbols import ChordSymbol
from renderers.score.abc.clefs import Clef
from renderers.score.abc.decorations import LINES
from renderers.score.abc.keys import Key
from renderers.score.abc.metres import Metre
from renderers.score.abc.model import (
    ClefChange,
    DynamicMark,
    Event,
    Grace,
    Head,
    Item,
    Jump,
    KeyChange,
    LineEnd,
    PartLabel,
    StaffChange,
    Voice,
    VoiceBar,
    Words,
    layer_length,
)
from renderers.score.abc.part_writer import transpose_of
from renderers.score.abc.tempos import Tempo

UNIT = Fraction(1, 8)
ANY_OCTAVE = -99
_ACCIDENTALS = {Fraction(1): "^", Fraction(2): "^^", Fraction(-1): "_", Fraction(-2): "__", Fraction(0): "="}
_LINES = {line: name for name, line in reversed(LINES.items())}
_SIGNS = {"staccato": "."}


class MusicWriter:
    """Writes one voice and knows what holds in it. lengths: of all measures, in whole notes."""

    def __init__(self, voice: Voice, lengths: Sequence[Fraction], *, for_any_program: bool) -> None:
        self._voice = voice
        self._lengths = lengths
        self._for_any_program = for_any_program
        first = voice.bars[0] if voice.bars else None
        self._key: Key = first.key if first else voice.key
        self._metre: Metre = first.metre if first else voice.metre
        self._clef: Clef = first.clef if first else voice.clef
        self._transpose = transpose_of(voice)
        self._in_bar: dict[tuple[str, int], Fraction | int] = {}
        self._without_tempo = False
        self._line_kinds: dict[str, str] = {}

    def begin(self, key: Key, metre: Metre, *, without_tempo: bool) -> None:
        """What the header says already: key, metre, and perhaps the first tempo."""
        self._key, self._metre, self._without_tempo = key, metre, without_tempo

    def write(self, index: int) -> str:
        """One bar, without its barlines."""
        bar = self._voice.bars[index]
        length = self._lengths[index]
        changes = self._changes(bar)
        layers = []
        self._in_bar = {}
        for place, layer in enumerate(bar.layers):
            layers.append(self._layer(layer, length, is_first=place == 0))
        return changes + " & ".join(text for text in layers if text)

    def _changes(self, bar: VoiceBar) -> str:
        """Fields in front of a bar, for what is new in it."""
        text = ""
        words = []
        if bar.key != self._key:
            words.append(key_name(bar.key))
        if bar.clef != self._clef:
            words.append(clef_name(bar.clef))
        if bar.transpose is not None and bar.transpose != self._transpose:
            words = words or [key_name(bar.key)]
            words.append(f"transpose={bar.transpose}")
            self._transpose = bar.transpose
        if words:
            text += f"[K:{' '.join(words)}]"
        if bar.metre != self._metre:
            text += f"[M:{metre_name(bar.metre)}]"
        self._key, self._clef, self._metre = bar.key, bar.clef, bar.metre
        return text

    # Layers

    def _layer(self, layer: Sequence[Item], length: Fraction, *, is_first: bool) -> str:
        if not any(isinstance(item, Event) for item in layer):
            rest = "z" if is_first and not self._is_second() else "x"
            return "".join(map(self._mark, layer)) + rest + length_text(length, UNIT)
        pieces: list[str] = []
        open_tuplets: tuple[int, ...] = ()
        is_joined = True
        for place, item in enumerate(layer):
            if isinstance(item, Event):
                begun = [tuplet for tuplet in item.tuplets if tuplet.id not in open_tuplets]
                open_tuplets = tuple(tuplet.id for tuplet in item.tuplets)
                text = "".join(
                    _tuplet(tuplet.actual, tuplet.normal, _count(layer, place, tuplet.id)) for tuplet in begun
                )
                pieces.append(("" if is_joined else " ") + text + self._pending + self._event(item, length))
                is_joined, self._pending = item.is_joined, ""
            elif isinstance(item, Grace):
                self._pending += self._grace(item)
            else:
                self._pending += self._mark(item)
        missing = length - layer_length(list(layer))
        has_bar_rest = any(isinstance(item, Event) and item.is_bar_rest for item in layer)
        text = "".join(pieces) + self._pending
        self._pending = ""
        return text + (f" x{length_text(missing, UNIT)}" if missing > 0 and not has_bar_rest else "")

    _pending = ""

    def _is_second(self) -> bool:
        """Whether the voice has nothing of its own to say in most of its bars: others of its staff rest for it."""
        return 2 * sum(bar.is_silent for bar in self._voice.bars) > len(self._voice.bars)

    def _event(self, event: Event, length: Fraction) -> str:
        written = length if event.is_bar_rest else event.nominal
        signs = "".join(map(_sign, event.signs))
        slurs = "(" * len(event.slurs_begun)
        ends = ")" * len(event.slurs_ended)
        if not event.heads:
            return f"{signs}{slurs}{'z' if event.is_visible else 'x'}{length_text(written, UNIT)}{ends}"
        if len(event.heads) == 1:
            head = event.heads[0]
            tie = "-" if head.is_tied_on else ""
            return f"{signs}{slurs}{self._pitch(head)}{length_text(written, UNIT)}{tie}{ends}"
        are_all_tied = all(head.is_tied_on for head in event.heads)
        notes = "".join(
            self._pitch(head) + ("-" if head.is_tied_on and not are_all_tied else "") for head in event.heads
        )
        return f"{signs}{slurs}[{notes}]{length_text(written, UNIT)}{'-' if are_all_tied else ''}{ends}"

    def _grace(self, grace: Grace) -> str:
        notes = ""
        for event in grace.events:
            pitches = "".join(map(self._pitch, event.heads))
            chord = f"[{pitches}]" if len(event.heads) > 1 else pitches
            notes += (
                "(" * len(event.slurs_begun) + chord + length_text(event.nominal, UNIT) + ")" * len(event.slurs_ended)
            )
        return f"{{{'/' if grace.is_slashed else ''}{notes}}}"

    # Pitches

    def _pitch(self, head: Head) -> str:
        octave = head.octave - self._clef.octave_change
        letter = head.step if octave < 5 else head.step.lower()
        marks = "'" * (octave - 5) if octave >= 5 else "," * (4 - octave)
        return self._accidental(head) + letter + marks

    def _accidental(self, head: Head) -> str:
        """Written where the page has one, and wherever the letter would be read as another note."""
        place, alter = (head.step, head.octave), Fraction(head.alter)
        of_key = Fraction(dict(self._key.alterations).get(head.step, 0))
        means = {Fraction(self._in_bar.get(place, of_key))}
        if self._for_any_program:
            means |= {of_key, Fraction(self._in_bar.get((head.step, ANY_OCTAVE), of_key))}
        if head.is_tied_back and not self._for_any_program:
            return ""  # it is held by the tie
        if not head.is_accidental_written and means == {alter}:
            return ""
        self._in_bar[place] = self._in_bar[head.step, ANY_OCTAVE] = alter
        return accidental_text(alter)

    # Marks

    def _mark(self, item: Item) -> str:
        if isinstance(item, KeyChange):
            self._key, self._in_bar = item.key, {}
            return f"[K:{key_name(item.key)}]"
        if isinstance(item, ClefChange):
            self._clef = item.clef
            return f"[K:{clef_name(item.clef)}]"
        if isinstance(item, Tempo):
            is_in_header, self._without_tempo = self._without_tempo, False
            return "" if is_in_header else f"[Q:{tempo_text(item)}]"
        if isinstance(item, StaffChange):
            return f"[I:staff {item.offset:+d}]"
        if isinstance(item, Words):
            return _words(item)
        return _plain_mark(item)


def _plain_mark(item: Item) -> str:
    if isinstance(item, DynamicMark | Jump):
        return f"!{item.name}!"
    if isinstance(item, LineEnd):
        return f"!{_LINES[item.element, item.what, item.end]}!"
    if isinstance(item, PartLabel):
        return f"[P:{item.text.replace(']', ')')}]"
    if isinstance(item, ChordSymbol):
        return quoted(_chord_symbol(item))
    return ""


def _words(words: Words) -> str:
    text = quoted(words.text)[1:-1]
    return f'"{"^" if words.is_above else "_"}{text}"' if text else ""


def _chord_symbol(symbol: ChordSymbol) -> str:
    signs = {1: "#", -1: "b", 0: ""}
    bass = f"/{symbol.bass}{signs[symbol.bass_alter]}" if symbol.bass else ""
    return f"{symbol.root}{signs[symbol.root_alter]}{symbol.text}{bass}"


def _sign(sign: str) -> str:
    return _SIGNS.get(sign) or f"!{sign}!"


def _tuplet(actual: int, normal: int, count: int) -> str:
    return f"({actual}" if (actual, normal, count) == (3, 2, 3) else f"({actual}:{normal}:{count}"


def _count(layer: Sequence[Item], place: int, id_: int) -> int:
    """How many notes a tuplet has from here on."""
    return sum(isinstance(item, Event) and any(tuplet.id == id_ for tuplet in item.tuplets) for item in layer[place:])


def accidental_text(alter: Fraction) -> str:
    """`^`, `__`, `=`, and `^/` for quarter tones."""
    if alter in _ACCIDENTALS:
        return _ACCIDENTALS[alter]
    sign, size = ("^" if alter > 0 else "_"), abs(alter)
    return f"{sign}{size.numerator}/{size.denominator}" if size.numerator > 1 else f"{sign}/"
