"""Beams by the metre, for voices whose short notes all have flags. What a source has beamed stays as it is.

But for one thing: a beam that shares notes with a tuplet, while each has others besides, is parted where the tuplet
begins or ends, since verovio's MEI holds one within the other and its brackets took in the whole beam. Singers' flags
stay: they show syllables. Not covered: music without metre.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate

from lxml import etree

from renderers.pages.legible.signs import Bar, Sign, by_voice, text_of
from renderers.score.abc.beams import FLAGS, Beamed, set_beams

QUARTER = Fraction(1)
ADDITIVE = {5: ((3, 2), (2, 3)), 7: ((2, 2, 3), (3, 2, 2), (2, 3, 2)), 8: ((3, 3, 2),), 10: ((3, 3, 2, 2),)}
_BEFORE_BEAM = ("notations", "lyric", "play", "listen")  # MusicXML has its order


def beam_by_metre(measures: Sequence[Bar]) -> None:
    """Put beams on all voices of a part that have none and no words."""
    voices = {sign.voice for _, signs in measures for sign in signs}
    beamed = {sign.voice for _, signs in measures for sign in signs if sign.has_beam or sign.has_words}
    if not voices - beamed:
        return
    metre: tuple[tuple[int, ...], int] | None = None
    divisions = 1
    for measure, signs in measures:
        divisions = int(measure.findtext("attributes/divisions") or divisions)
        for time in measure.iterfind("attributes/time"):
            metre = read_metre(time)
        if metre is None:
            continue
        length = Fraction(4 * sum(metre[0]), metre[1])
        reached = Fraction(max((sign.end for sign in signs), default=0), divisions)
        late = length - reached if measure.get("implicit") == "yes" and reached < length else Fraction(0)
        for voice, own in by_voice(signs).items():
            if voice not in beamed:
                _beam(own, metre, divisions=divisions, late=late)


def part_beams_at_tuplets(measures: Sequence[Bar]) -> None:
    """Beams and tuplets lie within each other, or apart."""
    for measure, signs in measures:
        if measure.find("note/notations/tuplet") is None:
            continue
        for own in by_voice(signs).values():
            tuplets = _spans(own, lambda sign: _tuplet_marks(sign.notes[0]))
            for first, last in _spans(own, lambda sign: _beam_marks(sign.notes[0])):
                cuts = {end for start, end in tuplets if start < first <= end < last}
                cuts |= {start - 1 for start, end in tuplets if first < start <= last < end}
                if cuts:
                    _beam_again(own[first : last + 1], {cut - first for cut in cuts})


def _spans(signs: list[Sign], marks: Callable[[Sign], list[tuple[str, str]]]) -> list[tuple[int, int]]:
    """From which sign to which something goes. marks: its numbers, and whether they begin or end there."""
    begun: dict[str, int] = {}
    spans = []
    for place, sign in enumerate(signs):
        found = marks(sign)
        for number, mark in sorted(found, key=_is_end) if len(found) > 1 else found:
            if mark == "begin":
                begun[number] = place
            elif number in begun:
                spans.append((begun.pop(number), place))
    return spans


def _is_end(mark: tuple[str, str]) -> bool:
    return mark[1] == "end"


def _tuplet_marks(note: etree._Element) -> list[tuple[str, str]]:
    ends = {"start": "begin", "stop": "end"}
    return [
        (tuplet.get("number") or "1", ends[str(tuplet.get("type"))])
        for notations in note.iterchildren("notations")
        for tuplet in notations.iterchildren("tuplet")
        if tuplet.get("type") in ends
    ]


def _beam_marks(note: etree._Element) -> list[tuple[str, str]]:
    firsts = (beam for beam in note.iterchildren("beam") if beam.get("number") == "1")
    return [("1", beam.text) for beam in firsts if beam.text in ("begin", "end")]


def _beam_again(signs: list[Sign], cuts: set[int]) -> None:
    """cuts: the places of signs behind which a beam ends."""
    beamed = [
        Beamed(FLAGS.get(text_of(sign.notes[0], "type") or "", 0), not sign.is_rest, place not in cuts)
        for place, sign in enumerate(signs)
    ]
    set_beams(beamed)
    for sign, beams in zip(signs, beamed, strict=True):
        for note in sign.notes:
            for beam in note.findall("beam"):
                note.remove(beam)
        for level, text in enumerate(beams.beams, 1):
            _write_beam(sign.notes[0], level, text)


def read_metre(time: etree._Element) -> tuple[tuple[int, ...], int] | None:
    """The beats and the unit of `<time>`; None for free metre and for what cannot be read."""
    beats, unit = time.findtext("beats"), time.findtext("beat-type")
    if not beats or not unit or not unit.isdigit():
        return None
    numbers = [number.strip() for number in beats.split("+")]
    return (tuple(map(int, numbers)), int(unit)) if all(number.isdigit() for number in numbers) else None


def _beam(signs: list[Sign], metre: tuple[tuple[int, ...], int], *, divisions: int, late: Fraction) -> None:
    """late: how far into a whole bar a pickup begins, in quarters."""
    rows = [(Fraction(sign.onset, divisions) + late, sign) for sign in signs]
    starts = group_starts(metre, [(onset, Fraction(sign.duration, divisions)) for onset, sign in rows])
    groups = [bisect_right(starts, onset) for onset, _ in rows]
    beamed = []
    for place, (_, sign) in enumerate(rows):
        flags = FLAGS.get(text_of(sign.notes[0], "type") or "", 0)
        is_last = place + 1 == len(rows) or groups[place + 1] != groups[place]
        has_rest_behind = not is_last and rows[place + 1][1].is_rest
        beamed.append(Beamed(flags, not sign.is_rest, not (is_last or has_rest_behind or sign.is_rest)))
    set_beams(beamed)
    for (_, sign), beams in zip(rows, beamed, strict=True):
        for level, text in enumerate(beams.beams, 1):
            _write_beam(sign.notes[0], level, text)


def _write_beam(note: etree._Element, level: int, text: str) -> None:
    beam = etree.Element("beam", number=str(level))
    beam.text = text
    behind = next((child for child in note if child.tag in _BEFORE_BEAM), None)
    if behind is None:
        note.append(beam)
    else:
        behind.addprevious(beam)


def group_starts(metre: tuple[tuple[int, ...], int], notes: list[tuple[Fraction, Fraction]]) -> list[Fraction]:
    """Where groups of beams begin, in quarters. notes: onset and length of all signs of the bar.

    Beams show the beats and do not hide the middle of a bar; eighths alone go together for longer than shorter notes.
    """
    beats, unit = metre
    one = Fraction(4, unit)
    if len(beats) > 1:
        return [total * one for total in accumulate(beats, initial=0)]
    count = beats[0]
    if unit >= 8:
        if count % 3 == 0:
            return [3 * one * number for number in range(count // 3)]
        if count in ADDITIVE:
            return _additive(count, one, {onset for onset, _ in notes})
        return [2 * one * number for number in range((count + 1) // 2)]
    length = count * one
    wide = length if length <= 3 else 2 * QUARTER  # eighths alone: a short bar at once, else half a bar of 4/4
    starts: list[Fraction] = []
    at = Fraction(0)
    while at < length:
        inside = [(onset, own) for onset, own in notes if at <= onset < at + wide]
        is_even = all(own.denominator <= 2 and (onset * 2).denominator == 1 for onset, own in inside)
        starts += [at] if is_even else [at + beat * QUARTER for beat in range(int(wide))]
        at += wide
    return starts


def _additive(count: int, one: Fraction, onsets: set[Fraction]) -> list[Fraction]:
    """The first grouping whose groups all begin with a note, or the usual one."""
    choices = [[total * one for total in accumulate(groups[:-1], initial=0)] for groups in ADDITIVE[count]]
    return next((starts for starts in choices if onsets.issuperset(starts)), choices[0])
