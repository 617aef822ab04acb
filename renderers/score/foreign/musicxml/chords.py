"""Chords as MusicXML has them: `<chord/>` stands in every note but the first.

Some converters put it in every note but the last. There the first note of a measure would belong to no chord, so it
shows; the sign is then moved to where it belongs.
"""

from __future__ import annotations

from itertools import pairwise

from lxml import etree


def mend_chords(part: etree._Element) -> None:
    """Move the signs of a part whose converter put them in the wrong notes; any other part stays as it is."""
    runs = [run for measure in part.iterfind("measure") for run in _runs(measure)]
    if any(_has_sign(run[0]) for run in runs) and not any(_has_sign(run[-1]) for run in runs):
        for run in runs:
            for note, following in reversed(list(pairwise(run))):
                if (sign := note.find("chord")) is not None:
                    note.remove(sign)
                    following.insert(0, etree.Element("chord"))


def _runs(measure: etree._Element) -> list[list[etree._Element]]:
    """The notes of a measure that follow each other without going back in time."""
    runs: list[list[etree._Element]] = [[]]
    for element in measure:
        if element.tag == "note":
            runs[-1].append(element)
        elif element.tag in ("backup", "forward"):
            runs.append([])
    return [run for run in runs if run]


def _has_sign(note: etree._Element) -> bool:
    return note.find("chord") is not None
