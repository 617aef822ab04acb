"""MEI, the form of libraries and editions: verovio translates the MusicXML.

What is promised: it says that it is MEI 5.1, which others read; verovio names a version that is not released yet, which
they refuse. Keys stand where they are written, for each staff its own. The same score gives the same text. What is not:
a header beyond title and composer. Verovio is native code and dies of some scores: this runs in the rendering process.
"""

from lxml import etree

from renderers.errors import InputRefused
from renderers.score.key_signatures import write_key_changes
from renderers.score.mei import MEI
from renderers.score.parts import parse_score, read_key_changes
from renderers.score.toolkits import open_toolkit

VERSION = "5.1"
_SCHEMA = f"https://music-encoding.org/schema/{VERSION}/mei-all.rng"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<?xml-model href="{_SCHEMA}" type="application/xml" schematypens="http://relaxng.org/ns/structure/1.0"?>\n'
    f'<?xml-model href="{_SCHEMA}" type="application/xml" schematypens="http://purl.oclc.org/dsdl/schematron"?>\n'
)


def write_mei(musicxml: str) -> str:
    """The whole document. Raises InputRefused."""
    toolkit = open_toolkit()
    toolkit.setOptions({"xmlIdSeed": 1, "breaks": "none"})
    toolkit.setInputFrom("xml")
    if not toolkit.loadData(musicxml):
        raise InputRefused
    text = toolkit.getMEI({"scoreBased": True})
    mei = etree.fromstring(text.encode(), etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True))
    write_key_changes(mei, read_key_changes(parse_score(musicxml)))
    for application in mei.iter(f"{MEI}application"):
        application.attrib.pop("isodate", None)  # when it was translated
    mei.set("meiversion", VERSION)
    return _HEAD + etree.tostring(mei, encoding="unicode") + "\n"
