"""Notes that are one on the page: who makes a score legible writes what two voices strike together once."""

from collections import defaultdict
from collections.abc import Iterator

from lxml import etree

from renderers.score.parts import parse_score

Place = tuple[int, str]  # when in the measure, and which pitch


def find_unisons(musicxml: str) -> list[list[str]]:
    """The names of notes of one part that begin together on one pitch, but for grace notes. Raises InputRefused."""
    together: list[list[str]] = []
    for measure in parse_score(musicxml).iterfind("part/measure"):
        found: dict[Place, list[str]] = defaultdict(list)
        for place, name in _notes(measure):
            found[place].append(name)
        together += [names for names in found.values() if len(names) > 1]
    return together


def _notes(measure: etree._Element) -> Iterator[tuple[Place, str]]:
    now = before = 0
    for element in measure:
        ticks = int(element.findtext("duration") or 0)
        if element.tag == "backup":
            now -= ticks
        elif element.tag == "forward":
            now += ticks
        elif element.tag == "note" and element.find("grace") is None:
            if element.find("chord") is None:
                before, now = now, now + ticks
            pitch = element.find("pitch")
            if pitch is not None:
                yield (before, "".join(str(child.text) for child in pitch)), str(element.get("id"))
