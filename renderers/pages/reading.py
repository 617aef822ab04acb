"""MusicXML in, MEI out, as verovio reads it once it has been made legible: what is the same on all papers.

Verovio is native code and dies of some scores: this runs in the rendering process.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import verovio
from lxml import etree

from renderers.errors import InputRefused
from renderers.pages.directions import settle_directions
from renderers.pages.legible import make_legible
from renderers.pages.resting_staves import hide_resting_staves
from renderers.pages.tablature import tidy_tablature
from renderers.pages.words_below import LINE_CHARS, read_credit, read_words_below
from renderers.score.abc.writer import LYRICS, SUBTITLE, TEXT
from renderers.score.key_signatures import write_key_changes
from renderers.score.mei import MEI
from renderers.score.parts import parse_score, read_key_changes
from renderers.score.toolkits import open_toolkit

SUBTITLE_CHARS = 62
SEED = 1  # of the names that verovio gives


@dataclass(frozen=True, kw_only=True)
class ReadScore:
    """A score to be laid out. mei: not to be changed.

    subtitle, texts: lines that stand below its title; words: lines of the song that stand below the music.
    toolkits: the one that has read it, for whoever lays it out first.
    """

    mei: etree._Element
    subtitle: Sequence[str]
    texts: Sequence[str]
    words: Sequence[str]
    toolkits: list[verovio.toolkit]

    @property
    def num_staves(self) -> int:
        """Of a line of music."""
        return len(self.mei.findall(f".//{MEI}scoreDef[1]//{MEI}staffDef"))

    def take_toolkit(self) -> verovio.toolkit:
        """One that holds no other score."""
        return self.toolkits.pop() if self.toolkits else open_toolkit()


def read_score(musicxml: str) -> ReadScore:
    """Raises InputRefused."""
    toolkit = open_toolkit()
    toolkit.setOptions({"xmlIdSeed": SEED, "breaks": "none"})
    toolkit.setInputFrom("xml")
    score = parse_score(musicxml)
    words = read_words_below(score) if LYRICS in musicxml else []
    make_legible(score)
    if not toolkit.loadData(etree.tostring(score, encoding="unicode")):
        raise InputRefused
    mei = etree.fromstring(toolkit.getMEI({"scoreBased": True}).encode(), etree.XMLParser(huge_tree=True))
    write_key_changes(mei, read_key_changes(score))
    _sort_layers(mei)
    tidy_tablature(mei)
    settle_directions(mei, [int(part.findtext("measure/attributes/staves") or 1) for part in score.iterfind("part")])
    hide_resting_staves(mei)
    read = ReadScore(
        mei=mei,
        subtitle=read_credit(score, SUBTITLE, SUBTITLE_CHARS),
        texts=read_credit(score, TEXT, LINE_CHARS),
        words=words,
        toolkits=[toolkit],
    )
    if not read.num_staves:
        raise InputRefused
    return read


def _sort_layers(mei: etree._Element) -> None:
    """Put the layers of a staff in the order of their numbers, from 1: the first has its stems and rests above."""
    for staff in mei.iter(f"{MEI}staff"):
        layers = staff.findall(f"{MEI}layer")
        if len(layers) > 1:
            layers.sort(key=lambda layer: int(layer.get("n") or 0))
        for number, layer in enumerate(layers, 1):
            layer.set("n", str(number))
            staff.append(layer)
