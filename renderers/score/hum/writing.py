"""What was heard as ABC: a line for each bar, in the form that pieces are worked on.

Promises: every bar is as long as its metre says, but for one that comes before the first; a note that lasts over a
barline is tied; notes are beamed by beats. Not covered: the title, which is not heard.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

from renderers.score.hum.heard import Heard
from renderers.score.hum.metre import Metre, metre_named
from renderers.score.hum.songs import QUARTER
from renderers.score.midi.spelling import Spelling, spell

WRITABLE = (16, 12, 8, 7, 6, 4, 3, 2, 1)  # lengths that are one note, in sixteenths
MIDDLE_C_OCTAVE, LOWEST_OF_TREBLE = 4, 57
SHARP, FLAT, NATURAL = "^", "_", "="
SHARPS, FLATS = "FCGDAEB", "BEADGCF"


def write_heard(heard: Heard) -> str:
    """The whole tune as ABC."""
    metre = metre_named(heard.bars.metre)
    assert metre is not None
    pitches = sorted(pitch for *_, pitch in heard.notes)
    clef = "treble" if pitches[len(pitches) // 2] >= LOWEST_OF_TREBLE else "bass"
    head = [
        "X:1",
        "%%score 1",
        "L:1/8",
        f"Q:{tempo_field(heard)}",
        f"M:{metre.name}",
        f"K:{heard.key.abc}",
        f"V:1 {clef}",
    ]
    return "\n".join((*head, *_bars(heard, metre))) + "\n"


def tempo_field(heard: Heard) -> str:
    """As a tune has it: "1/4=96", by dotted quarters where they are the beats."""
    return f"3/8={round(heard.tempo * 2 / 3)}" if heard.bars.metre == "6/8" else f"1/4={heard.tempo}"


def _bars(heard: Heard, metre: Metre) -> Iterator[str]:
    """The lines of the bars."""
    events = _with_rests(heard, metre)
    fifths = heard.key.fifths
    bar: list[str] = []
    altered: dict[tuple[str, int], int] = {}
    place = heard.bars.pickup and metre.bar - heard.bars.pickup
    lines: list[str] = []
    for spelling, length in events:
        while length:
            piece = _piece(place, length, metre)
            length -= piece
            bar.append(_written(spelling, piece, altered, fifths, is_tied=length > 0))
            place += piece
            if place % metre.bar == 0:
                lines.append("".join(bar).strip())
                bar, altered, place = [], {}, 0
            elif place % (6 if metre.name == "6/8" else QUARTER) == 0:
                bar.append(" ")
    yield from (f"[V:1]{line}|{']' if number == len(lines) - 1 else ''}" for number, line in enumerate(lines))


def _with_rests(heard: Heard, metre: Metre) -> list[tuple[Spelling | None, int]]:
    """Notes and the silence between them, None, up to the end of the last bar."""
    pitches = [pitch for *_, pitch in heard.notes]
    mode = "minor" if heard.key.is_minor else "major"
    nexts = [after if abs(after - own) in (1, 2) else None for own, after in itertools.pairwise(pitches)]
    spelled = spell(pitches, [(heard.key.fifths, mode)] * len(pitches), [*nexts, None])
    events: list[tuple[Spelling | None, int]] = []
    now = 0
    for (onset, length, _), spelling in zip(heard.notes, spelled, strict=True):
        if onset > now:
            events.append((None, onset - now))
        events.append((spelling, length))
        now = onset + length
    if left := (heard.bars.pickup - now) % metre.bar:
        events.append((None, left))
    return events


def _piece(place: int, length: int, metre: Metre) -> int:
    """How much of a note one sign can be, from a place in its bar."""
    most = min(length, metre.bar - place % metre.bar)
    return next(size for size in WRITABLE if size <= most)


def _written(
    spelling: Spelling | None, length: int, altered: dict[tuple[str, int], int], fifths: int, *, is_tied: bool
) -> str:
    """altered: what stands in this bar so far, by letter and octave; changed."""
    eighths = Fraction(length, QUARTER // 2)
    long = "" if eighths == 1 else str(eighths.numerator) if eighths.denominator == 1 else f"{eighths}"
    if spelling is None:
        return f"z{long}"
    place = (spelling.step, spelling.octave)
    sign = ""
    if altered.get(place, _in_signature(spelling.step, fifths)) != spelling.alter:
        altered[place] = spelling.alter
        sign = SHARP * spelling.alter if spelling.alter > 0 else FLAT * -spelling.alter or NATURAL
    above = spelling.octave - MIDDLE_C_OCTAVE
    letter = spelling.step.lower() + "'" * (above - 1) if above > 0 else spelling.step + "," * -above
    return f"{sign}{letter}{long}{'-' if is_tied else ''}"


def _in_signature(step: str, fifths: int) -> int:
    if fifths > 0:
        return int(step in SHARPS[:fifths])
    return -int(step in FLATS[:-fifths])
