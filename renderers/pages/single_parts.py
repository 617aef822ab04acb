"""A score in, a score for each of its players out, as it stands on their stand.

What is promised: tempo and how it changes, rehearsal marks, and where to jump, which a full score says once above its
first part, are said in each. Notes stay as they are written, for a transposing instrument too. Not covered: bars of
rest in a row (`bars_of_rest.py`), cues, and convenient turns of the page.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction

from lxml import etree

from renderers.pages.directions import is_tempo_word
from renderers.score.moments import Moment, read_moments
from renderers.score.parts import parse_score
from renderers.score.tempo_words import changes_tempo

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
    for number in range(len(parts)):
        alone = deepcopy(score)
        own = alone.findall("part")[number]
        leave_alone(alone, own)
        if number:
            _say(own, headings)
        taken.append(SinglePart(names[number], etree.tostring(alone, encoding="unicode", doctype=doctype)))
    return taken


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


def leave_alone(score: etree._Element, part: etree._Element) -> None:
    """Take all but one part out of a score, in place."""
    for other in score.findall("part"):
        if other is not part:
            score.remove(other)
    for part_list in score.findall("part-list"):
        for listed in list(part_list):
            if listed.get("id") != part.get("id") or listed.tag != "score-part":
                part_list.remove(listed)


def is_heading(direction: etree._Element, *, is_marked: bool = False) -> bool:
    """Whether it is for all players. is_marked: a metronome mark stands at the same moment."""
    return _is_sign(direction) or _is_tempo(direction, is_marked=is_marked)


def _headings(part: etree._Element) -> Iterator[Moment]:
    found = [moment for moment in read_moments(part) if moment.element.tag == "direction"]
    marked = {(one.measure, one.at) for one in found if one.element.find(".//metronome") is not None}
    return (one for one in found if is_heading(one.element, is_marked=(one.measure, one.at) in marked))


def _is_sign(direction: etree._Element) -> bool:
    sound = direction.find("sound")
    is_jump = sound is not None and any(name in sound.attrib for name in JUMPS)
    return is_jump or any(direction.find(f".//{name}") is not None for name in HEADINGS)


def _is_tempo(direction: etree._Element, *, is_marked: bool) -> bool:
    """is_marked: a metronome mark stands at the same moment."""
    words = _words(direction)
    return is_tempo_word(words) or changes_tempo(words) or (is_marked and words[:1].isupper())


def _say(part: etree._Element, headings: list[Moment]) -> None:
    """Write into a part what it lacks of these."""
    measures = part.findall("measure")
    moments = list(read_moments(part))
    said = {(one.measure, one.at, _said(one.element)) for one in moments if one.element.tag == "direction"}
    places: dict[int, list[tuple[Fraction, etree._Element]]] = {}
    for one in moments:
        if one.element.tag in ("note", "backup", "forward"):
            places.setdefault(one.measure, []).append((one.at, one.element))
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
    """What a direction says, to be compared: of two that say the same the second is not needed."""
    words = _words(direction)
    if changes_tempo(words):
        return "changes"  # "rit." of one is "ritard." of another
    kinds = [child.tag for child in direction.iterfind("direction-type/*")]
    return " ".join([*map(str, kinds), words])


def _words(direction: etree._Element) -> str:
    return " ".join("".join(direction.itertext()).split())
