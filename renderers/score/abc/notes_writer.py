"""`<note>`: notes, chords, rests and grace notes of one part."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from renderers.score.abc.beams import FLAGS, Beamed, set_beams
from renderers.score.abc.durations import AS_WRITTEN, NoteValue, single_value
from renderers.score.abc.layers import Piece, rest_values, space_values
from renderers.score.abc.metres import Metre
from renderers.score.abc.model import Event, Grace, Head, Voice
from renderers.score.abc.notations_writer import NotationsWriter
from renderers.score.abc.score_parts import ScorePart
from renderers.score.abc.xml_text import XmlText

ACCIDENTALS = {
    Fraction(0): "natural", Fraction(1): "sharp", Fraction(-1): "flat", Fraction(2): "double-sharp",
    Fraction(-2): "flat-flat", Fraction(1, 2): "quarter-sharp", Fraction(-1, 2): "quarter-flat",
    Fraction(3, 2): "three-quarters-sharp", Fraction(-3, 2): "three-quarters-flat",
}  # fmt: skip


class NotesWriter:
    """Writes for one part."""

    def __init__(self, xml: XmlText, part: ScorePart, *, divisions: int) -> None:
        self._xml = xml
        self._part = part
        self._divisions = divisions
        self._notations = NotationsWriter(xml)
        self._names_instruments = part.names_instruments
        self.program: int | None = None  # of the bar that is being written, where the voice has changed it

    def ticks(self, length: Fraction) -> int:
        """A length in divisions. They are chosen so that it is a whole number."""
        return length.numerator * 4 * self._divisions // length.denominator

    def write_rest(self, length: Fraction, metre: Metre, *, number: int, staff: int | None) -> None:
        """A rest as long as the bar, where a voice has nothing."""
        xml = self._xml
        if length != metre.length:
            self._write_rests(rest_values(length, metre), "note", number=number, staff=staff)
            return
        xml.open("note")
        xml.empty('rest measure="yes"')
        xml.leaf("duration", self.ticks(length))
        xml.leaf("voice", number)
        if staff is not None:
            xml.leaf("staff", staff)
        xml.close("note")

    def write_space(self, length: Fraction, *, number: int, staff: int | None) -> None:
        """Rests that nobody sees."""
        self._write_rests(space_values(length), 'note print-object="no"', number=number, staff=staff)

    def _write_rests(self, values: Sequence[NoteValue], tag: str, *, number: int, staff: int | None) -> None:
        xml = self._xml
        for value in values:
            xml.open(tag)
            xml.empty("rest")
            xml.leaf("duration", self.ticks(value.length))
            xml.leaf("voice", number)
            if value.ratio is AS_WRITTEN:
                xml.leaf("type", value.type)
                for _ in range(value.num_dots):
                    xml.empty("dot")
            if staff is not None:
                xml.leaf("staff", staff)
            xml.close("note")

    def write(self, voice: Voice, piece: Piece, *, number: int, staff: int | None) -> None:
        """One sign: a note, all notes of a chord, or a rest. number: of the voice in the part; staff: from 1."""
        for place, head in enumerate(piece.event.heads or [None]):
            self._write_note(voice, piece, head, number=number, staff=staff, is_chord_note=place > 0)

    def _write_note(
        self, voice: Voice, piece: Piece, head: Head | None, *, number: int, staff: int | None, is_chord_note: bool
    ) -> None:
        xml, event = self._xml, piece.event
        ties = self._ties(piece, head)
        xml.open("note" if event.is_visible else 'note print-object="no"')
        if is_chord_note:
            xml.empty("chord")
        if head is None:
            xml.empty("rest" if piece.value is not None else 'rest measure="yes"')
        else:
            self._write_pitch(voice, head)
        xml.leaf("duration", self.ticks(piece.length))
        for tie in ties:
            xml.empty(f'tie type="{tie}"')
        self._write_instrument(voice, head)
        xml.leaf("voice", number)
        self._write_value(piece, head)
        self._write_stem(voice, event, head)
        if staff is not None:
            xml.leaf("staff", staff)
        for level, beam in enumerate(() if is_chord_note else piece.beams, 1):
            xml.leaf(f'beam number="{level}"', beam)
        self._notations.write(
            voice.id,
            event,
            head,
            ties=ties,
            tuplets=piece.tuplets,
            is_first=piece.is_first,
            is_last=piece.is_last,
            is_chord_note=is_chord_note,
        )
        if piece.is_first and not is_chord_note:
            self._write_lyrics(event)
        xml.close("note")

    def _write_value(self, piece: Piece, head: Head | None) -> None:
        """Type, dots, accidental, and what a tuplet makes of it."""
        xml = self._xml
        if piece.value is not None:
            xml.leaf("type", piece.value.type)
            for _ in range(piece.value.num_dots):
                xml.empty("dot")
        if head is not None and piece.is_first:
            self._write_accidental(piece.event, head)
        if piece.actual != 1 or piece.normal != 1:
            xml.open("time-modification")
            xml.leaf("actual-notes", piece.actual)
            xml.leaf("normal-notes", piece.normal)
            xml.close("time-modification")

    def _ties(self, piece: Piece, head: Head | None) -> list[str]:
        """MusicXML wants the end of one tie before the beginning of the next."""
        if head is None:
            return []
        ties = ["stop"] if head.is_tied_back or not piece.is_first else []
        return [*ties, "start"] if head.is_tied_on or not piece.is_last else ties

    def _write_pitch(self, voice: Voice, head: Head) -> None:
        xml = self._xml
        if voice.sound.is_drums:
            xml.open("unpitched")
            xml.leaf("display-step", head.step)
            xml.leaf("display-octave", head.octave)
            xml.close("unpitched")
            return
        xml.open("pitch")
        xml.leaf("step", head.step)
        if head.alter:
            xml.leaf("alter", head.alter if isinstance(head.alter, int) else float(head.alter))
        xml.leaf("octave", head.octave)
        xml.close("pitch")

    def _write_instrument(self, voice: Voice, head: Head | None) -> None:
        if head is None:
            return
        if voice.sound.is_drums:
            self._xml.empty(f'instrument id="{self._part.drum_id(voice, head)}"')
        elif self._names_instruments:
            self._xml.empty(f'instrument id="{self._part.instrument_id(voice, self.program)}"')

    def _write_accidental(self, event: Event, head: Head) -> None:
        if not head.is_accidental_written:
            return
        how = ""
        if "courtesy" in event.signs:
            how = ' parentheses="yes"'
        elif "editorial" in event.signs:
            how = ' editorial="yes"'
        self._xml.leaf(f"accidental{how}", ACCIDENTALS[Fraction(head.alter)])

    def _write_stem(self, voice: Voice, event: Event, head: Head | None) -> None:
        if head is not None and "stemless" in event.signs:
            self._xml.leaf("stem", "none")
        if head is not None and voice.sound.is_drums:
            self._xml.leaf("notehead", "normal")

    def _write_lyrics(self, event: Event) -> None:
        xml = self._xml
        for verse, syllable in sorted(event.syllables.items()):
            xml.open(f'lyric number="{verse}"')
            xml.leaf("syllabic", syllable.syllabic)
            xml.leaf("text", syllable.text)
            if syllable.is_held:
                xml.empty("extend")
            xml.close("lyric")

    def write_grace(self, voice: Voice, grace: Grace, *, number: int, staff: int | None) -> None:
        """Grace notes, beamed together."""
        signs = []
        values = []
        for event in grace.events:
            value = single_value(event.nominal) or ("eighth", 0)
            values.append(value)
            signs.append(Beamed(FLAGS.get(value[0], 0), is_note=True, is_joined=event.is_joined))
        set_beams(signs)
        for place, (event, value, sign) in enumerate(zip(grace.events, values, signs, strict=True)):
            for chord_place, head in enumerate(event.heads):
                is_slashed = grace.is_slashed and place == 0
                self._write_grace_note(
                    voice, event, head, value, sign.beams if chord_place == 0 else [],
                    tag='grace slash="yes"' if is_slashed else "grace", number=number, staff=staff,
                    is_chord_note=chord_place > 0,
                )  # fmt: skip

    def _write_grace_note(
        self,
        voice: Voice,
        event: Event,
        head: Head,
        value: tuple[str, int],
        beams: list[str],
        *,
        tag: str,
        number: int,
        staff: int | None,
        is_chord_note: bool,
    ) -> None:
        xml = self._xml
        xml.open("note")
        xml.empty(tag)
        if is_chord_note:
            xml.empty("chord")
        self._write_pitch(voice, head)
        self._write_instrument(voice, head)
        xml.leaf("voice", number)
        xml.leaf("type", value[0])
        for _ in range(value[1]):
            xml.empty("dot")
        self._write_accidental(event, head)
        if staff is not None:
            xml.leaf("staff", staff)
        for level, beam in enumerate(beams, 1):
            xml.leaf(f'beam number="{level}"', beam)
        self._notations.write(
            voice.id, event, head, ties=(), tuplets=(), is_first=True, is_last=True, is_chord_note=is_chord_note
        )
        xml.close("note")
