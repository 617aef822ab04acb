"""A score in, the same with tablature below each part whose instrument has frets.

The tablature is a staff of its own, which says which string is stopped where; how long, the staff above says. Not
covered: slides, bends, and what the other hand does.
"""

from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction

from lxml import etree

from renderers.errors import NoFrets
from renderers.score.frets import Fretted, fretted_for, take_notes
from renderers.score.mei import MEI
from renderers.score.moments import Moment, read_moments, written_pitch
from renderers.score.parts import Part, parse_parts, parse_score

BEHIND = "-tab"  # the id of a part, for its tablature
TAB = "TAB"
OCTAVE, LOWEST_WRITTEN = 12, 52  # the lowest string of a guitar, as it is written
STEPS = ("C", "C", "D", "D", "E", "F", "F", "G", "G", "A", "A", "B")
ALTERED = (1, 3, 6, 8, 10)
_Places = dict[tuple[int, Fraction, int], tuple[int, int]]  # measure, moment, written pitch → string, fret


def write_tablature(musicxml: str) -> str:
    """The score, as MusicXML. Raises NoFrets, InputRefused."""
    score, parts = parse_score(musicxml), parse_parts(musicxml)
    found = [
        (part, element, instrument)
        for part, element in zip(parts.parts, score.findall("part"), strict=True)
        if (instrument := fretted_for(part)) is not None
    ]
    if not found:
        raise NoFrets
    for part, element, instrument in found:
        _add(score, element, _tablature(part, element, instrument))
    return etree.tostring(score, encoding="unicode", doctype=score.getroottree().docinfo.doctype)


def is_tablature(part: etree._Element) -> bool:
    """Whether a part is one that was added here, or another's tablature."""
    return any(sign.text == TAB for sign in part.iterfind("measure/attributes/clef/sign"))


def tidy_tablature(mei: etree._Element) -> None:
    """Numbers alone: no stems, tuplets and metre, in what verovio reads, in place."""
    definitions = list(mei.iter(f"{MEI}staffDef"))
    staves = {one.get("n") for one in definitions if (one.get("notationtype") or "").startswith("tab")}
    if not staves:
        return
    for definition in definitions:
        if definition.get("n") in staves:
            for metre in definition.findall(f"{MEI}meterSig"):
                metre.set("visible", "false")
    for staff in mei.iter(f"{MEI}staff"):
        if staff.get("n") in staves:
            etree.strip_elements(staff, f"{MEI}tabDurSym", with_tail=False)
            for tuplet in staff.iter(f"{MEI}tuplet"):
                tuplet.attrib.update({"num.visible": "false", "bracket.visible": "false"})


def _add(score: etree._Element, part: etree._Element, tablature: etree._Element) -> None:
    """Behind the part, joined with it by a bracket."""
    part.addnext(tablature)
    for listed in score.iterfind("part-list/score-part"):
        if listed.get("id") != part.get("id"):
            continue
        added = etree.Element("score-part", id=str(tablature.get("id")))
        etree.SubElement(added, "part-name")
        listed.addnext(added)
        start = etree.Element("part-group", type="start", number="9")
        etree.SubElement(start, "group-symbol").text = "bracket"
        etree.SubElement(start, "group-barline").text = "yes"
        listed.addprevious(start)
        added.addnext(etree.Element("part-group", type="stop", number="9"))


def _tablature(part: Part, element: etree._Element, instrument: Fretted) -> etree._Element:
    moments = list(read_moments(element))
    places = _places(part, element, moments, instrument)
    staff = deepcopy(element)
    staff.set("id", f"{element.get('id')}{BEHIND}")
    for moment, own in zip(moments, (one for measure in staff.iterfind("measure") for one in measure), strict=True):
        if own.tag == "note":
            key = moment.measure, moment.at, written_pitch(own) or 0
            # What two voices have in common is said once.
            _write_note(own, places.pop(key, None) if _is_struck(moment.element) else None)
    for measure in staff.iterfind("measure"):
        _keep_numbers(measure)
    first = staff.find("measure")
    if first is not None:
        _tune(first, instrument)
    return staff


def _places(part: Part, element: etree._Element, moments: list[Moment], instrument: Fretted) -> _Places:
    struck = [moment for moment in moments if _is_struck(moment.element)]
    pitches = [written_pitch(moment.element) or 0 for moment in struck]
    is_plain = not any(part.semitones) and element.find(".//clef-octave-change") is None
    shift = -OCTAVE if instrument.octave_lower and is_plain and min(pitches, default=0) >= LOWEST_WRITTEN else 0
    chords: dict[tuple[int, Fraction], dict[int, int]] = {}
    for moment, written in zip(struck, pitches, strict=True):
        sounding = written + part.semitones_in(moment.measure) + shift
        chords.setdefault((moment.measure, moment.at), {})[written] = sounding
    ordered = sorted(chords)
    taken = take_notes([list(chords[when].values()) for when in ordered], instrument.strings)
    return {
        (*when, written): hand[sounding]
        for when, hand in zip(ordered, taken, strict=True)
        for written, sounding in chords[when].items()
        if sounding in hand
    }


def _is_struck(element: etree._Element) -> bool:
    return (
        element.tag == "note"
        and element.find("pitch") is not None
        and element.find("grace") is None
        and not any(tie.get("type") == "stop" for tie in element.iterfind("tie"))
    )


def _write_note(note: etree._Element, place: tuple[int, int] | None) -> None:
    """Where it is taken, and nothing else; a rest that nobody sees where it is not."""
    tuplets = [deepcopy(tuplet) for tuplet in note.iterfind("notations/tuplet")]
    kept = ("chord", "pitch", "duration", "voice", "type", "dot", "time-modification", "staff")
    for child in [child for child in note if child.tag not in kept]:
        note.remove(child)
    if place is None:
        for pitch in note.findall("pitch"):
            note.remove(pitch)
        note.insert(1 if note.find("chord") is not None else 0, etree.Element("rest"))
        note.set("print-object", "no")
    notations = etree.SubElement(note, "notations")
    notations.extend(tuplets)
    if place is not None:
        technical = etree.SubElement(notations, "technical")
        for name, number in zip(("string", "fret"), place, strict=True):
            etree.SubElement(technical, name).text = str(number)


def _keep_numbers(measure: etree._Element) -> None:
    """Without words, grace notes and what the staff above says; a chord begins with a note that is taken."""
    for child in list(measure):
        if child.tag in ("direction", "harmony", "print", "sound", "figured-bass") or (
            child.tag == "note" and child.find("duration") is None
        ):
            measure.remove(child)
        elif child.tag == "attributes":
            for own in [one for one in child if one.tag not in ("divisions", "time")]:
                child.remove(own)
    for chord in list(_chords(measure)):
        _without_untaken(measure, chord)


def _chords(measure: etree._Element) -> Iterator[list[etree._Element]]:
    row: list[etree._Element] = []
    for note in measure.findall("note"):
        if note.find("chord") is None and row:
            yield row
            row = []
        row.append(note)
    if row:
        yield row


def _without_untaken(measure: etree._Element, chord: list[etree._Element]) -> None:
    taken = [note for note in chord if note.find("pitch") is not None]
    if not taken:
        taken = chord[:1]
    for note in chord:
        if note not in taken:
            measure.remove(note)
    for sign in taken[0].findall("chord"):
        taken[0].remove(sign)
        for tuplet in chord[0].iterfind("notations/tuplet"):
            for notations in taken[0].findall("notations"):
                notations.insert(0, deepcopy(tuplet))


def _tune(measure: etree._Element, instrument: Fretted) -> None:
    attributes = measure.find("attributes")
    assert attributes is not None, "the first measure of a part has them"
    clef = etree.SubElement(attributes, "clef")
    etree.SubElement(clef, "sign").text = TAB
    etree.SubElement(clef, "line").text = "5"
    details = etree.SubElement(attributes, "staff-details")
    etree.SubElement(details, "staff-lines").text = str(len(instrument.strings))
    for line, pitch in enumerate(reversed(instrument.strings), 1):
        tuning = etree.SubElement(details, "staff-tuning", line=str(line))
        etree.SubElement(tuning, "tuning-step").text = STEPS[pitch % OCTAVE]
        if pitch % OCTAVE in ALTERED:
            etree.SubElement(tuning, "tuning-alter").text = "1"
        etree.SubElement(tuning, "tuning-octave").text = str(pitch // OCTAVE - 1)
