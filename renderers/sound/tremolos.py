"""Tremolos, played out: strokes on one note or chord, and the quick changing between two of them.

A stroke through the stem halves the note that is repeated, as a flag does: a whole note with three is struck 32 times.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from renderers.score.mei import MEI, XML_ID
from renderers.sound.performance import Note, Performance

QUICKEST_STROKE_S = 0.03
STROKES_OF_A_QUARTER = 2  # a quarter is a whole note halved twice


def play_tremolos(performance: Performance) -> Performance:
    """The same performance with every tremolo as single strokes."""
    repeated = {id_: unit for ids, unit in _repeated(performance.mei) for id_ in ids}
    changing = list(_changing(performance.mei))
    if not repeated and not changing:
        return performance
    playings: dict[str, list[Note]] = defaultdict(list)
    for note in performance.notes:
        playings[note.id].append(note)
    replaced: set[int] = set()
    strokes: list[Note] = []
    for first, second, unit in changing:
        firsts, seconds = ([playings[id_] for id_ in side] for side in (first, second))
        strokes += _play_changing(firsts, seconds, unit, performance, replaced)
    for note in performance.notes:
        if id(note) not in replaced:
            strokes += _strokes(note, repeated[note.id], performance) if note.id in repeated else [note]
    strokes.sort(key=lambda note: (note.start, note.staff, note.pitch))
    return replace(performance, notes=tuple(strokes))


def _repeated(mei: etree._Element) -> Iterator[tuple[list[str], float]]:
    """The notes under strokes, and the length of one stroke in quarters."""
    for tremolo in mei.iter(f"{MEI}bTrem"):
        for struck in tremolo:
            slashes = (struck.get("stem.mod") or "").removesuffix("slash")
            if slashes.isdigit():
                yield _ids(struck), _stroke_quarters(struck, int(slashes))


def _changing(mei: etree._Element) -> Iterator[tuple[list[str], list[str], float]]:
    """The notes of both sides of a tremolo between two, and the length of one stroke in quarters."""
    for tremolo in mei.iter(f"{MEI}fTrem"):
        beams = tremolo.get("beams") or ""
        if len(tremolo) == 2 and beams.isdigit():
            yield _ids(tremolo[0]), _ids(tremolo[1]), _stroke_quarters(tremolo[0], int(beams))


def _ids(struck: etree._Element) -> list[str]:
    """The ids of a note, or of the notes of a chord."""
    return [str(note.get(XML_ID)) for note in struck.iter(f"{MEI}note")]


def _stroke_quarters(struck: etree._Element, strokes: int) -> float:
    """Flags count like strokes."""
    written = struck.get("dur") or ""
    halvings = max(int(written).bit_length() - 1, STROKES_OF_A_QUARTER) if written.isdigit() else STROKES_OF_A_QUARTER
    return 4.0 / float(2 ** (halvings + strokes))


def _play_changing(
    firsts: list[list[Note]], seconds: list[list[Note]], unit: float, performance: Performance, replaced: set[int]
) -> Iterator[Note]:
    """Every playing of a tremolo between two notes or chords. `replaced` takes up what it stands for."""
    num_playings = min((len(notes) for notes in (*firsts, *seconds)), default=0)
    for playing in range(num_playings):
        sides = [[notes[playing] for notes in side] for side in (firsts, seconds)]
        if not all(sides):
            continue
        replaced.update(id(note) for side in sides for note in side)
        start, end = sides[0][0].start, sides[1][0].end
        times = list(_times(start, end, unit, performance))
        for place, (begin, stop) in enumerate(times):
            for note in sides[place % 2]:
                yield replace(note, start=begin, end=stop)


def _strokes(note: Note, unit: float, performance: Performance) -> list[Note]:
    return [replace(note, start=begin, end=stop) for begin, stop in _times(note.start, note.end, unit, performance)]


def _times(start: float, end: float, unit: float, performance: Performance) -> Iterator[tuple[float, float]]:
    """The strokes between two moments, in played quarters; fewer where they would run into each other."""
    quarters_per_s = performance.tempo.bpm_at(start) / 60
    while unit < QUICKEST_STROKE_S * quarters_per_s:
        unit *= 2
    num_strokes = max(1, round((end - start) / unit))
    for stroke in range(num_strokes):
        begin = start + stroke * unit
        yield begin, end if stroke == num_strokes - 1 else begin + unit
