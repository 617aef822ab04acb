"""Where in its measure each element of a MusicXML part begins.

Not covered: grace notes, which have no time of their own: they stand where the note behind them does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from lxml import etree


@dataclass(frozen=True, kw_only=True)
class Moment:
    """An element. measure: counted from 0; at, length: in quarters, at from the beginning of the measure."""

    measure: int
    at: Fraction
    length: Fraction
    element: etree._Element


def read_moments(part: etree._Element) -> Iterator[Moment]:
    """All elements of all measures, in the order of the score."""
    divisions = 1
    for index, measure in enumerate(part.iterfind("measure")):
        now = before = Fraction(0)
        for element in measure:
            if element.tag == "attributes":
                divisions = int(element.findtext("divisions") or divisions) or 1
            is_timed = element.tag in ("note", "backup", "forward")
            length = Fraction(element.findtext("duration") or "0") / divisions if is_timed else Fraction(0)
            is_chord = element.find("chord") is not None
            yield Moment(measure=index, at=before if is_chord else now, length=length, element=element)
            if is_timed and not is_chord:
                before, now = now, max(Fraction(0), now + (-length if element.tag == "backup" else length))


STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def written_pitch(note: etree._Element) -> int | None:
    """The MIDI number of a note as it is written; None for a rest or a drum."""
    pitch = note.find("pitch")
    if pitch is None:
        return None
    step, octave = pitch.findtext("step") or "C", int(pitch.findtext("octave") or 4)
    return 12 * (octave + 1) + STEPS[step] + round(float(pitch.findtext("alter") or 0))
