"""Parts that are written at another pitch than they sound: a clarinet in B flat, a horn in F, a piccolo.

ABC says `transpose=-2`: semitones from the written to the sounding pitch. MusicXML wants that as an interval (steps,
semitones, octaves), once for each part, and the part's own key signature at its very beginning.

What is not covered: voices on one staff that are transposed differently. A part has one transposition, that of its
first voice.
"""

import xml.etree.ElementTree as ET
from typing import Any

OCTAVE = 12
# The steps of an interval of 0 to 11 semitones, as transposing instruments have it: minor third, not augmented second.
STEPS = (0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6)


def write_interval(transpose: ET.Element) -> None:
    """Turn the semitones of a MusicXML `<transpose>` into steps, semitones and octaves, as the standard wants them."""
    semitones = semitones_of(transpose)
    octaves = int(semitones / OCTAVE)  # towards zero, so that both numbers have the same sign
    rest = semitones - octaves * OCTAVE
    steps = STEPS[abs(rest)] * (1 if rest > 0 else -1)
    transpose[:] = []
    ET.SubElement(transpose, "diatonic").text = str(steps)
    ET.SubElement(transpose, "chromatic").text = str(rest)
    if octaves:
        ET.SubElement(transpose, "octave-change").text = str(octaves)


def semitones_of(transpose: Any) -> int:
    """Semitones from the written to the sounding pitch. transpose: an element of either XML library."""
    return int(transpose.findtext("chromatic") or 0) + OCTAVE * int(transpose.findtext("octave-change") or 0)


def settle_transpositions(part: ET.Element) -> None:
    """Write every transposition of a part as an interval, once; of several in one place the last counts."""
    now = 0
    for attributes in part.iter("attributes"):
        for place, transpose in enumerate(reversed(attributes.findall("transpose"))):
            if place or semitones_of(transpose) == now:
                attributes.remove(transpose)
            else:
                now = semitones_of(transpose)
                write_interval(transpose)
