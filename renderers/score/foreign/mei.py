"""MEI: scanned, then read by way of MusicXML."""

from __future__ import annotations

from lxml import etree

from renderers.errors import InputRefused
from renderers.score.abc.model import Tune
from renderers.score.foreign.music21_bridge import as_musicxml
from renderers.score.foreign.musicxml import read_musicxml
from renderers.score.foreign.safe_xml import parse_xml

NAME = "MEI"
NAMESPACE = "http://www.music-encoding.org/ns/mei"


def read_mei(content: bytes) -> Tune:
    """The tune of a file; of a corpus the first one. Raises InputRefused."""
    root = parse_xml(content, kind=NAME)
    mei = root if root.tag == "mei" else next(root.iter("mei"), None)
    if mei is None or next(mei.iter("measure"), None) is None:
        raise InputRefused(reason="file_no_music")
    for element in mei.iter(etree.Element):
        element.tag = etree.QName(NAMESPACE, str(element.tag))
    text = etree.tostring(mei, encoding="unicode")
    return read_musicxml(as_musicxml(text, form="mei", kind=NAME))
