"""Octave signs over and under what needs more than five ledger lines."""

from __future__ import annotations

from collections.abc import Container

from lxml import etree

from renderers.pages.legible.signs import Sign, by_voice, read_part

MOST = 5  # ledger lines
NEAR = 3  # so many, beside notes that need too many: they come under the same sign
OCTAVE = 7  # in steps


def write_octave_signs(part: etree._Element, among: Container[etree._Element]) -> None:
    """One sign over or under each run of notes that need it, where nobody else sounds on the staff.

    among: the measures that have such notes.
    """
    if next(part.iter("octave-shift"), None) is not None:
        return  # whoever wrote one has thought about all
    for _, signs in read_part(part, among=among):
        for own in by_voice(signs).values():
            for run in _runs(own):
                if not _is_accompanied(run, signs):
                    _write_sign(run)


def _runs(own: list[Sign]) -> list[list[Sign]]:
    """Neighbours that need many lines, one of them too many, on the same side of the staff."""
    runs: list[list[Sign]] = []
    run: list[Sign] = []
    for sign in [*own, None]:
        if sign is not None and sign.notes and not sign.is_rest and _is_near(sign, run):
            run.append(sign)
            continue
        if run and max(one.ledger_lines() for one in run) > MOST:
            runs.append(run)
        run = [sign] if sign is not None and not sign.is_rest and sign.ledger_lines() >= NEAR else []
    return runs


def _is_near(sign: Sign, run: list[Sign]) -> bool:
    if sign.ledger_lines() < NEAR:
        return False
    return not run or (_is_above(sign) == _is_above(run[0]) and sign.staff == run[0].staff)


def _is_above(sign: Sign) -> bool:
    return sign.steps[-1] > sign.middle


def _is_accompanied(run: list[Sign], signs: list[Sign]) -> bool:
    start, end = run[0].onset, run[-1].end
    return any(
        sign.staff == run[0].staff and sign.voice != run[0].voice and sign.onset < end and start < sign.end
        for sign in signs
        if not sign.is_rest
    )


def _write_sign(run: list[Sign]) -> None:
    way = -1 if _is_above(run[0]) else 1
    octaves = 2 if max(sign.ledger_lines(moved=way * OCTAVE) for sign in run) > MOST else 1
    if max(sign.ledger_lines(moved=way * OCTAVE * octaves) for sign in run) > MOST:
        return  # a chord that is wider than the staff
    size, kind = 1 + OCTAVE * octaves, "down" if way < 0 else "up"
    placement = "above" if way < 0 else "below"
    run[0].notes[0].addprevious(_direction(placement, run[0].staff, type=kind, size=str(size)))
    run[-1].notes[-1].addnext(_direction(placement, run[0].staff, type="stop", size=str(size)))


def _direction(placement: str, staff: int, **attributes: str) -> etree._Element:
    direction = etree.Element("direction", placement=placement)
    etree.SubElement(etree.SubElement(direction, "direction-type"), "octave-shift", attributes)
    etree.SubElement(direction, "staff").text = str(staff)
    return direction
