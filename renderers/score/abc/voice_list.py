"""The voices of a tune: made when they are first named, with what the header says for all of them."""

from __future__ import annotations

import re
from dataclasses import replace

from renderers import limits
from renderers.sanitise import clean_text
from renderers.score.abc import decorations
from renderers.score.abc.chord_symbols import parse_chord_symbol
from renderers.score.abc.clefs import PERCUSSION, Clef, parse_clef
from renderers.score.abc.lyrics import set_words
from renderers.score.abc.metres import FREE
from renderers.score.abc.model import DynamicMark, Event, Item, Jump, LineEnd, PartLabel, Voice, Words
from renderers.score.abc.properties import read_number, read_properties
from renderers.score.abc.remarks import Remarks
from renderers.score.abc.tempos import Tempo
from renderers.score.abc.voices import VoiceReader

MAX_ID_CHARS = 40
MAX_NAME_CHARS = 60  # a longer instrument name pushes the music off the page
MAX_TRANSPOSE = 36
NOT_FOLLOWED = frozenset({"instrument", "score", "shift", "sound"})  # they move notes, and no two programs agree how
FIRST_VOICE = "1"
_STEPS = "CDEFGAB"
_ID = re.compile(r'"([^"]*)"?|([^\s"=]+)(?=\s|"|$)')


class VoiceList:
    """All voices in the order they are named. A model voice holds what the header says for all."""

    def __init__(self, remarks: Remarks) -> None:
        self._remarks = remarks
        self._limits = limits.MusicLimits()
        self._readers: dict[str, VoiceReader] = {}
        self._model = VoiceReader(Voice("*"), self._limits, remarks)
        self._current: VoiceReader | None = None
        self._all_properties: list[tuple[dict[str, str], Clef | None]] = []  # of V:*
        self.is_key_known = False
        self.tempo: Tempo | None = None  # of the header
        self.label = ""  # a P: behind the key, before any note

    @property
    def has_begun(self) -> bool:
        """Whether there is any music."""
        return any(reader.voice.bars or reader.is_writing for reader in self._readers.values())

    @property
    def num_bars_begun(self) -> int:
        """How many bars of the voice that is being written are complete or begun."""
        return self._current.num_bars if self._current is not None else 0

    def current(self) -> VoiceReader:
        """The voice that is being written; the first one where none was named."""
        if self._current is None:
            if not self.is_key_known:
                return self._model
            declared = next(iter(self._readers.values()), None)
            self._current = declared or self._make(FIRST_VOICE)
        return self._current

    def begin_line(self) -> None:
        """A new line of music: words go to its notes."""
        for reader in self._readers.values():
            reader.line_events, reader.num_verses = [], 0

    def readers(self) -> list[VoiceReader]:
        """All voices so far."""
        return list(self._readers.values())

    def meant(self) -> list[VoiceReader]:
        """Whom a directive speaks to: the voice that was named last, even in the header."""
        return [self._current] if self._current is not None else self.addressed()

    def addressed(self) -> list[VoiceReader]:
        """Whom a field speaks to: the voice in which it stands; all of them before there is one."""
        if self._current is not None and self.is_key_known:
            return [self._current]
        if self.has_begun:
            return [self.current()]
        return [self._model, *self._readers.values()]

    # Naming

    def select(self, value: str, line: int = 0) -> None:
        """`V:` with an id and perhaps properties. `V:*` speaks to all voices."""
        id_, rest = _split_id(value.strip())
        words, properties = read_properties(rest)
        clef = next((found for word in words if (found := parse_clef(word))), None) or parse_clef(
            properties.get("clef", "")
        )
        if id_ == "*":
            self._all_properties.append((properties, clef))
            for reader in (self._model, *self._readers.values()):
                self.set_properties(reader, properties, clef, line)
            return
        if not id_:  # its properties speak of the voice in which they stand
            for reader in self.meant():
                self.set_properties(reader, properties, clef, line)
            return
        reader = self._readers.get(id_) or self._make(id_)
        reader.voice.is_declared = True
        self._current = reader
        self.set_properties(reader, properties, clef, line)

    def end_header(self) -> None:
        """Behind the key the voice that the header named last is no longer meant.

        What `L:` is where nobody said is decided here: a metre that comes later does not change it.
        """
        self._current, self.is_key_known = None, True
        for reader in (self._model, *self._readers.values()):
            if reader.metre != FREE:
                reader.unit = reader.unit_length

    def _make(self, id_: str) -> VoiceReader:
        self._limits.count_voice(id_)
        model = self._model
        reader = VoiceReader(Voice(id_, sound=model.voice.sound), self._limits, self._remarks)
        reader.unit, reader.metre, reader.octave_shift = model.unit, model.metre, model.octave_shift
        reader.spelling.propagation = model.spelling.propagation
        reader.voice.staff_lines, reader.voice.transpose = model.voice.staff_lines, model.voice.transpose
        reader.set_key(model.key)
        reader.set_clef(model.clef)
        self._readers[id_] = reader
        for properties, clef in self._all_properties:
            self.set_properties(reader, properties, clef)
        return reader

    def set_properties(self, reader: VoiceReader, properties: dict[str, str], clef: Clef | None, line: int = 0) -> None:
        """What a `V:` or `K:` line says beside the id or the key."""
        for name in NOT_FOLLOWED & properties.keys():
            self._remarks.add("property", line, text=f"{name}={properties[name]}")
        voice = reader.voice
        voice.name = clean_text(properties.get("name", voice.name), max_chars=MAX_NAME_CHARS)
        voice.subname = clean_text(properties.get("subname", voice.subname), max_chars=MAX_NAME_CHARS)
        lines = read_number(properties.get("stafflines"), most=6)
        if lines:
            voice.staff_lines = abs(lines)
        transpose = read_number(properties.get("transpose"), most=MAX_TRANSPOSE)
        if transpose is not None:
            reader.set_transpose(transpose)
        octave = read_number(properties.get("octave"), most=3)
        clef = clef or (reader.clef if octave is not None or "middle" in properties else None)
        if clef is None:
            return
        moved = self._shift_of_middle(properties.get("middle"), clef)
        reader.octave_shift = (octave if octave is not None else reader.octave_shift) + moved
        if moved:  # on the page alone: it sounds as it is written
            reader.set_transpose(voice.transpose - 12 * moved)
        reader.set_clef(clef)

    def _shift_of_middle(self, middle: str | None, clef: Clef) -> int:
        """`middle=d` under a bass clef: the note written d stands where D, does."""
        if not middle or clef.middle is None or middle[0].upper() not in _STEPS:
            return 0
        octave = middle[0].islower() + middle.count("'") - middle.count(",")
        distance = clef.middle - (_STEPS.index(middle[0].upper()) + 7 * octave)
        if distance % 7:
            self._remarks.add("middle", text=middle)
            return 0
        return distance // 7

    def set_propagation(self, how: str) -> None:
        """How far accidentals reach."""
        for reader in (self._model, *self._readers.values()):
            reader.spelling.propagation = how

    # Lines below the music

    def set_lyrics(self, words: str, line: int) -> None:
        """A `w:` line for the notes of the last line of music."""
        reader = self.current()
        reader.num_verses += 1
        syllables, is_complete = set_words(words, [bar for _, bar in reader.line_events])
        for (event, _), syllable in zip(reader.line_events, syllables, strict=True):
            if syllable is not None:
                event.syllables[reader.num_verses] = syllable
        if not is_complete:
            self._remarks.add("words", line)

    def set_symbols(self, symbols: list[str], meanings: dict[str, str], line: int) -> None:
        """An `s:` line: chord symbols, signs, dynamics, one for each note of the last line of music."""
        reader = self.current()
        events = iter(reader.line_events)
        is_lost = False
        for symbol in symbols:
            if symbol == "|":
                continue
            event, _ = next(events, (None, 0))
            if event is None:
                is_lost = True
            elif symbol != "*":
                is_lost = not self._set_symbol(reader, event, symbol.strip("!"), meanings) or is_lost
        if is_lost:
            self._remarks.add("symbols", line)

    def _set_symbol(self, reader: VoiceReader, event: Event, symbol: str, meanings: dict[str, str]) -> bool:
        name = meanings.get(symbol, symbol)
        item: Item
        if symbol.startswith('"'):
            text = clean_text(symbol.strip('"'))
            item = parse_chord_symbol(text) or Words(text.lstrip("^_<>@"), is_above=not text.startswith("_"))
        elif name in decorations.DYNAMICS:
            item = DynamicMark(name)
        elif name in decorations.LINES:
            item = LineEnd(*decorations.LINES[name])
        elif name in decorations.JUMPS:
            item = Jump(name)
        else:
            event.signs.append(name)
            return decorations.is_known(name)
        return reader.insert_before(event, item)

    def finish(self) -> list[Voice]:
        """All voices, finished. Those without any music are left out."""
        if self.tempo is not None or self.label:
            self._put_in_front()
        for reader in self._readers.values():
            reader.finish()
        self._find_percussion()
        return [reader.voice for reader in self._readers.values() if reader.voice.bars]

    def _put_in_front(self) -> None:
        """Tempo and label of the header, at the beginning of the first voice with music."""
        first = next((reader for reader in self._readers.values() if reader.voice.bars or reader.is_writing), None)
        if first is not None:
            if self.label:
                first.insert_first(PartLabel(self.label))
            if self.tempo is not None:
                first.insert_first(self.tempo)

    def _find_percussion(self) -> None:
        """A voice under a percussion clef is played on the channel for drums."""
        for reader in self._readers.values():
            voice = reader.voice
            if voice.sound.channel is None and voice.bars and voice.bars[0].clef == PERCUSSION:
                voice.sound = replace(voice.sound, channel=10)


def _split_id(value: str) -> tuple[str, str]:
    """The id of a voice and what stands behind it. One in quotation marks may have blanks; a long one is cut."""
    found = _ID.match(value)
    if found is None:
        return "", value
    id_ = "_".join((found[1] or found[2] or "").replace("=", " ").split())
    return id_[:MAX_ID_CHARS], value[found.end() :]
