"""A score in, a lead sheet out: its melody on one staff, with the names of chords above.

The melody is that of whoever sings, else of the first part: the upper voice of its upper staff, of chords the highest
note. Names of chords that the score has stay; where it has none, they are told from what sounds (`score/chords.py`).
Not covered: melodies that go from one part to another.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from fractions import Fraction
from itertools import product

from lxml import etree

from renderers.pages.single_parts import is_heading, leave_alone
from renderers.score.chords import PITCH_CLASSES, Chord, Tone, name_chords, spell, spell_above
from renderers.score.moments import Moment, read_moments, written_pitch
from renderers.score.parts import PartList, parse_parts, parse_score

UPPER = "1"
_ORDER = {"attributes": 0, "barline": 1, "direction": 2, "harmony": 3, "note": 4, "closing": 5}
_Placed = tuple[Fraction, int, etree._Element]


def write_lead_sheet(musicxml: str) -> str:
    """The lead sheet, as MusicXML of one part. Raises InputRefused."""
    score, parts = parse_score(musicxml), parse_parts(musicxml)
    elements = score.findall("part")
    singer = next((number for number, part in enumerate(elements) if part.find(".//lyric") is not None), 0)
    moments = [list(read_moments(part)) for part in elements]
    lengths = [Fraction(quarters).limit_denominator(960) for quarters in parts.measure_quarters]
    written = [moment for part in moments for moment in part if moment.element.tag == "harmony"]
    symbols = written or list(_told(elements[singer], moments, parts, lengths, singer=singer))
    _write_melody(elements[singer], moments[singer], symbols, lengths)
    leave_alone(score, elements[singer])
    return etree.tostring(score, encoding="unicode", doctype=score.getroottree().docinfo.doctype)


# --- chords ----------------------------------------------------------------------------------------------------------


def _told(
    melody: etree._Element,
    moments: Sequence[Sequence[Moment]],
    parts: PartList,
    lengths: Sequence[Fraction],
    *,
    singer: int,
) -> Iterator[Moment]:
    """Symbols where the chord changes, spelt as the melody's key has it."""
    tones: list[list[Tone]] = [[] for _ in lengths]
    for part, played in zip(parts.parts, moments, strict=True):
        for moment in played:
            pitch = written_pitch(moment.element) if moment.element.tag == "note" else None
            if pitch is not None and moment.measure < len(tones):
                sounding = pitch + part.semitones_in(moment.measure)
                tones[moment.measure].append(Tone(at=moment.at, length=moment.length, pitch=sounding))
    fifths = beats = 0
    before: Chord | None = None
    for index, measure in enumerate(melody.iterfind("measure")):
        fifths = int(measure.findtext("attributes/key/fifths") or fifths)
        beats = int((measure.findtext("attributes/time/beats") or str(beats)).partition("+")[0])
        halves = (beats % 2 == 0 and beats > 2) or (beats == 2 and lengths[index] >= 4)
        for at, chord in name_chords(tones[index], length=lengths[index], halves=halves):
            if chord != before:
                shift = parts.parts[singer].semitones_in(index)
                symbol = _symbol(chord, fifths, shift)
                yield Moment(measure=index, at=at, length=Fraction(0), element=symbol)
            before = chord


def _symbol(chord: Chord, fifths: int, shift: int) -> etree._Element:
    """shift: semitones from what is written to what sounds."""
    harmony, root = etree.Element("harmony"), spell((chord.root - shift) % PITCH_CLASSES, fifths)
    _write_note(harmony, "root", *root)
    etree.SubElement(harmony, "kind", text=chord.suffix).text = chord.name
    if chord.bass != chord.root:
        _write_note(harmony, "bass", *spell_above(root, (chord.bass - chord.root) % PITCH_CLASSES))
    return harmony


def _write_note(harmony: etree._Element, name: str, step: str, alter: int) -> None:
    root = etree.SubElement(harmony, name)
    etree.SubElement(root, f"{name}-step").text = step
    if alter:
        etree.SubElement(root, f"{name}-alter").text = str(alter)


# --- the melody ------------------------------------------------------------------------------------------------------


def _write_melody(
    part: etree._Element, moments: Sequence[Moment], symbols: Sequence[Moment], lengths: Sequence[Fraction]
) -> None:
    """Write the part anew, in place."""
    divisions = 1
    by_measure: list[list[Moment]] = [[] for _ in lengths]
    for moment in moments:
        by_measure[moment.measure].append(moment)
    for index, measure in enumerate(part.findall("measure")):
        divisions = int(measure.findtext("attributes/divisions") or divisions) or 1
        voice = _upper_voice(by_measure[index])
        placed = list(_kept(by_measure[index], voice))
        placed += [
            (symbol.at, _ORDER["harmony"], deepcopy(symbol.element)) for symbol in symbols if symbol.measure == index
        ]
        for child in list(measure):
            measure.remove(child)
        _fill(measure, sorted(placed, key=lambda one: one[:2]), divisions, lengths[index])


def _upper_voice(moments: Sequence[Moment]) -> str:
    """The voice of the upper staff that comes first and has a note."""
    voices = [
        moment.element.findtext("voice") or UPPER
        for moment in moments
        if moment.element.tag == "note"
        and moment.element.find("pitch") is not None
        and (moment.element.findtext("staff") or UPPER) == UPPER
    ]
    return min(voices, key=lambda voice: (len(voice), voice), default=UPPER)


def _kept(moments: Sequence[Moment], voice: str) -> Iterator[_Placed]:
    main: etree._Element | None = None
    for moment in moments:
        element = moment.element
        if element.tag == "attributes":
            yield moment.at, _ORDER["attributes"], _of_one_staff(element)
        elif element.tag == "barline":
            yield moment.at, _ORDER["barline" if element.get("location") == "left" else "closing"], deepcopy(element)
        elif element.tag == "direction" and is_heading(element):
            yield moment.at, _ORDER["direction"], _without(element, "staff")
        elif element.tag == "note" and (element.findtext("voice") or UPPER) == voice:
            if element.find("chord") is None:
                main = _without(element, "staff", "stem")
                yield moment.at, _ORDER["note"], main
            elif main is not None and (written_pitch(element) or 0) > (written_pitch(main) or 0):
                _lift(main, element)


def _of_one_staff(attributes: etree._Element) -> etree._Element:
    own = _without(attributes, "staves", "part-symbol")
    for child in list(own):
        if child.get("number", UPPER) != UPPER:
            own.remove(child)
        elif "number" in child.attrib:
            del child.attrib["number"]
    return own


def _without(element: etree._Element, *names: str) -> etree._Element:
    own = deepcopy(element)
    for child in [child for name in names for child in own.findall(name)]:
        own.remove(child)
    return own


def _lift(main: etree._Element, upper: etree._Element) -> None:
    """Give a note the pitch, accidental and ties of a higher one of its chord."""
    for name in ("pitch", "duration"):
        own, lifted = main.find(name), upper.find(name)
        if own is not None and lifted is not None:
            main.replace(own, deepcopy(lifted))
    for own in main.findall("accidental"):
        main.remove(own)
    accidental, kind = upper.find("accidental"), [*main.findall("type"), *main.findall("dot")]
    if accidental is not None and kind:
        kind[-1].addnext(deepcopy(accidental))
    _tie_as(main, upper)


def _tie_as(main: etree._Element, upper: etree._Element) -> None:
    """The ties of another note instead of its own, as they sound and as they are printed."""
    for parent in (main, *main.findall("notations")):
        for own in [child for child in parent if child.tag in ("tie", "tied")]:
            parent.remove(own)
    for tie, duration in product(reversed(upper.findall("tie")), main.findall("duration")):
        duration.addnext(deepcopy(tie))
    tieds = upper.findall("notations/tied")
    if tieds and main.find("notations") is None:
        lyric = next((place for place, child in enumerate(main) if child.tag == "lyric"), len(main))
        main.insert(lyric, etree.Element("notations"))
    for tied, notations in product(reversed(tieds), main.findall("notations")[:1]):
        notations.insert(0, deepcopy(tied))


def _fill(measure: etree._Element, placed: Sequence[_Placed], divisions: int, length: Fraction) -> None:
    """Write what stands in a measure in order; a symbol within a note says how far behind its beginning."""
    notes = [(at, element) for at, _, element in placed if element.tag == "note"]
    now = Fraction(0)
    waiting = [(at, element) for at, _, element in placed if element.tag == "harmony"]
    if not any(element.find("grace") is None for _, element in notes):
        rest = etree.Element("note")
        etree.SubElement(rest, "rest", measure="yes")
        etree.SubElement(rest, "duration").text = str(round(length * divisions))
        etree.SubElement(rest, "voice").text = UPPER
        end = next((n for n, (_, order, _) in enumerate(placed) if order > _ORDER["note"]), len(placed))
        placed = [*placed[:end], (Fraction(0), _ORDER["note"], rest), *placed[end:]]
    for at, _, element in placed:
        if element.tag == "harmony":
            continue
        if element.tag == "note":
            if at > now:
                forward = etree.SubElement(measure, "forward")
                etree.SubElement(forward, "duration").text = str(round((at - now) * divisions))
                now = at
            ends = at + Fraction(element.findtext("duration") or "0") / divisions
            while waiting and element.find("grace") is None and waiting[0][0] < ends:
                behind, symbol = waiting.pop(0)
                if behind > at:
                    etree.SubElement(symbol, "offset").text = str(round((behind - at) * divisions))
                measure.append(symbol)
            now = max(now, ends)
        measure.append(element)
