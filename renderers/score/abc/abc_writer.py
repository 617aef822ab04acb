"""A tune as ABC 2.1, voice by voice: what the reader reads again as the same tune.

    V:1
    |:CDEF|G4:|
    w:words un-der the notes

What is promised: notes, lengths, ties inside a voice, slurs, repeats, endings in every voice, words, signs and
directions. Accidentals are written wherever any program would need one, whether it lets them hold for their octave or
for all of them.
What is not: ties from one voice to another, invisible notes, page layout.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from renderers.score.abc.abc_music import MusicWriter
from renderers.score.abc.abc_names import clef_name, key_name, metre_name, quoted, tempo_text
from renderers.score.abc.abc_words import write_words
from renderers.score.abc.keys import NO_KEY, Key
from renderers.score.abc.measures import WITHOUT_METRE
from renderers.score.abc.metres import FREE, Metre
from renderers.score.abc.model import BarSign, Tune, Voice
from renderers.score.abc.part_writer import transpose_of
from renderers.score.abc.tempos import Tempo

BARS_PER_LINE = 4
UNIT = Fraction(1, 8)
_STYLES = {
    "": "|", "light-light": "||", "light-heavy": "|]", "heavy-heavy": "|]", "heavy-light": "[|", "dotted": ".|",
    "none": "[|]",
}  # fmt: skip


def write_abc(tune: Tune, *, title: str = "", composer: str = "", one_line: bool = False) -> str:
    """The whole text. title, composer: in place of the tune's own; one_line: each voice in one piece, as corpora want.

    With one_line accidentals are those of the page: in such ABC they hold for their own octave.
    """
    lengths = measure_lengths(tune)
    lines = [*header_lines(tune, title, composer), *declare(tune)]
    writers = {voice.id: MusicWriter(voice, lengths, for_any_program=not one_line) for voice in tune.voices}
    step = max(1, len(lengths)) if one_line else BARS_PER_LINE
    head_key, head_metre = first_of(tune)
    for start in range(0, len(lengths), step):
        for voice in tune.voices:
            end = min(start + step, len(voice.bars))
            if start >= end:
                continue
            writer = writers[voice.id]
            if start == 0:
                writer.begin(head_key, head_metre, without_tempo=voice is tune.voices[0] and tempo_of(tune) is not None)
            lines.append(f"V:{voice.id}")
            lines.append(_music_line(voice, writer, start, end))
            lines += write_words(voice, start, end)
    return "\n".join(lines) + "\n"


def measure_lengths(tune: Tune) -> list[Fraction]:
    """The length of every measure in whole notes: of the longest voice; where all rest, as the metre says."""
    lengths = []
    for index in range(max((len(voice.bars) for voice in tune.voices), default=0)):
        bars = [voice.bars[index] for voice in tune.voices if index < len(voice.bars)]
        longest = max((bar.length() for bar in bars), default=Fraction(0))
        usual = max((bar.metre.length or WITHOUT_METRE for bar in bars), default=WITHOUT_METRE)
        lengths.append(longest or usual)
    return lengths


# --- header ----------------------------------------------------------------------------------------------------------


def header_lines(tune: Tune, title: str, composer: str) -> list[str]:
    """All above the voices."""
    key, metre = first_of(tune)
    tempo = tempo_of(tune)
    titles, composers = ([title] if title else tune.titles), ([composer] if composer else tune.composers)
    return [
        "X:1",
        *(f"T:{_line(text)}" for text in titles or [""]),
        *(f"C:{_line(text)}" for text in composers),
        f"%%score {_layout(tune)}",
        "L:1/8",
        *([f"Q:{tempo_text(tempo)}"] if tempo is not None else []),
        f"M:{metre_name(metre)}",
        f"K:{key_name(key)}",
    ]


def _line(text: str) -> str:
    """Text on one line; a per cent sign is no remark and a backslash no escape."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("%", "\\%")


def first_of(tune: Tune) -> tuple[Key, Metre]:
    """Key and metre of the tune header: those of a voice that sounds as it is written."""
    first = next((voice for voice in tune.voices if voice.bars and not transpose_of(voice)), tune.voices[0])
    return (first.bars[0].key, first.bars[0].metre) if first.bars else (NO_KEY, FREE)


def tempo_of(tune: Tune) -> Tempo | None:
    """The tempo in front of all music, which belongs in the header."""
    voice = tune.voices[0]
    for item in voice.bars[0].layers[0] if voice.bars else ():
        if isinstance(item, Tempo):
            return item
        if not hasattr(item, "text"):
            return None
    return None


def _layout(tune: Tune) -> str:
    """`%%score [(1 2) 3] {4 | 5}`."""
    words = []
    for index, part in enumerate(tune.layout.parts):
        words += ["[" for first, _ in tune.layout.groups if first == index]
        staves = [f"( {' '.join(staff)} )" if len(staff) > 1 else staff[0] for staff in part.staves]
        words.append(f"{{ {' | '.join(staves)} }}" if part.is_braced or len(staves) > 1 else staves[0])
        words += ["]" for _, last in tune.layout.groups if last == index]
    return " ".join(words)


def declare(tune: Tune) -> Iterator[str]:
    """The `V:` lines, and how the voices sound."""
    for voice in tune.voices:
        words = [f"V:{voice.id}", clef_name(voice.bars[0].clef if voice.bars else voice.clef)]
        if voice.staff_lines:
            words.append(f"stafflines={voice.staff_lines}")
        if transpose := transpose_of(voice):
            words.append(f"transpose={transpose}")
        if voice.name:
            words.append(f"nm={quoted(voice.name)}")
        if voice.subname:
            words.append(f"snm={quoted(voice.subname)}")
        yield " ".join(words)
        if voice.sound.is_drums:
            yield "%%MIDI channel 10"
            yield from (
                f"%%MIDI drummap {_drum_note(pitch)} {drum}" for pitch, drum in sorted(voice.sound.drums.items())
            )
        elif voice.sound.program is not None:
            yield f"%%MIDI program {voice.sound.program}"


def _drum_note(pitch: int) -> str:
    octave, step = divmod(pitch, 12)
    letter = ("C", "^C", "D", "^D", "E", "F", "^F", "G", "^G", "A", "^A", "B")[step]
    above = octave - 5
    return letter.lower() + "'" * (above - 1) if above > 0 else letter + "," * -above


# --- barlines --------------------------------------------------------------------------------------------------------


def _music_line(voice: Voice, writer: MusicWriter, start: int, end: int) -> str:
    """Some bars with the barlines around them."""
    text = opening_sign(voice.signs[start], is_line_start=True)
    for index in range(start, end):
        sign = voice.signs[index + 1] if index + 1 < len(voice.signs) else BarSign()
        text += writer.write(index)
        text += "!fermata!" if sign.has_fermata else ""
        text += closing_sign(sign)
        if index + 1 < end:
            text = joined(text, opening_sign(sign, is_line_start=False))
    return text


def closing_sign(sign: BarSign) -> str:
    """The barline behind a bar."""
    return ":" * (sign.ends - 1) + "|" if sign.ends else _STYLES[sign.style]


def opening_sign(sign: BarSign, *, is_line_start: bool) -> str:
    """What begins behind a barline: a repeat, an ending."""
    text = "|" + ":" * (sign.starts - 1) if sign.starts else ""
    if sign.ending:
        is_text = sign.ending.startswith('"')
        text += f"[{sign.ending}" if is_line_start or is_text or sign.starts else sign.ending
    return text


def joined(text: str, opening: str) -> str:
    """A barline and what opens behind it: `:|` and `|:` are `::`, `|` and `|:` are `|:`."""
    if opening.startswith("|:"):
        if text.endswith(":|") and not text.endswith("::|") and not opening.startswith("|::"):
            return f"{text[:-2]}::{opening[2:]}"
        if text.endswith("|") and not text.endswith((":|", "||", ".|")):
            return text[:-1] + opening
    return text + opening


__all__: Sequence[str] = ("UNIT", "measure_lengths", "write_abc")
