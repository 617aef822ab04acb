"""Names for the notes and measures of a MusicXML score, which stay the same whoever reads it.

Verovio invents names of its own, others for the page than for the sound, because the page is engraved from a score that
was made legible. With these, what sounds is found on the page.
"""

from lxml import etree

from renderers.score.parts import parse_score

NOTE, MEASURE = "n", "m"  # behind it the number, from 1


def name_notes(musicxml: str) -> str:
    """The same score, in which each note has an id; measures have the number of their place. Raises InputRefused."""
    score = parse_score(musicxml)
    for number, note in enumerate(score.iter("note"), 1):
        note.set("id", f"{NOTE}{number}")
    for part in score.iterfind("part"):
        for number, measure in enumerate(part.iterfind("measure"), 1):
            measure.set("id", f"{MEASURE}{number}")
    return etree.tostring(score, encoding="unicode")
