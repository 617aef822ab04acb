"""Words, dynamics and hairpins of an engraved score, so that none is printed twice, or into another.

Verovio sets what belongs together on one line without looking whether it fits, and words side by side without a space.
What is promised: tempo words stand beside their metronome mark, what several staves of one player say at the same
moment is said once, no hairpin goes on through bars of rest, words keep a space between them, and on a line that is too
full they go to one of their own.
Notes, and what the words say, stay. Not covered: words too long for their bar.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from lxml import etree

from renderers.score.mei import MEI

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_WORDS, _DYNAMIC, _HAIRPIN, _TEMPO = (f"{MEI}{name}" for name in ("dir", "dynam", "hairpin", "tempo"))
_LETTERS = re.compile(r"[pmfsrzn]{1,6}")  # what a dynamic is written with
# What tempo words begin with, in the languages of scores; other words beside a metronome mark stay what they are.
_TEMPI = re.compile(
    r"\b(grave|larg|lent|adag|andant|moder|mod[ée]r|m(ä|ae)ss?ig|m(ä|ae)ßig|allegr|viva|vivo|vif|prest|anim|commod|comod|"
    r"langsam|ruhig|bewegt|lebhaft|rasch|schnell|geschwind|eilend|gehend|feurig|frisch|munter|mit |im |nicht |sehr |"
    r"etwas |ziemlich |tempo|alla |slow|fast|quick|lively|moderate|steady|con moto|maestos|sostenut|agitat|marci|march|"
    r"marsch|walzer|waltz|valse|ländler|menuet|minuet|mazur|polka|polon|gigue|jig|reel|hornpipe|air|swing)",
    re.IGNORECASE,
)


_Line = tuple[str | None, str | None]  # staff, and above or below


@dataclass(frozen=True)
class _Hairpin:
    """A hairpin, from (measure, beat) to (measure, beat)."""

    element: etree._Element
    start: tuple[int, float]
    end: tuple[int, float]


def settle_directions(mei: etree._Element, staves_of_parts: Sequence[int]) -> None:
    """Put all that stands above and below the staves in order. staves_of_parts: how many each part has, in order."""
    part_of: dict[str, int] = {}
    for part, count in enumerate(staves_of_parts):
        for _ in range(count):
            part_of[str(len(part_of) + 1)] = part
    alone = {staff for staff, part in part_of.items() if staves_of_parts[part] == 1}
    measures = list(mei.iter(f"{MEI}measure"))
    _end_hairpins_with_music(measures, alone)
    hairpins: dict[_Line, list[_Hairpin]] = {}
    for number, measure in enumerate(measures):
        found = [child for child in measure if child.tag in (_WORDS, _DYNAMIC, _HAIRPIN, _TEMPO)]
        if found:
            found = _said_once(found, part_of)
            found = _beside_metronome(found)
            _leave_full_lines(found)
            _part_hairpins(found, number, hairpins)
            for element in found:
                _keep_a_space(element)


def _end_hairpins_with_music(measures: Sequence[etree._Element], staves: Container[str]) -> None:
    """A hairpin of one of these staves ends where a bar of rest begins, not at the next dynamic some bars behind it."""
    for number, measure in enumerate(measures):
        for hairpin in measure.iterchildren(_HAIRPIN):
            staff = hairpin.get("staff", "1")
            ends = _end_of(hairpin, number)[0]
            if staff in staves:
                following = range(number + 1, min(ends, len(measures) - 1) + 1)
                rest = next((place for place in following if _rests(measures[place], staff)), None)
                if rest is not None:
                    hairpin.set("tstamp2", f"{rest - number}m+0")


def _rests(measure: etree._Element, staff: str) -> bool:
    """Whether a staff has a bar of rest there."""
    layers = measure.findall(f"{MEI}staff[@n='{staff}']/{MEI}layer")
    return bool(layers) and all([child.tag for child in layer] == [f"{MEI}mRest"] for layer in layers)


def _said_once(found: list[etree._Element], part_of: dict[str, int]) -> list[etree._Element]:
    """Without what another staff or voice of the same part says at the same moment; dynamics of two staves stay."""
    seen: set[tuple[object, ...]] = set()
    kept = []
    for element in found:
        staff = element.get("staff", "1")
        text = "".join(element.itertext())
        where = staff if element.tag == _HAIRPIN or _LETTERS.fullmatch(text) else part_of.get(staff)
        key = (element.tag, where, element.get("tstamp"), element.get("tstamp2"), element.get("form"), text)
        if key in seen and element.tag != _TEMPO:
            _remove(element)
        else:
            kept.append(element)
        seen.add(key)
    return kept


def _beside_metronome(found: list[etree._Element]) -> list[etree._Element]:
    """Tempo words into the metronome mark that stands at the same moment without any, or with the same."""
    tempos = [element for element in found if element.tag == _TEMPO]
    kept = []
    for element in found:
        tempo = next((one for one in tempos if element.tag == _WORDS and _is_heading(element, one)), None)
        if tempo is None:
            kept.append(element)
            continue
        words = (element.text or "").strip()
        if words not in (tempo.text or ""):
            tempo.text = f"{words} "  # what stood there is the indentation of verovio's MEI, at most
        _remove(element)
    return kept


def is_tempo_word(words: str) -> bool:
    """Whether words above the music say how fast it goes."""
    return words[:1].isupper() and _TEMPI.search(words) is not None


def _is_heading(element: etree._Element, tempo: etree._Element) -> bool:
    words = (element.text or "").strip()
    is_there = element.get("tstamp") == tempo.get("tstamp") and element.get("place") == "above"
    if not is_there or len(element) or not is_tempo_word(words):
        return False
    return not (tempo.text or "").strip() or words in (tempo.text or "")


def _leave_full_lines(found: list[etree._Element]) -> None:
    """Words among dynamics and hairpins of a staff are set where there is room, not on the line of these."""
    lines: dict[tuple[str | None, ...], list[etree._Element]] = {}
    for element in found:
        if element.get("vgrp"):
            lines.setdefault((element.get("staff"), element.get("place")), []).append(element)
    for line in lines.values():
        for element in line if len(line) > 1 else ():
            if element.tag == _DYNAMIC and not _LETTERS.fullmatch("".join(element.itertext())):
                del element.attrib["vgrp"]


def _part_hairpins(found: list[etree._Element], number: int, open_hairpins: dict[_Line, list[_Hairpin]]) -> None:
    """A hairpin that another one begins under, or a dynamic, is set where there is room. number: of the measure."""
    for element in sorted(found, key=_tstamp):
        line = (element.get("staff"), element.get("place"))
        at = (number, _tstamp(element))
        running = [one for one in open_hairpins.get(line, ()) if at < one.end]
        if element.tag == _HAIRPIN:
            if running:
                element.attrib.pop("vgrp", None)
            open_hairpins[line] = [*running, _Hairpin(element, at, _end_of(element, number))]
        elif element.tag == _DYNAMIC:
            for one in running:
                if one.start < at:
                    one.element.attrib.pop("vgrp", None)


def _tstamp(element: etree._Element) -> float:
    return float(element.get("tstamp") or 0)


def _end_of(hairpin: etree._Element, number: int) -> tuple[int, float]:
    """`2m+3.5` is beat 3.5 two measures on."""
    measures, _, beat = (hairpin.get("tstamp2") or "0m+0").partition("m+")
    return number + int(measures or 0), float(beat or 0)


def _keep_a_space(element: etree._Element) -> None:
    if element.tag not in (_WORDS, _DYNAMIC) or not "".join(element.itertext()).strip():
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + NO_BREAK_SPACE
    elif not _LETTERS.fullmatch(element.text or ""):
        element.text = (element.text or "") + NO_BREAK_SPACE


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
