"""Bars too long for a line, such as those of chant, which has no metre: broken where all voices begin a note."""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

from renderers.pages.legible.signs import Sign, read_part, takes_time, timed

LONG_QUARTERS = 12  # what is no longer is left alone, however many notes it has
MOST_ONSETS = 12  # of a piece; a syllable counts as one more


def break_long_bars(score: etree._Element) -> None:
    """Break measures of all parts in the same places, with barlines that nobody sees."""
    parts = list(score.iterfind("part"))
    if not parts or not any(_may_be_long(part) for part in parts):
        return
    rows = [list(read_part(part)) for part in parts]
    divisions = [int(part.findtext("measure/attributes/divisions") or 1) for part in parts]
    for index in range(max(map(len, rows))):
        column = [(row[index], unit) for row, unit in zip(rows, divisions, strict=True) if index < len(row)]
        if len(column) == len(parts) and (places := _places([(signs, unit) for (_, signs), unit in column])):
            for (measure, _), unit in column:
                _break(measure, [int(place * unit) for place in places])


def _may_be_long(part: etree._Element) -> bool:
    return next(part.iter("senza-misura"), None) is not None


def _places(column: list[tuple[list[Sign], int]]) -> list[Fraction]:
    """Where a measure is broken, in quarters."""
    length = max((Fraction(sign.end, unit) for signs, unit in column for sign in signs), default=Fraction(0))
    if length <= LONG_QUARTERS:
        return []
    onsets = {Fraction(sign.onset, unit) for signs, unit in column for sign in signs}
    free = [onset for onset in sorted(onsets) if onset and _is_free(onset, column)]
    places: list[Fraction] = []
    last = Fraction(0)
    for onset in free:
        if _weight(last, onset, column) >= MOST_ONSETS:
            places.append(onset)
            last = onset
    return places


def _is_free(onset: Fraction, column: list[tuple[list[Sign], int]]) -> bool:
    """Whether no note, beam or tuplet goes on across a moment."""
    for signs, unit in column:
        now = onset * unit
        if now.denominator != 1:
            return False
        for sign in signs:
            if sign.onset < now < sign.end:
                return False
            if sign.onset == now and (_is_inside(sign) or sign.has_grace):
                return False
    return True


def _is_inside(sign: Sign) -> bool:
    """Whether a note is in the middle or at the end of a beam or a tuplet."""
    note = sign.notes[0]
    if note.findtext("beam") in ("continue", "end"):
        return True
    has_start = any(tuplet.get("type") == "start" for tuplet in note.iterfind("notations/tuplet"))
    return note.find("time-modification") is not None and not has_start


def _weight(start: Fraction, end: Fraction, column: list[tuple[list[Sign], int]]) -> int:
    inside = {
        (Fraction(sign.onset, unit), sign.notes[0].find("lyric") is not None)
        for signs, unit in column
        for sign in signs
        if start <= Fraction(sign.onset, unit) < end
    }
    return len({onset for onset, _ in inside}) + sum(has_words for _, has_words in inside)


def _break(measure: etree._Element, places: list[int]) -> None:
    """One measure into several. Each layer goes on from where it was."""
    targets = [measure]
    for place in places:
        targets.append(etree.Element("measure", number=f"{measure.get('number')}.{place}", implicit="yes"))
        targets[-2].addnext(targets[-1])
    bounds = [0, *places]
    ends = [0 for _ in targets]
    rows = timed(measure)
    for step in [*measure.findall("backup"), *measure.findall("forward")]:
        measure.remove(step)
    last_signs = [element for element in measure.findall("barline") if element.get("location") != "left"]
    for element, now, duration in rows:
        place = max(number for number, bound in enumerate(bounds) if bound <= max(now, 0))
        measure.remove(element)
        if takes_time(element):
            start = now - bounds[place]
            if start != ends[place]:
                targets[place].append(_step(start - ends[place]))
            ends[place] = start + duration
        targets[place].append(element)
    for target in targets[:-1]:
        _hide_barline(target)
    targets[-1].extend(last_signs)


def _step(length: int) -> etree._Element:
    step = etree.Element("forward" if length > 0 else "backup")
    etree.SubElement(step, "duration").text = str(abs(length))
    return step


def _hide_barline(measure: etree._Element) -> None:
    barline = etree.SubElement(measure, "barline", location="right")
    etree.SubElement(barline, "bar-style").text = "none"
