"""A tune as interleaved ABC, the form that a network reads: a line is one bar of all voices.

    [V:1]c2 d2 e2|[V:2]C6|

What is promised: notes, lengths, ties inside a voice, slurs, repeats and endings, signs and directions, as in
`abc_writer.py`; voices are called 1, 2, 3 ..., every voice has every bar, and a bar is as long as its longest voice.
What is not: words that are sung, which such lines have no room for; part labels; fermatas on barlines.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from renderers.score.abc.abc_music import MusicWriter
from renderers.score.abc.abc_names import length_text
from renderers.score.abc.abc_writer import (
    UNIT,
    closing_sign,
    declare,
    first_of,
    header_lines,
    joined,
    measure_lengths,
    opening_sign,
    tempo_of,
)
from renderers.score.abc.model import BarSign, Event, Item, PartLabel, Tune, Voice, VoiceBar
from renderers.score.abc.staves import Layout, PartLayout

UNBEAMED = Fraction(1, 4)  # notes so long, and longer ones


def write_interleaved(tune: Tune, *, title: str = "", composer: str = "") -> str:
    """The whole text. title, composer: in place of the tune's own."""
    tune = _renamed(tune)
    lengths = measure_lengths(tune)
    writers = {voice.id: MusicWriter(voice, lengths, for_any_program=False) for voice in tune.voices}
    key, metre = first_of(tune)
    for voice in tune.voices:
        is_first = voice is tune.voices[0]
        writers[voice.id].begin(key, metre, without_tempo=is_first and tempo_of(tune) is not None)
    lines = [*header_lines(tune, title, composer), *declare(tune)]
    signs = max(tune.voices, key=lambda voice: len(voice.bars)).signs
    for index, length in enumerate(lengths):
        bars = [_bar(voice, writers[voice.id], index, length_text(length, UNIT)) for voice in tune.voices]
        opening, closing = _barlines(signs, index, last=len(lengths) - 1)
        lines.append(
            "".join(f"[V:{voice.id}]{opening}{bar}{closing}" for voice, bar in zip(tune.voices, bars, strict=True))
        )
    return "\n".join(lines) + "\n"


def _bar(voice: Voice, writer: MusicWriter, index: int, length: str) -> str:
    if index >= len(voice.bars):
        return f"z{length}"
    return writer.write(index).strip() or f"z{length}"


def _barlines(signs: list[BarSign], index: int, *, last: int) -> tuple[str, str]:
    """Before the first bar and behind every one; what opens behind a barline stands with it, as `:|2` does."""
    opening = opening_sign(signs[0], is_line_start=False) if index == 0 and signs else ""
    behind = signs[index + 1] if index + 1 < len(signs) else BarSign()
    closing = closing_sign(behind)
    return opening, joined(closing, opening_sign(behind, is_line_start=False)) if index < last else closing


def _renamed(tune: Tune) -> Tune:
    """The tune with its voices numbered, and without what such lines cannot say."""
    names = {voice.id: str(number) for number, voice in enumerate(tune.voices, start=1)}
    parts = [
        PartLayout(
            staves=[[names[voice] for voice in staff if voice in names] for staff in part.staves],
            is_braced=part.is_braced,
        )
        for part in tune.layout.parts
    ]
    voices = [replace(voice, id=names[voice.id], bars=[_plain(bar) for bar in voice.bars]) for voice in tune.voices]
    return replace(tune, voices=voices, layout=Layout(parts=parts, groups=list(tune.layout.groups)))


def _plain(bar: VoiceBar) -> VoiceBar:
    """Without part labels; notes that have no beam stand apart, as corpora have them."""
    return replace(
        bar, layers=[[_apart(item) for item in layer if not isinstance(item, PartLabel)] for layer in bar.layers]
    )


def _apart(item: Item) -> Item:
    is_long = isinstance(item, Event) and item.nominal >= UNBEAMED
    return replace(item, is_joined=False) if isinstance(item, Event) and is_long else item
