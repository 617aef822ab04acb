"""Key signatures of a MusicXML score: those that each staff is written in, and the one that sounds.

They differ where a part is written for a transposing instrument. Where keys change, verovio gives every staff the new
signature of the first part that changes, and moves a change within a measure to the barline before it, where it is
wrong for the notes between; `write_key_changes` puts both right in its MEI.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

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

    @property
    def mei(self) -> str:
        """As MEI writes it: `2s`, `3f`, `0`."""
        return f"{abs(self.fifths)}{'s' if self.fifths > 0 else 'f'}" if self.fifths else "0"


NO_KEY = Key(0, minor=False)


@dataclass(frozen=True)
class KeyChange:
    """A key signature that a staff gets. at: quarters since the beginning of the measure."""

    staff: int
    at: Fraction
    key: Key


def read_key_changes_of_part(part: etree._Element, staves: Sequence[int]) -> list[tuple[KeyChange, ...]]:
    """The changes of key in each measure of a MusicXML part. staves: what its staves are called in all the score."""
    divisions = 1
    changes = []
    for measure in part.iterfind("measure"):
        divisions = int(measure.findtext("attributes/divisions") or divisions) or 1
        has_any = measure.find("attributes/key") is not None
        changes.append(tuple(_changes_in(measure, staves, divisions)) if has_any else ())
    return changes


def _changes_in(measure: etree._Element, staves: Sequence[int], divisions: int) -> Iterator[KeyChange]:
    now = Fraction(0)
    for element in measure:
        duration = Fraction(int(float(element.findtext("duration") or 0)), divisions)
        if element.tag == "backup":
            now -= duration
        elif element.tag == "forward" or (element.tag == "note" and element.find("chord") is None):
            now += duration
        for key in element.iterfind("key") if element.tag == "attributes" else ():
            fifths = int(key.findtext("fifths") or 0)
            found = Key(min(max(fifths, -MOST_FIFTHS), MOST_FIFTHS), key.findtext("mode") == "minor")
            number = int(key.get("number") or 0)
            yield from (KeyChange(staff, now, found) for place, staff in enumerate(staves, 1) if number in (0, place))


def write_key_changes(mei: etree._Element, changes: Sequence[Collection[KeyChange]]) -> None:
    """Give every staff of a score-based MEI its own new signature, at the place where it changes.

    changes: those of all staves in each measure.
    """
    num_staves = len({staff.get("n") for staff in mei.iter(f"{MEI}staff")})
    for index, (measure, here) in enumerate(zip(list(mei.iter(f"{MEI}measure")), changes, strict=False)):
        at_beginning = {change.staff: change.key for change in here if not change.at and index}
        within = [change for change in here if change.at]
        alike = len(set(at_beginning.values())) == 1 and len(at_beginning) == num_staves
        if within or (at_beginning and not alike):
            _write_beginning(measure, at_beginning)
        for change in within:
            _write_within(measure, change)


def _write_beginning(measure: etree._Element, keys: Mapping[int, Key]) -> None:
    definition = _definition_before(measure)
    for stale in definition.findall(f"{MEI}keySig"):
        definition.remove(stale)
    if keys:
        staves = etree.SubElement(definition, f"{MEI}staffGrp")
        for staff, key in sorted(keys.items()):
            definition_of_staff = etree.SubElement(staves, f"{MEI}staffDef", n=str(staff))
            etree.SubElement(definition_of_staff, f"{MEI}keySig", sig=key.mei)
    elif not len(definition) and (parent := definition.getparent()) is not None:
        parent.remove(definition)


def _write_within(measure: etree._Element, change: KeyChange) -> None:
    """Put a signature before the first note, rest, chord or beam of the staff that begins there or later."""
    layer = measure.find(f"{MEI}staff[@n='{change.staff}']/{MEI}layer")
    if layer is None:
        return
    place = sum(start < float(change.at) - 1e-3 for start in _starts(layer))
    layer.insert(place, etree.Element(f"{MEI}keySig", sig=change.key.mei))


def _starts(layer: etree._Element) -> Iterator[float]:
    """Where the children of a layer begin, in quarters from the beginning of the measure."""
    definitions = layer.getroottree().iter(f"{MEI}staffDef")
    ppq = next((float(ppq) for definition in definitions if (ppq := definition.get("ppq"))), 1.0)
    now = 0.0
    for event in layer:
        yield now
        lasting = (each for each in event.iter() if each.get("grace") is None)
        now += sum(float(each.get("dur.ppq") or 0) for each in lasting) / ppq


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
