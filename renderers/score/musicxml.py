"""ABC in, MusicXML out, by abctoolkit's copy of Willem Vree's abc2xml.

What is promised: the MusicXML carries the title and the composer, a General MIDI program for every voice, and is in
the order that MuseScore, music21 and verovio expect. What is not: lyrics and dynamics are as good as the converter.

The converter is one module with one parser: it keeps state between calls and writes to standard error. It runs in the
rendering process, one tune after the other.
"""

import io
import re
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import redirect_stderr
from importlib import import_module
from itertools import chain
from types import ModuleType

from renderers.errors import InputRefused
from renderers.sanitise import clean_text
from renderers.score.transposition import settle_transpositions

MIN_FIFTHS, MAX_FIFTHS = -7, 7
SOFTWARE = "Notabot"
MORE_DYNAMICS = ("sf", "sfp", "sffz", "fp", "fz", "rf", "rfz")  # all that MusicXML has
_VOICE_LINE = re.compile(r'V:(\S+)(?:.*?\b(?:nm|name)="([^"]*)")?')
_CREDIT_LINES = ("T:", "C:")
_DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 3.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">'
)


def convert_abc(abc: str, *, title: str = "", composer: str = "") -> str:
    """Convert sanitised ABC with complete rests to a MusicXML document.

    title, composer: what the score says; an empty one is taken from the `T:` and `C:` lines. Raises InputRefused.
    """
    title = clean_text(title or find_credit(abc, "T:"))
    composer = clean_text(composer or find_credit(abc, "C:"))
    score = _parse(inject_programs(_without_credits(abc)))
    _write_credits(score, title=title, composer=composer)
    _break_names(score)
    for part in score.iter("part"):
        _order_first_attributes(part)
        settle_transpositions(part)
    _check_keys(score)
    ET.indent(score)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_DOCTYPE}\n{ET.tostring(score, encoding="unicode")}\n'


def inject_programs(abc: str) -> str:
    """Write `%%MIDI program N` below the first `V:` line of every voice, guessed from the instruments' names.

    A voice without a name plays the instrument of the one before: the second voice of the same staff. All names are
    read together, because each tells what the others mean.
    """
    from renderers.score.instruments import programs_for

    lines = abc.splitlines()
    names: dict[int, str] = {}  # by the line that introduces the voice
    voices: set[str] = set()
    name = ""
    for number, line in enumerate(lines):
        voice = _VOICE_LINE.match(line)
        if voice is not None and voice[1] not in voices:
            voices.add(voice[1])
            name = names[number] = voice[2] or name
    programs = dict(zip(names, programs_for(list(names.values())), strict=True))
    written = ([line, f"%%MIDI program {programs[n]}"] if n in programs else [line] for n, line in enumerate(lines))
    return "\n".join([*chain.from_iterable(written), ""])


def _parse(abc: str) -> ET.Element:
    try:
        with redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it speaks an old dialect of pyparsing
            scores = _load_converter().getXmlDocs(abc)
    except Exception as error:  # the converter raises whatever Python does: IndexError, ValueError, TypeError ...
        raise InputRefused from error
    if not scores or scores[0].find("part/measure") is None:
        raise InputRefused
    root: ET.Element = scores[0]
    return root


def _load_converter() -> ModuleType:
    """abc2xml, with two of its habits taken away: evaluating metres as Python and reading files named in the ABC.

    And with those dynamic marks that it does not know, and would drop.
    """
    converter = import_module("abctoolkit.abc2xml")
    converter.MusicXml.dynaMap |= dict.fromkeys(MORE_DYNAMICS, 1)
    converter.eval = _add_up  # type: ignore[attr-defined]
    converter.expand_abc_include = str  # type: ignore[attr-defined]
    return converter


def _add_up(beats: str) -> int:
    """The beats of a metre: "4", or "2+3"."""
    return sum(int(part) for part in beats.split("+"))


def find_credit(abc: str, field: str) -> str:
    """What the first `T:` or `C:` line says; nothing where there is none."""
    return next((line[2:].strip() for line in abc.splitlines() if line.startswith(field)), "")


def _without_credits(abc: str) -> str:
    return "\n".join(line for line in abc.splitlines() if not line.startswith(_CREDIT_LINES))


def _write_credits(score: ET.Element, *, title: str, composer: str) -> None:
    """Title, composer and software, where MusicXML wants them: work first, then identification."""
    for stale in score.findall("work") + score.findall("identification"):
        score.remove(stale)
    identification = ET.Element("identification")
    if composer:
        ET.SubElement(identification, "creator", type="composer").text = composer
    ET.SubElement(ET.SubElement(identification, "encoding"), "software").text = SOFTWARE
    score.insert(0, identification)
    if title:
        work = ET.Element("work")
        ET.SubElement(work, "work-title").text = title
        score.insert(0, work)


def _break_names(score: ET.Element) -> None:
    """Begin a new line where a name holds a backslash and an n, as names in two languages do."""
    for tag in ("part-name", "part-abbreviation", "instrument-name"):
        for name in score.iter(tag):
            name.text = (name.text or "").replace("\\n", "\n")


def _order_first_attributes(part: ET.Element) -> None:
    """Move the clefs of the lower staves, and the key and metre, to the very beginning of the part.

    The converter writes the clef of the second staff only where its voice begins, after a `<backup>`: verovio then
    draws the first system without it and the key signature on the wrong lines.
    """
    measure = part.find("measure")
    first = None if measure is None else measure.find("attributes")
    if measure is None or first is None:
        return
    for attributes in _at_beginning(measure):
        if attributes is not first:
            _take_over(attributes, first)
        numbers = {clef.get("number") for clef in first.findall("clef")}
        if attributes is not first and all(e.tag == "clef" and e.get("number") not in numbers for e in attributes):
            measure.remove(attributes)
            first.extend(list(attributes))
    if all(clef.get("number", "1") != "1" for clef in first.findall("clef")):
        clef = ET.SubElement(first, "clef", number="1")  # the voice names none, and verovio would draw none
        ET.SubElement(clef, "sign").text = "G"
        ET.SubElement(clef, "line").text = "2"
    first[:] = sorted(first, key=lambda child: _ATTRIBUTES_ORDER.get(child.tag, len(_ATTRIBUTES_ORDER)))
    measure.remove(first)
    measure.insert(len(measure.findall("print")), first)


def _take_over(attributes: ET.Element, first: ET.Element) -> None:
    """Move key and transposition to the beginning: a voice that begins with `[K:D]` has never been in another key."""
    for child in list(attributes):
        if child.tag in ("key", "transpose"):
            attributes.remove(child)
            for stale in first.findall(child.tag) if child.tag == "key" else ():
                first.remove(stale)
            first.append(child)


_ATTRIBUTES_ORDER = {
    tag: place
    for place, tag in enumerate(
        ("divisions", "key", "time", "staves", "part-symbol", "instruments", "clef", "staff-details", "transpose")
    )
}


def _at_beginning(measure: ET.Element) -> Iterator[ET.Element]:
    """The `<attributes>` of a measure that stand before any note of their staff."""
    now = 0
    for element in list(measure):
        duration = int(element.findtext("duration") or 0)
        if element.tag == "attributes" and now == 0:
            yield element
        elif element.tag == "backup":
            now -= duration
        elif element.tag == "forward" or (element.tag == "note" and element.find("chord") is None):
            now += duration


def _check_keys(score: ET.Element) -> None:
    for fifths in score.iter("fifths"):
        if not MIN_FIFTHS <= int(fifths.text or 0) <= MAX_FIFTHS:
            raise InputRefused("A key has more than seven sharps or flats. Write it as its simpler neighbour.")
