"""A score in, a score for each of its players out, as it stands on their stand.

What is promised: tempo, rehearsal marks, and where to jump, which a full score says once above its first part, are said
in each. Notes stay as they are written, for a transposing instrument too. Not covered: bars of rest in a row
(`bars_of_rest.py`), cues, and convenient turns of the page.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction

from lxml import etree

from renderers.pages.directions import is_tempo_word
from renderers.score.parts import parse_score

HEADINGS = ("metronome", "rehearsal", "segno", "coda")
JUMPS = ("tempo", "dacapo", "dalsegno", "fine", "tocoda", "segno", "coda")  # attributes of <sound>


@dataclass(frozen=True)
class SinglePart:
    """A player's part. name: as the score calls it, two of the same name are numbered."""

    name: str
    musicxml: str


def take_parts(musicxml: str) -> list[SinglePart]:
    """All parts in the order of the score. Raises InputRefused."""
    score = parse_score(musicxml)
    parts = score.findall("part")
    headings = list(_headings(parts[0])) if len(parts) > 1 else []
    names, doctype = _names(score), score.getroottree().docinfo.doctype
    taken = []
    for number, part in enumerate(parts):
        alone = deepcopy(score)
        for other in (other for place, other in enumerate(alone.findall("part")) if place != number):
            alone.remove(other)
        part_list = alone.find("part-list")
        if part_list is not None:
            for listed in list(part_list):
                if listed.get("id") != part.get("id") or listed.tag != "score-part":
                    part_list.remove(listed)
        (own,) = alone.findall("part")
        if number:
            _say(own, headings)
        taken.append(SinglePart(names[number], etree.tostring(alone, encoding="unicode", doctype=doctype)))
    return taken


@dataclass(frozen=True)
class _Heading:
    """What all players read. measure: counted from 0; at: in quarters from its beginning."""

    measure: int
    at: Fraction
    element: etree._Element


def _names(score: etree._Element) -> list[str]:
    written = {
        str(listed.get("id")): " ".join((listed.findtext("part-name") or "").split())
        for listed in score.iterfind("part-list/score-part")
    }
    names = [written.get(str(part.get("id"))) or "Part" for part in score.iterfind("part")]
    totals: Mapping[str, int] = {name: names.count(name) for name in names}
    seen: dict[str, int] = {}
    numbered = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        numbered.append(f"{name} {seen[name]}" if totals[name] > 1 else name)
    return numbered


def _moments(part: etree._Element) -> Iterator[tuple[int, Fraction, etree._Element]]:
    """Each element of each measure with its measure, and where it begins in quarters."""
    divisions = 1
    for index, measure in enumerate(part.iterfind("measure")):
        now = Fraction(0)
        for element in measure:
            if element.tag == "attributes":
                divisions = int(element.findtext("divisions") or divisions) or 1
            yield index, now, element
            if element.tag in ("note", "backup", "forward") and element.find("chord") is None:
                length = Fraction(element.findtext("duration") or "0") / divisions
                now += -length if element.tag == "backup" else length


def _headings(part: etree._Element) -> Iterator[_Heading]:
    found = [_Heading(index, at, element) for index, at, element in _moments(part) if element.tag == "direction"]
    marked = {(one.measure, one.at) for one in found if one.element.find(".//metronome") is not None}
    for one in found:
        if _is_sign(one.element) or _is_tempo(one.element, is_marked=(one.measure, one.at) in marked):
            yield one


def _is_sign(direction: etree._Element) -> bool:
    sound = direction.find("sound")
    is_jump = sound is not None and any(name in sound.attrib for name in JUMPS)
    return is_jump or any(direction.find(f".//{name}") is not None for name in HEADINGS)


def _is_tempo(direction: etree._Element, *, is_marked: bool) -> bool:
    """is_marked: a metronome mark stands at the same moment."""
    words = " ".join("".join(direction.itertext()).split())
    return is_tempo_word(words) or (is_marked and words[:1].isupper())


def _say(part: etree._Element, headings: list[_Heading]) -> None:
    """Write into a part what it lacks of these."""
    measures = part.findall("measure")
    said = {(index, at, _said(element)) for index, at, element in _moments(part) if element.tag == "direction"}
    places: dict[int, list[tuple[Fraction, etree._Element]]] = {}
    for index, at, element in _moments(part):
        if element.tag in ("note", "backup", "forward"):
            places.setdefault(index, []).append((at, element))
    for heading in headings:
        if heading.measure >= len(measures) or (heading.measure, heading.at, _said(heading.element)) in said:
            continue
        after = next((element for at, element in places.get(heading.measure, ()) if at >= heading.at), None)
        copied = deepcopy(heading.element)
        for staff in copied.findall("staff"):
            copied.remove(staff)
        if after is None:
            measures[heading.measure].append(copied)
        else:
            after.addprevious(copied)


def _said(direction: etree._Element) -> str:
    kinds = [child.tag for child in direction.iterfind("direction-type/*")]
    return " ".join([*map(str, kinds), *"".join(direction.itertext()).split()])
