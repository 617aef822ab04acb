"""A whole tune: header and body, line by line, into voices.

Fields before the first `K:` hold for all voices; so do those behind it as long as no music has come. In the body a
field holds for the voice in which it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from renderers.errors import InputRefused
from renderers.sanitise import clean_text
from renderers.score.abc.decorations import USUAL_SYMBOLS, is_known, parse_user_symbol
from renderers.score.abc.drum_accompaniment import DIRECTIVES as DRUM_DIRECTIVES
from renderers.score.abc.drum_accompaniment import DrumAccompaniment
from renderers.score.abc.keys import KeyField, parse_key
from renderers.score.abc.lines import Directive, LogicalLine, Music, parse_instruction
from renderers.score.abc.macros import Macro, expand, parse_macro
from renderers.score.abc.metres import Metre, find_metre, parse_metre
from renderers.score.abc.midi_directives import ACCOMPANIMENT, read_midi_directive
from renderers.score.abc.model import Event, PartLabel, Tune, Words
from renderers.score.abc.music import MusicReader
from renderers.score.abc.pitches import PROPAGATION
from renderers.score.abc.printed_texts import NOT_PRINTED, PRINTED, PrintedTexts
from renderers.score.abc.remarks import Remarks
from renderers.score.abc.rows import Rows, is_interleaved
from renderers.score.abc.staves import Layout, PartLayout, complete_layout, parse_layout
from renderers.score.abc.tempos import Tempo, parse_tempo
from renderers.score.abc.voice_list import VoiceList
from renderers.score.abc.voices import VoiceReader

_UNIT = re.compile(r"(\d{1,2})(?:/(\d{1,3}))?", re.ASCII)
UNITS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
_VOICE = re.compile(r"\s*\[V:\s*([^\]]*)\]")
_SYMBOL = re.compile(r'"[^"]*"|![^!\s]+!|\*|\||[^\s|*]+')


class TuneReader:
    """Reads the lines of one tune. The state of MusicReader, too."""

    def __init__(self, remarks: Remarks) -> None:
        self.remarks = remarks
        self.symbols = dict(USUAL_SYMBOLS)
        self._voices = VoiceList(remarks)
        self._music = MusicReader(self)
        self._rows = Rows(self._voices)
        self._macros: list[Macro] = []
        self._texts = PrintedTexts()
        self._composers: list[str] = []
        self._origin = ""
        self._words_below: list[str] = []
        self._part_order = ""
        self._layout: Layout | None = None
        self._in_body = False
        self._goes_on = False
        self._is_unaccompanied = False
        self._drums = DrumAccompaniment()
        self._header_tempo: tuple[str, int] | None = None
        self._handlers: dict[str, Callable[[str, int], None]] = {
            "C": self._read_composer,
            "K": self._read_key,
            "L": self._read_unit,
            "M": self._read_metre,
            "O": self._read_origin,
            "P": self._read_part,
            "Q": self._read_tempo,
            "T": self._read_title,
            "U": self._read_user_symbol,
            "V": self._read_voice,
            "W": self._read_words_below,
            "m": self._read_macro,
            "s": self._read_symbols,
            "w": self._read_lyrics,
        }

    # Lines

    def read(self, lines: list[LogicalLine]) -> Tune:
        """The tune. Raises InputRefused where it has no music, or music that cannot be drawn."""
        if is_interleaved([line.text for line in lines if isinstance(line, Music)]):
            self._voices.set_propagation("octave")
        for line in lines:
            if isinstance(line, Music):
                self._read_music(line)
            elif isinstance(line, Directive):
                self._read_directive(line)
            else:
                self._read_field(line.letter, line.value, line.number)
        if self._header_tempo is not None:
            self._voices.tempo = self._parse_tempo(*self._header_tempo)
        voices = self._voices.finish()
        if not any(isinstance(i, Event) for v in voices for b in v.bars for layer in b.layers for i in layer):
            raise InputRefused(reason="no_music")
        layout, unplaced = complete_layout(self._layout, [voice.id for voice in voices])
        if unplaced and self._layout is not None:
            self.remarks.add("unplaced", voices=", ".join(unplaced))
        if drums := self._drums.voice(voices):
            voices.append(drums)
            layout.parts.append(PartLayout([[drums.id]]))
        return Tune(
            titles=self._texts.titles,
            texts_above=self._texts.above,
            composers=self._composers,
            origin=self._origin,
            words_below=[*self._texts.take_rest(), *self._words_below],
            part_order=self._part_order,
            voices=voices,
            layout=layout,
        )

    def _read_music(self, line: Music) -> None:
        self._in_body = True
        if not self._goes_on:
            self._voices.begin_line()
        self._goes_on = line.goes_on
        self._rows.begin(line.text)
        self._write_texts(line)
        self._music.read(expand(line.text, self._macros), line.number)
        self._rows.end(line.number)

    def _write_texts(self, line: Music) -> None:
        """Texts that stand before a line of music go over its first bar."""
        if lines := self._texts.take():
            if voice := _VOICE.match(line.text):
                self._voices.select(voice[1])
            for text in lines:
                self.current().add(Words(text, is_above=True), line.number)

    def current(self) -> VoiceReader:
        """The voice that is being written."""
        return self._voices.current()

    # Fields

    def read_inline_field(self, letter: str, value: str, line: int) -> None:
        """A field in square brackets."""
        if letter == "I":
            self._read_directive(Directive(*parse_instruction(value), line))
        elif letter in "KLMPQVU":
            self._read_field(letter, value, line)
        elif letter not in "rNR":
            self.remarks.add("field", line, text=f"[{letter}:]")

    def _read_field(self, letter: str, value: str, line: int) -> None:
        if handler := self._handlers.get(letter):
            handler(value, line)

    def _read_title(self, value: str, _line: int) -> None:
        if value:
            self._texts.add_title(clean_text(value), is_in_header=not self._voices.is_key_known)

    def _read_composer(self, value: str, _line: int) -> None:
        if value:
            self._composers.append(clean_text(value))

    def _read_origin(self, value: str, _line: int) -> None:
        self._origin = self._origin or clean_text(value)

    def _read_words_below(self, value: str, _line: int) -> None:
        self._words_below.append(clean_text(value))

    def _read_part(self, value: str, line: int) -> None:
        if self._in_body or self._voices.has_begun:
            if value:
                self.current().add(PartLabel(clean_text(value)), line)
        elif self._voices.is_key_known:
            self._voices.label = clean_text(value)
        else:
            self._part_order = value

    def _read_metre(self, value: str, line: int) -> None:
        metre = parse_metre(value)
        if metre is None:
            metre = self._find_metre(value, line)
        if metre is None:
            return  # what held before goes on
        for voice in self._voices.addressed():
            voice.set_metre(metre, line)

    def _find_metre(self, value: str, line: int) -> Metre | None:
        """What can be made of a metre that is none: no reason to refuse its notes."""
        metre = find_metre(value)
        if metre is None:
            self.remarks.add("metre", line, text=value)
            return None
        self.remarks.add("metre_in_words", line, text=value)
        return metre

    def _read_unit(self, value: str, line: int) -> None:
        unit = _UNIT.fullmatch(value.replace(" ", "")) if value else None
        if value.strip().lower() in ("", "auto"):
            return
        above, below = (int(unit[1]), int(unit[2] or 1)) if unit else (0, 0)
        if not above or below not in UNITS:
            self.remarks.add("unit", line, text=value)
            return
        for voice in self._voices.addressed():
            voice.unit = Fraction(above, below)

    def _read_tempo(self, value: str, line: int) -> None:
        if not (self._in_body or self._voices.has_begun):
            self._header_tempo = (value, line)  # the old forms need L:, which may stand below
        elif tempo := self._parse_tempo(value, line):
            self.current().add(tempo, line)

    def _parse_tempo(self, value: str, line: int) -> Tempo | None:
        tempo = parse_tempo(value, self.current().unit_length)
        if tempo is None:
            self.remarks.add("tempo", line, text=value)
            return None
        return replace(tempo, words=clean_text(tempo.words))

    def _read_key(self, value: str, line: int) -> None:
        if self._voices.is_key_known and not value:
            return  # converters leave such fields behind
        field = parse_key(value)
        if field.trouble:
            self.remarks.add(field.trouble.reason, line, text=value)
        for voice in self._voices.addressed():
            self._set_key(voice, field, line)
        if not self._voices.is_key_known:
            self._voices.end_header()

    def _set_key(self, voice: VoiceReader, field: KeyField, line: int) -> None:
        if field.key is not None:
            voice.set_key(field.key)
        self._voices.set_properties(voice, field.properties, field.clef, line)

    def _read_voice(self, value: str, line: int) -> None:
        self._voices.select(value, line)
        self._rows.note_voice()

    def _read_user_symbol(self, value: str, line: int) -> None:
        symbol = parse_user_symbol(value)
        if symbol is None:
            self.remarks.add("user_symbol", line, text=value)
            return
        self.symbols[symbol.letter] = "nil" if symbol.meaning == "none" else symbol.meaning
        if not symbol.meaning.startswith('"') and not is_known(self.symbols[symbol.letter]):
            self.remarks.add("sign", line, text=f"!{symbol.meaning}!")
            self.symbols[symbol.letter] = "nil"

    def _read_macro(self, value: str, line: int) -> None:
        macro = parse_macro(value)
        if macro is None:
            self.remarks.add("macro", line, text=value)
        else:
            self._macros.append(macro)

    def _read_lyrics(self, value: str, line: int) -> None:
        self._voices.set_lyrics(value, line)

    def _read_symbols(self, value: str, line: int) -> None:
        """Signs and chord symbols, one for each note of the line above."""
        self._voices.set_symbols(_SYMBOL.findall(value), self.symbols, line)

    # Directives

    def _read_directive(self, line: Directive) -> None:
        if line.name in ("score", "staves"):
            if line.value:
                self._layout = parse_layout(line.value)
        elif line.name == "midi":
            self._read_midi(line)
        elif line.name == "propagate-accidentals" and line.value in PROPAGATION:
            self._voices.set_propagation(line.value)
        elif line.name in PRINTED and line.value:
            self._texts.add(clean_text(line.value), is_in_header=not self._voices.is_key_known)
        elif line.name in NOT_PRINTED and line.value:
            self.remarks.add("text", line.number)
        elif line.name == "abc-include":
            self.remarks.add("include", line.number)
        elif line.name == "transpose":
            self.remarks.add("transpose", line.number)

    def _read_midi(self, line: Directive) -> None:
        understood = True
        name = line.value.partition(" ")[0].lower()
        if name in DRUM_DIRECTIVES:
            if not self._drums.read(line.value, self._voices.num_bars_begun):
                self.remarks.add("midi", line.number, text=line.value)
            return
        if name == "nobarlines":
            self._voices.set_propagation("not")
        for voice in self._voices.addressed() if name.endswith("transpose") else self._voices.meant():
            sound, is_known = read_midi_directive(voice.voice.sound, line.value)
            understood = voice.set_sound(sound) and is_known
        if not understood:
            self.remarks.add("midi", line.number, text=line.value)
        elif name in ACCOMPANIMENT:
            self._note_accompaniment(line.number, name)

    def _note_accompaniment(self, number: int, name: str) -> None:
        """Say once that nobody accompanies."""
        if not self._is_unaccompanied:
            self.remarks.add("accompaniment", number, text=f"%%MIDI {name}")
        self._is_unaccompanied = True
