"""Trills, mordents and turns, played out in notes of the key.

Until about 1830 a trill began on the upper note, since then on the main one (C. P. E. Bach, Versuch, 1753; J. N.
Hummel, Anweisung, 1828). What is not covered: closing turns, and accidentals above the sign.
"""

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from renderers.score.mei import MEI, XML_ID
from renderers.sound.performance import Note, Performance

TURNING_S = 0.08  # one note of a trill: six turns a second
SIGNS = (f"{MEI}trill", f"{MEI}mordent", f"{MEI}turn")
UPPER, MAIN, LOWER = 1, 0, -1


def play_trills(performance: Performance, *, from_upper: bool = False) -> Performance:
    """The same performance with every trill, mordent and turn as single notes. from_upper: so trills begin."""
    highest = _highest_of_chords(performance)
    starts = ((sign.get("startid", "#")[1:], sign) for sign in performance.mei.iter(*SIGNS))
    signs = {highest.get(start, start): sign for start, sign in starts}
    notes = [
        turning for note in performance.notes for turning in _play(note, signs.get(note.id), performance, from_upper)
    ]
    return replace(performance, notes=tuple(notes))


def _highest_of_chords(performance: Performance) -> dict[str, str]:
    """MEI id of a chord → id of its highest note, which an ornament above the chord means."""
    pitches = {note.id: note.pitch for note in performance.notes}
    chords = {}
    for chord in performance.mei.iter(f"{MEI}chord"):
        notes = [str(note.get(XML_ID)) for note in chord.iterfind(f"{MEI}note")]
        chords[str(chord.get(XML_ID))] = max(notes, key=lambda note: pitches.get(note, -1), default="")
    return chords


def _play(note: Note, sign: etree._Element | None, performance: Performance, from_upper: bool) -> Iterator[Note]:
    each = TURNING_S * performance.tempo.bpm_at(note.start) / 60
    is_upper = from_upper and not note.is_drum
    steps = [] if sign is None else _steps(sign, int((note.end - note.start) / each), from_upper=is_upper)
    if len(steps) < 3 or note.ornamental:
        yield note
        return
    fifths = performance.measures[note.measure].key.fifths
    for place, step in enumerate(steps):
        start = note.start + place * each
        end = note.end if place == len(steps) - 1 else start + each
        pitch = note.pitch if note.is_drum else neighbour(note.pitch, step, fifths)  # on a drum it is a roll
        yield replace(note, pitch=pitch, start=start, end=end, ornamental=step != MAIN)


def _steps(sign: etree._Element, num_turnings: int, *, from_upper: bool) -> list[int]:
    """The notes of an ornament as steps from the main note, as many as there is time for. The last one is held."""
    if sign.tag == f"{MEI}trill" and from_upper:
        return [UPPER, MAIN] * (num_turnings // 2)
    if sign.tag == f"{MEI}trill":
        return [MAIN, UPPER] * ((num_turnings - 1) // 2) + [MAIN]
    lower = sign.get("form") == "lower"
    if sign.tag == f"{MEI}turn":
        steps = [LOWER, MAIN, UPPER, MAIN] if lower else [UPPER, MAIN, LOWER, MAIN]
    else:
        steps = [MAIN, LOWER if lower else UPPER, MAIN]
    return steps if len(steps) <= num_turnings else []


def neighbour(pitch: int, step: int, fifths: int) -> int:
    """The next pitch above (+1) or below (-1) that belongs to the key, or the pitch itself (0)."""
    scale = {7 * (fifths + place) % 12 for place in range(-1, 6)}
    found = pitch + step
    while step and found % 12 not in scale:
        found += step
    return min(127, max(0, found))
