"""What a MusicXML document says about itself, and its music as ABC by abctoolkit's copy of Willem Vree's xml2abc.

Promises: what xml2abc is known to stumble over is taken away first, none of it music: lyrics, chord symbols, figured
bass, credits, and marks of kinds that it does not know. The unit is always L:1/8, as in NotaGen's scores.
"""

import io
import re
import xml.etree.ElementTree as ET
from contextlib import redirect_stderr
from dataclasses import dataclass
from types import SimpleNamespace

from generator.training.prepare.errors import Unusable

UNIT_DENOMINATOR = 8
UNNEEDED = frozenset({"lyric", "harmony", "figured-bass", "credit", "print"})
# What xml2abc can place; anything else ("continue", "change", "resume") makes it give up the piece.
KNOWN_TYPES = {
    "wedge": frozenset({"crescendo", "diminuendo", "stop"}),
    "octave-shift": frozenset({"up", "down", "stop"}),
    "pedal": frozenset({"start", "stop"}),
}
SAME_ACCIDENTALS = {"natural-sharp": "sharp", "natural-flat": "flat", "sharp-up": "sharp", "flat-down": "flat"}
KNOWN_ACCIDENTALS = frozenset({"double-flat", "flat-flat", "flat", "natural", "sharp", "sharp-sharp", "double-sharp"})
_DIGIT = re.compile(r"\d")
# The options of its command line: L:1/8, no line breaks, credits by its strictest filter, everything else as usual.
_OPTIONS = {
    "d": UNIT_DENOMINATOR,
    "x": True,
    "c": 6,
    "ped": True,
    "stm": False,
    "p": [],
    "m": 0,
    "n": 0,
    "b": 0,
    "v": 0,
}
_OTHER_OPTIONS = dict.fromkeys(("u", "j", "t", "s", "v1", "i", "o"))


@dataclass(frozen=True)
class Part:
    """One part of a score. staves: how many it has; sung: whether it has words; pitched: whether it has pitches."""

    name: str
    staves: int
    sung: bool
    pitched: bool


@dataclass(frozen=True)
class Metadata:
    """What a document says about itself; empty where it says nothing."""

    work: str
    movement: str
    composer: str
    parts: tuple[Part, ...]

    @property
    def title(self) -> str:
        """Work and movement in one line."""
        return " ".join(dict.fromkeys(text for text in (self.work, self.movement) if text))


def read_metadata(score: ET.Element) -> Metadata:
    """Title, composer and parts of a `<score-partwise>`."""
    creators = {creator.get("type", "composer"): _text(creator) for creator in score.findall("identification/creator")}
    number = _text(score.find("work/work-number"))
    work = " ".join(word for word in (_text(score.find("work/work-title")), number) if word)
    names = {part.get("id"): _part_name(part) for part in score.findall("part-list/score-part")}
    parts = tuple(_read_part(part, names.get(part.get("id"), "")) for part in score.findall("part"))
    return Metadata(work, _text(score.find("movement-title")), creators.get("composer", ""), parts)


def _part_name(part: ET.Element) -> str:
    return _text(part.find("part-name")) or _text(part.find("score-instrument/instrument-name"))


def _read_part(part: ET.Element, name: str) -> Part:
    staves = max((int(staff.text or 1) for staff in part.iter("staves") if (staff.text or "").isdigit()), default=1)
    sung = next(part.iter("lyric"), None) is not None
    return Part(name, staves, sung, next(part.iter("pitch"), None) is not None)


def _text(element: ET.Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def convert_score(score: ET.Element) -> str:
    """ABC of a `<score-partwise>`, voice after voice, as xml2abc writes it; the document is changed.

    Raises Unusable where there are no notes or xml2abc gives up.
    """
    if next(score.iter("pitch"), None) is None:
        raise Unusable("holds no notes with a pitch")
    tidy(score)
    from abctoolkit import xml2abc

    options = SimpleNamespace(**_OPTIONS, **_OTHER_OPTIONS)
    output = xml2abc.ABCoutput("", "", 0, options)
    output.outfile = io.StringIO()
    xml2abc.abcOut = output
    try:
        with redirect_stderr(io.StringIO()):
            xml2abc.Parser(options).parse(io.BytesIO(ET.tostring(score)))
    except Exception as error:  # it raises whatever Python does
        raise Unusable(f"cannot be converted: {type(error).__name__} {str(error)[:80]}".rstrip()) from error
    return str(output.outfile.getvalue())


def tidy(score: ET.Element) -> None:
    """Take away what is not music, what xml2abc stumbles over, and what corpora have never had: `!courtesy!`."""
    for parent in list(score.iter()):
        for child in list(parent):
            if child.tag in UNNEEDED or not _is_known(child):
                parent.remove(child)
    for element in score.iter():
        if not _is_number(element.get("default-y", "0")):
            del element.attrib["default-y"]
        if element.tag == "accidental":
            element.attrib.pop("cautionary", None)
        if element.tag == "group-barline":
            element.text = "no"
        if element.tag == "sound" and not _is_number(element.get("tempo", "0")):
            del element.attrib["tempo"]


def _is_known(element: ET.Element) -> bool:
    """Whether xml2abc can do something with the element; an accidental is renamed if another means the same."""
    if element.tag in KNOWN_TYPES:
        return element.get("type") in KNOWN_TYPES[element.tag]
    if element.tag == "metronome":
        return bool(_DIGIT.search(element.findtext("per-minute") or ""))
    if element.tag == "accidental":
        element.text = SAME_ACCIDENTALS.get(element.text or "", element.text)
        return element.text in KNOWN_ACCIDENTALS
    return True


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False
