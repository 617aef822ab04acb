"""On which staff a voice stands: where it needs fewer ledger lines, and at home when it was sent away for long.

What a voice sends across comes home where it would lie far from the other staff. Of two voices on one staff, with
nobody on the other, the one that lies in the other goes there. A staff that all have left has a rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from lxml import etree

from renderers.pages.legible.signs import Bar, Sign, by_voice, set_child, ticks

MOST = 5  # ledger lines: with more, another staff is asked
BEST = 2  # and taken if it needs no more than so many
MANY = 3  # with so many a voice goes to a staff that is free, where it needs less


def choose_staves(measures: Sequence[Bar]) -> None:
    """Bar by bar: a voice that stands on one staff goes to the other one, or comes home, where that helps."""
    staves = set(
        range(1, 1 + max((int(measure.findtext("attributes/staves") or 1) for measure, _ in measures), default=1))
    )
    if len(staves) < 2:
        return
    homes = _homes([sign for _, signs in measures for sign in signs])
    middles: dict[int, int] = {}
    for measure, signs in measures:
        for sign in signs:
            middles[sign.staff] = sign.middle
        has_moved = False
        for voice, own in by_voice(signs).items():
            here = {sign.staff for sign in own}
            if len(here) > 1:
                _bring_home(own, homes[voice], middles)
            elif target := _better_staff(own, homes[voice], middles, staves, signs):
                _move(measure, own, target)
                for sign in own:
                    sign.middle = middles.get(target, sign.middle)
                has_moved = True
        for staff in staves - {sign.staff for sign in signs}:
            _add_rest(measure, staff, max((sign.end for sign in signs), default=0))
        if has_moved:
            _sort_streams(measure)


def _homes(signs: list[Sign]) -> dict[str, int]:
    """The staff on which each voice mostly stands."""
    counts: dict[str, Counter[int]] = {}
    for sign in signs:
        counts.setdefault(sign.voice, Counter())[sign.staff] += 1
    return {voice: count.most_common(1)[0][0] for voice, count in counts.items()}


def _better_staff(
    own: list[Sign], home: int, middles: dict[int, int], staves: set[int], signs: list[Sign]
) -> int | None:
    """signs: of all voices in the bar."""
    here = own[0].staff
    if all(sign.is_rest for sign in own):
        return home if here != home else None
    now = max(sign.ledger_lines() for sign in own)
    if now >= MANY and (free := _free_staff(own, middles, staves, signs)):
        return free
    if here != home:
        back = max(sign.ledger_lines(middle=middles.get(home)) for sign in own)
        return home if back < now else None
    if now <= MOST:
        return None
    for staff in sorted(staves - {here}):
        there = middles.get(staff)
        if there is not None and max(sign.ledger_lines(middle=there) for sign in own) <= BEST:
            return staff
    return None


def _bring_home(own: list[Sign], home: int, middles: dict[int, int]) -> None:
    """Notes that a voice sends to the other staff and that lie far from it, where its own is nearer."""
    middle = middles.get(home)
    for sign in own:
        away = sign.ledger_lines()
        is_far = sign.staff != home and away > MANY and not sign.has_grace
        if is_far and middle is not None and sign.ledger_lines(middle=middle) < away:
            for note in sign.notes:
                set_child(note, "staff", str(home))
            sign.staff, sign.middle = home, middle


def _free_staff(own: list[Sign], middles: dict[int, int], staves: set[int], signs: list[Sign]) -> int | None:
    """A staff on which nobody plays, where a voice that shares its own is at home."""
    playing = {sign.staff for sign in signs if not sign.is_rest}
    shares = any(sign.staff == own[0].staff and sign.voice != own[0].voice and not sign.is_rest for sign in signs)
    for staff in sorted(staves - playing) if shares else ():
        there = middles.get(staff)
        if there is not None and max(sign.ledger_lines(middle=there) for sign in own) <= BEST:
            return staff
    return None


def _move(measure: etree._Element, own: list[Sign], target: int) -> None:
    """A voice to another staff, for this bar."""
    voice = own[0].voice
    for note in measure.iterfind("note"):
        if note.findtext("voice") == voice:
            set_child(note, "staff", str(target))
    for sign in own:
        sign.staff = target


def _add_rest(measure: etree._Element, staff: int, length: int) -> None:
    """A rest for the whole bar on a staff that has nothing else."""
    if not length:
        return
    note = etree.Element("note")
    etree.SubElement(note, "rest", measure="yes")
    for tag, text in (("duration", length), ("voice", 90 + staff), ("staff", staff)):
        etree.SubElement(note, tag).text = str(text)
    measure.append(_back(_reached(measure)))
    measure.append(note)


def _reached(elements: Iterable[etree._Element]) -> int:
    """Where the last thing that is written ends."""
    now = 0
    for element in elements:
        if element.tag in ("backup", "forward") or (element.tag == "note" and element.find("chord") is None):
            now += -ticks(element) if element.tag == "backup" else ticks(element)
    return now


def _back(length: int) -> etree._Element:
    backup = etree.Element("backup")
    etree.SubElement(backup, "duration").text = str(length)
    return backup


def _sort_streams(measure: etree._Element) -> None:
    """Write the voices of upper staves first: verovio takes what begins a measure on another staff for a visitor there.

    Each voice has to begin where the measure does.
    """
    head: list[etree._Element] = []
    streams: list[list[etree._Element]] = [[]]
    behind = [element for element in measure.findall("barline") if element.get("location") != "left"]
    for element in measure:
        if element.tag == "backup":
            if _reached(streams[-1]) != ticks(element):
                return
            streams.append([])
        elif element.tag in ("attributes", "barline", "print") and streams == [[]]:
            head.append(element)
        elif element not in behind:
            streams[-1].append(element)
    for element in list(measure):
        measure.remove(element)
    measure.extend(head)
    before = 0
    for stream in sorted(streams, key=_staff_of):
        if before:
            measure.append(_back(before))
        measure.extend(stream)
        before = _reached(stream)
    measure.extend(behind)


def _staff_of(stream: list[etree._Element]) -> int:
    return next((int(element.findtext("staff") or 1) for element in stream if element.tag == "note"), 1)
