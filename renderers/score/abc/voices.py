"""One voice while it is read: its bars, and all that holds from one note to the next.

Ties, slurs, tuplets and broken rhythm go on over barlines; accidentals do not.
"""

from __future__ import annotations

from fractions import Fraction

from renderers import limits
from renderers.score.abc.clefs import TREBLE, Clef
from renderers.score.abc.keys import NO_KEY, Key
from renderers.score.abc.metres import FREE, Metre
from renderers.score.abc.midi_directives import Sound
from renderers.score.abc.model import (
    BarSign,
    ClefChange,
    Event,
    Grace,
    Item,
    KeyChange,
    Voice,
    VoiceBar,
)
from renderers.score.abc.pitches import Spelling
from renderers.score.abc.remarks import Remarks
from renderers.score.abc.slurs import OpenSlurs
from renderers.score.abc.tuplets import OpenTuplets


class VoiceReader:
    """Takes signs in the order they are written and puts them into the bars of its voice."""

    def __init__(self, voice: Voice, music: limits.MusicLimits, remarks: Remarks) -> None:
        self.voice = voice
        self.unit: Fraction | None = None
        self.metre: Metre = FREE
        self.key: Key = NO_KEY
        self.clef: Clef = TREBLE
        self.octave_shift = 0  # of octave= and middle=
        self._program: int | None = None  # since the voice began
        self.spelling = Spelling()
        self.line_events: list[tuple[Event, int]] = []  # the notes of the last line of music, and their bars
        self.num_verses = 0  # that the last line of music has
        self._limits = music
        self._remarks = remarks
        self._bar: VoiceBar | None = None
        self._num_in_bar = 0
        self._has_bar_rest = False
        self._layer = 0
        self._sign = BarSign()
        self._last: dict[int, Event] = {}  # by layer
        self._bar_of_last: VoiceBar | None = None
        self._signs: list[tuple[str, int]] = []  # decorations that wait for a note, and their lines
        self.slurs = OpenSlurs()
        self._tuplets = OpenTuplets()
        self._broken: tuple[Event, Fraction, Fraction] | None = None  # behind >: a note, its factor and the next one's
        self._ties: dict[int, Event] = {}  # by layer: the event that waits for its continuation
        self._joins: Event | None = None  # the next note, if it stands close behind, is on the same beam

    # What holds from here on

    def set_key(self, key: Key) -> None:
        """A key, at the beginning of a bar or inside it."""
        self.key = key
        self.spelling.set_key(key)
        if self._has_begun:
            self.add(KeyChange(key))
        elif self._bar is not None:
            self._bar.key = key

    def set_clef(self, clef: Clef) -> None:
        """A clef, at the beginning of a bar or inside it."""
        self.clef = clef
        self.spelling.octave_shift = self.octave_shift + clef.octave_change
        if self._has_begun:
            self.add(ClefChange(clef))
        elif self._bar is not None:
            self._bar.clef = clef

    def set_metre(self, metre: Metre, line: int) -> None:
        """A metre. Inside a bar it holds from the next one on: a page cannot show it."""
        self.metre = metre
        if self._has_begun:
            self._remarks.add("metre_in_bar", line)
        elif self._bar is not None:
            self._bar.metre = metre

    def set_transpose(self, semitones: int) -> None:
        """How far the sound is from what is written: from the beginning, or from this bar on."""
        if self.has_music:
            self.bar(0).transpose = semitones
        else:
            self.voice.transpose = semitones

    @property
    def has_music(self) -> bool:
        """Whether anything that takes time stands in the voice."""
        return bool(self.voice.bars) or self._has_begun

    def set_sound(self, sound: Sound) -> bool:
        """What a `%%MIDI` line says, from here on. Returns whether it can be followed in the middle of a tune."""
        before = self.voice.sound
        if not self.has_music:
            self.voice.sound = sound
            return True
        if sound.transpose != before.transpose:
            self.set_transpose(sound.transpose)
        if sound.program != before.program:
            self._program = self.bar(0).program = sound.program
        return sound.channel == before.channel and sound.drums == before.drums

    @property
    def _has_begun(self) -> bool:
        """Whether the bar holds anything that takes time."""
        return self._bar is not None and any(isinstance(i, Event) for layer in self._bar.layers for i in layer)

    @property
    def unit_length(self) -> Fraction:
        """What L: is, or what the metre makes of it where there is none."""
        return self.unit or self.metre.unit_length

    # Bars

    def bar(self, line: int) -> VoiceBar:
        """The bar that is being written; begun if need be."""
        if self._bar is None:
            self._bar = VoiceBar(self.metre, self.key, self.clef, line, program=self._program)
            self._limits.count_bars(self.voice.id)
        return self._bar

    def add(self, item: Item, line: int = 0) -> None:
        """Put something into the current layer of the bar."""
        self.bar(line).layers[self._layer].append(item)

    def end_bar(self, sign: BarSign) -> None:
        """A barline. Several with nothing between them are one."""
        if self._bar is None or not self._has_content(self._bar):
            self._sign.merge(sign)
            return
        self._close_bar()
        self._sign = sign

    def _has_content(self, bar: VoiceBar) -> bool:
        return any(isinstance(item, Event | Grace) for layer in bar.layers for item in layer)

    def _close_bar(self) -> None:
        assert self._bar is not None
        for layer in self._bar.layers:
            while layer and isinstance(layer[-1], KeyChange):  # it belongs to the next bar, which knows its key
                layer.pop()
        self.voice.bars.append(self._bar)
        self.voice.signs.append(self._sign)
        self._bar, self._layer, self._sign = None, 0, BarSign()
        self._num_in_bar, self._has_bar_rest = 0, False
        self._joins = None
        self.spelling.begin_bar()

    @property
    def num_bars(self) -> int:
        """The bars so far, with the one that is being written."""
        return len(self.voice.bars) + self.is_writing

    @property
    def is_writing(self) -> bool:
        """Whether there is music behind the last barline."""
        return self._bar is not None and self._has_content(self._bar)

    def add_empty_bar(self, line: int) -> None:
        """A bar in which the voice has nothing: as long as the others'."""
        self.bar(line)
        self._close_bar()

    def insert_first(self, item: Item) -> None:
        """Put something in front of all music."""
        bar = self.voice.bars[0] if self.voice.bars else self.bar(0)
        bar.layers[0].insert(0, item)

    def insert_before(self, event: Event, item: Item) -> bool:
        """Put something in front of an event of one of the last bars. Returns whether it was found."""
        for bar in [self._bar, *reversed(self.voice.bars)]:
            for layer in bar.layers if bar else ():
                place = next((place for place, other in enumerate(layer) if other is event), None)
                if place is not None:
                    layer.insert(place, item)
                    return True
        return False

    def begin_layer(self, line: int) -> None:
        """`&`: what follows sounds together with the bar so far."""
        bar = self.bar(line)
        self._layer += 1
        self.spelling.begin_layer()
        limits.check_layers(self._layer)
        if len(bar.layers) <= self._layer:
            bar.layers.append([])
        self._joins = None

    def finish(self) -> None:
        """The end of the tune."""
        if self._bar is not None and (self._has_content(self._bar) or self._bar.layers != [[]]):
            trailing = not self._has_content(self._bar) and self.voice.bars
            if trailing:  # a mark behind the last barline: D.C., fine
                self.voice.bars[-1].layers[0] += self._bar.layers[0]
            else:
                self._close_bar()
        self.voice.signs.append(self._sign)
        for name, line in self._signs:
            self._remarks.add("sign_alone", line, text=f"!{name}!")
        self.slurs.finish()
        self._forget_ties()

    # Notes

    def decorate(self, name: str, line: int) -> None:
        """A sign for the note that follows."""
        self._signs.append((name, line))

    def take_signs(self) -> list[str]:
        """The signs that wait for a note."""
        signs = [name for name, _ in self._signs]
        self._signs = []
        return signs

    def has_fermata_waiting(self) -> bool:
        """Whether a fermata stands before the barline; it is taken away."""
        found = [sign for sign in self._signs if sign[0] == "fermata"]
        self._signs = [sign for sign in self._signs if sign[0] != "fermata"]
        return bool(found)

    def add_event(self, event: Event) -> None:
        """A note, chord or rest: it takes its time, its place in tuplets and beams, its ties and slurs."""
        self._measure_bar_rests(event)
        self._tuplets.take(event)
        self._share(event)
        if not event.is_bar_rest:
            limits.check_value(event.nominal, event.line)
        event.signs = self.take_signs() + event.signs
        if self._joins is not None:
            self._joins.is_joined = True
        self._joins = event
        self._tie_to_previous(event)
        self.slurs.begin(event)
        self.add(event, event.line)
        self._num_in_bar += 1
        self._limits.count_notes(len(event.heads), in_bar=self._num_in_bar)
        self._last[self._layer] = event
        self._bar_of_last = self._bar
        if event.heads and self._layer == 0:
            self.line_events.append((event, len(self.voice.bars)))

    def _share(self, event: Event) -> None:
        """Behind `>`: notes of equal length share their time unequally.

        Between others it means nothing (standard, 4.4), and abc2midi and abcjs differ: they stay as they are written.
        """
        if self._broken is None:
            return
        before, first, second = self._broken
        self._broken = None
        if event.length != before.length:
            self._remarks.add("broken_unequal", event.line)
            return
        before.nominal *= first
        event.nominal *= second
        limits.check_value(before.nominal, before.line)

    def _measure_bar_rests(self, event: Event) -> None:
        """A rest that lasts a bar, and has others beside it in its bar, is as long as the metre says."""
        if event.is_bar_rest:
            self._has_bar_rest = True
        elif not self._has_bar_rest:
            return
        layer = self._bar.layers[self._layer] if self._bar is not None else []
        if not self.metre.length or not any(isinstance(item, Event) for item in layer):
            return
        for rest in (*layer, event):
            if isinstance(rest, Event) and rest.is_bar_rest:
                rest.is_bar_rest, rest.nominal = False, self.metre.length

    @property
    def last_event(self) -> Event:
        """The note, chord or rest that was added last."""
        return self._last[self._layer]

    def add_grace(self, grace: Grace) -> None:
        """Grace notes: they take no time, and nothing is broken by them."""
        self.add(grace, grace.events[0].line)

    def tie_on(self) -> None:
        """`-` behind a note or chord."""
        event = self._last.get(self._layer)
        if event is None or not event.heads:
            return
        for head in event.heads:
            head.is_tied_on = True
            self.spelling.hold(head)
        self._ties[self._layer] = event

    def hold_heads(self, event: Event) -> None:
        """Ties that stand inside a chord."""
        if any(head.is_tied_on for head in event.heads):
            self._ties[self._layer] = event
            for head in event.heads:
                if head.is_tied_on:
                    self.spelling.hold(head)

    def _tie_to_previous(self, event: Event) -> None:
        """Join what is tied; a tie that leads to another note, or nowhere, is not drawn."""
        before = self._ties.pop(self._layer, None)
        if before is None:
            return
        now = {(head.step, head.octave, head.alter): head for head in event.heads}
        has_led_on = False
        for head in before.heads:
            if head.is_tied_on and (same := now.get((head.step, head.octave, head.alter))) is not None:
                same.is_tied_back = has_led_on = True
            else:
                head.is_tied_on = False
        if not has_led_on and event.heads:  # to another note: old tunes mean a slur
            self.slurs.join(before, event)
        self.spelling.release()

    def _forget_ties(self) -> None:
        """At the end: ties that lead nowhere."""
        for event in self._ties.values():
            for head in event.heads:
                head.is_tied_on = False

    def break_beam(self) -> None:
        """White space."""
        self._joins = None

    def break_rhythm(self, sign: str, line: int) -> None:
        """`>`, `<<`: the note before and the note behind share their time unequally."""
        event = self._last.get(self._layer)
        if event is None or self._bar is None or self._bar_of_last is not self._bar or len(sign) > 3:
            self._remarks.add("broken_alone", line, text=sign[:5])
            return
        short = Fraction(1, 2 ** len(sign))
        self._broken = (event, 2 - short, short) if sign[0] == ">" else (event, short, 2 - short)

    def open_tuplet(self, actual: int, normal: int | None, num_notes: int | None) -> None:
        """`(3`, `(5:4:6`."""
        self._tuplets.begin(actual, normal, num_notes, self.metre)
