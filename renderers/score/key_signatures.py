"""Key signatures of a MusicXML score: those that each staff is written in, and the one that sounds.

They differ where a part is written for a transposing instrument. Where keys change, verovio gives every staff the new
signature of the first part that changes; `write_key_changes` puts that right in its MEI.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from renderers.score.mei import MEI

# How many fifths up (towards sharps) or down a key moves with so many semitones, an octave left out.
FIFTHS = (0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5)
MOST_FIFTHS = 7
_AROUND = (f"{MEI}ending", f"{MEI}section")


@dataclass(frozen=True)
class Key:
    """A key signature: sharps, or flats as a negative number."""

    fifths: int
    minor: bool

    def sounding(self, semitones: int) -> "Key":
        """The key so many semitones higher, in the spelling with at most seven sharps or flats."""
        fifths = self.fifths + FIFTHS[semitones % 12]
        return Key(
            fifths - 12 if fifths > MOST_FIFTHS else fifths + 12 if fifths < -MOST_FIFTHS else fifths, self.minor
        )


NO_KEY = Key(0, minor=False)


def read_key_changes(part: etree._Element, num_staves: int) -> list[dict[int, Key]]:
    """For each measure of a MusicXML part, the key signatures that its staves begin with, counted from 1.

    Only where there is one; a change within a measure counts for the next one that has none.
    """
    return [dict(_keys_at_beginning(measure, num_staves)) for measure in part.iterfind("measure")]


def _keys_at_beginning(measure: etree._Element, num_staves: int) -> Iterator[tuple[int, Key]]:
    for element in measure:
        if element.tag == "note":
            return
        for key in element.iterfind("key") if element.tag == "attributes" else ():
            fifths = int(key.findtext("fifths") or 0)
            found = Key(min(max(fifths, -MOST_FIFTHS), MOST_FIFTHS), key.findtext("mode") == "minor")
            numbered = key.get("number")
            yield from ((staff, found) for staff in ([int(numbered)] if numbered else range(1, num_staves + 1)))


def write_key_changes(mei: etree._Element, changes: Sequence[dict[int, Key]]) -> None:
    """Give every staff of a score-based MEI its own new signature.

    changes: for each measure the keys that begin there, by verovio's number of the staff.
    """
    num_staves = len({staff.get("n") for staff in mei.iter(f"{MEI}staff")})
    for measure, keys in list(zip(mei.iter(f"{MEI}measure"), changes, strict=False))[1:]:
        if not keys or (len(set(keys.values())) == 1 and len(keys) == num_staves):
            continue
        definition = _definition_before(measure)
        for stale in definition.findall(f"{MEI}keySig"):
            definition.remove(stale)
        staves = etree.SubElement(definition, f"{MEI}staffGrp")
        for staff, key in sorted(keys.items()):
            number = abs(key.fifths)
            signature = f"{number}{'s' if key.fifths > 0 else 'f'}" if number else "0"
            etree.SubElement(etree.SubElement(staves, f"{MEI}staffDef", n=str(staff)), f"{MEI}keySig", sig=signature)


def _definition_before(measure: etree._Element) -> etree._Element:
    """The `<scoreDef>` before a measure, or before the ending or section that begins with it; else a new one."""
    first = measure
    while first.getprevious() is None and (parent := first.getparent()) is not None and parent.tag in _AROUND:
        first = parent
    before = first.getprevious()
    if before is not None and before.tag == f"{MEI}scoreDef":
        return before
    definition = etree.Element(f"{MEI}scoreDef")
    measure.addprevious(definition)
    return definition
