"""What an artwork is drawn from: a performance, as shares of its length.

Sections are groups of bars of equal number, in the order in which they are played; two are alike where the same notes
begin them, so that a repeat and a theme that comes again are seen.
"""

import math
from collections import Counter
from collections.abc import Sequence

from renderers.pictures.artwork import Sound, Subject
from renderers.sound.performance import Performance
from renderers.sound.phrasing import Struck

SECTION_BARS, MOST_SECTIONS = 4, 12
BEGINNING = 8  # notes by which a section is known
LOUDEST = 127


def subject_of(performance: Performance, struck: Sequence[Struck]) -> Subject:
    """The piece as it is played."""
    seconds = performance.tempo.seconds_at
    length_s = max(1e-3, seconds(performance.order.length))
    voices = performance.part_list.players
    sounds = [
        Sound(
            start=min(1.0, max(0.0, seconds(note.start)) / length_s),
            end=min(1.0, seconds(note.end) / length_s),
            pitch=note.pitch,
            weight=note.velocity / LOUDEST,
            voice=voices[note.staff],
        )
        for note in struck
        if note.staff in voices and not note.is_drum
    ]
    keys = Counter((measure.key.fifths, measure.key.minor) for measure in performance.measures)
    (fifths, is_minor), _ = keys.most_common(1)[0]
    return Subject(
        sounds=sounds,
        fifths=fifths,
        is_minor=is_minor,
        density=len({round(sound.start * length_s, 2) for sound in sounds}) / length_s,
        sections=_sections(performance, length_s),
    )


def _sections(performance: Performance, length_s: float) -> list[tuple[float, int]]:
    order, kinds = performance.order, dict[object, int]()
    step = max(SECTION_BARS, math.ceil(len(order.starts) / MOST_SECTIONS))
    sections = []
    for place in range(0, len(order.starts), step):
        first = order.indices[place]
        begin = tuple((note.pitch % 12, round(note.beat, 2)) for note in performance.notes if note.measure == first)[
            :BEGINNING
        ]
        kind = kinds.setdefault(begin, len(kinds))
        sections.append((min(1.0, performance.tempo.seconds_at(order.starts[place]) / length_s), kind))
    return sections
