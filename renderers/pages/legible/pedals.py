"""One row of pedal marks for the pedal that a part has, whoever of its voices says so, and no mark upon another.

A pedal pressed while it is down is changed; one that is lifted and pressed again at once has one sign for both, the
star in front of the next Ped.; where less than two notes lie between marks, lines with hooks stand for the signs.
All stand below the lowest staff. Not covered: what sounds; how much room the page has in truth.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from renderers.pages.legible.signs import timed

START, CHANGE, STOP = "start", "change", "stop"
MOST_NARROW = 0.2  # of the marks: with more, the whole part has lines
ROOM = 2  # notes one after the other, from one mark to the next


@dataclass(kw_only=True)
class _Mark:
    """A pedal mark. at: number of the measure, and the moment in it; order: how many moments at which a note begins
    lie before it.
    """

    direction: etree._Element
    at: tuple[int, int]
    order: int
    pedal: etree._Element = field(init=False)

    def __post_init__(self) -> None:
        pedal = _pedal_of(self.direction)
        assert pedal is not None, "nothing else is read"
        self.pedal = pedal

    @property
    def is_stop(self) -> bool:
        return self.pedal.get("type") == STOP

    @property
    def staff(self) -> str:
        return self.direction.findtext("staff") or "1"


def settle_pedals(part: etree._Element) -> None:
    """Put the pedal marks of a part in order."""
    if next(part.iter("pedal"), None) is None:
        return
    lowest = max((int(staves.text or 1) for staves in part.iter("staves")), default=1)
    marks = _one_pedal(sorted(_read(part), key=_place))
    for mark in marks:
        mark.direction.set("placement", "below")
        staff = mark.direction.find("staff")
        if staff is not None:
            staff.text = str(lowest)
    _draw(marks)


def _place(mark: _Mark) -> tuple[tuple[int, int], bool]:
    return mark.at, not mark.is_stop


def _read(part: etree._Element) -> Iterator[_Mark]:
    """All marks, as beginnings and ends. The end of a measure is the beginning of the next."""
    before = 0
    for number, measure in enumerate(part.iterfind("measure")):
        if next(measure.iter("pedal"), None) is None:
            before += 1
            continue
        rows = timed(measure)
        onsets = sorted({now for element, now, _ in rows if element.tag == "note"})
        length = max((now + duration for _, now, duration in rows if duration), default=0)
        for element, now, _ in rows:
            if element.tag != "direction" or _pedal_of(element) is None:
                continue
            order = before + bisect_left(onsets, now)
            at = (number, now) if now < length or not length else (number + 1, 0)
            for one in _beginnings_and_ends(element):
                yield _Mark(direction=one, at=at, order=order)
        before += len(onsets)


def _pedal_of(direction: etree._Element) -> etree._Element | None:
    return next(direction.iter("pedal"), None)


def _beginnings_and_ends(direction: etree._Element) -> list[etree._Element]:
    """A mark alone in its direction; a change as an end and a beginning; none for what is neither."""
    kind = _pedal_of(direction).get("type")  # type: ignore[union-attr]
    if kind == CHANGE:
        end = _with_type(direction, STOP)
        direction.addprevious(end)
        return [end, _with_type(direction, START, in_place=True)]
    return [direction] if kind in (START, STOP) else []


def _with_type(direction: etree._Element, kind: str, *, in_place: bool = False) -> etree._Element:
    copy = direction if in_place else deepcopy(direction)
    _pedal_of(copy).set("type", kind)  # type: ignore[union-attr]
    return copy


def _one_pedal(marks: list[_Mark]) -> list[_Mark]:
    """Beginnings and ends by turns: without what another voice says again, or lifts that was pressed anew since."""
    kept: list[_Mark] = []
    for mark in marks:
        last = kept[-1] if kept and not kept[-1].is_stop else None
        if mark.is_stop:
            if last is None or mark.staff != last.staff:
                _remove(mark)
            elif mark.at > last.at:
                kept.append(mark)
            else:
                _remove(mark)
                _remove(kept.pop())
            continue
        if last is not None and mark.at <= last.at:
            _remove(mark)
            continue
        if last is not None:
            end = _with_type(mark.direction, STOP)
            mark.direction.addprevious(end)
            kept.append(_Mark(direction=end, at=mark.at, order=mark.order))
        kept.append(mark)
    return kept


def _remove(mark: _Mark) -> None:
    parent = mark.direction.getparent()
    if parent is not None:
        parent.remove(mark.direction)


def _draw(marks: list[_Mark]) -> None:
    """As signs where they have room, as lines elsewhere. Marks that follow each other at once look the same."""
    runs: list[list[_Mark]] = []
    for mark in marks:
        if not runs or not (mark.is_stop or runs[-1][-1].order == mark.order):
            runs.append([])
        runs[-1].append(mark)
    narrow = [any(map(_is_narrow, run, run[1:])) for run in runs]
    num_narrow = sum(len(run) for run, is_narrow in zip(runs, narrow, strict=True) if is_narrow)
    for run, is_narrow in zip(runs, narrow, strict=True):
        if (is_narrow or num_narrow > MOST_NARROW * len(marks)) and run[-1].is_stop:
            _draw_lines(run)
        else:
            _join_signs(run)


def _is_narrow(mark: _Mark, after: _Mark) -> bool:
    return not mark.is_stop and after.order - mark.order < ROOM


def _draw_lines(run: list[_Mark]) -> None:
    for mark in run:
        mark.pedal.set("line", "yes")
        mark.pedal.set("sign", "no")


def _join_signs(run: list[_Mark]) -> None:
    """One mark in place of a release and what presses the pedal again."""
    for end, begin in zip(run[1::2], run[2::2], strict=False):
        _remove(end)
        begin.pedal.set("type", CHANGE)
