"""A tune as MusicXML 4.0, partwise.

What is promised: lengths add up exactly, in divisions that fit all of them; repeats, endings and tuplets are complete;
clefs, key and metre stand at the beginning of each part. What is not: page layout.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import chain
from math import gcd, lcm

from renderers.errors import InputRefused
from renderers.score.abc.jumps import find_unfollowed
from renderers.score.abc.layers import rest_values, space_values
from renderers.score.abc.measures import Measure, line_up
from renderers.score.abc.model import Tune, layer_length
from renderers.score.abc.part_writer import PartWriter, Splits, splits_of
from renderers.score.abc.remarks import Remark
from renderers.score.abc.score_parts import find_parts, write_part_list
from renderers.score.abc.tempos import Tempo
from renderers.score.abc.xml_text import XmlText

SOFTWARE = "Notabot"
SUBTITLE, TEXT, LYRICS = "subtitle", "text", "lyrics"  # types of credits
USUAL_DIVISIONS = 120
MAX_DIVISIONS = 10_000_000
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)


def write_musicxml(tune: Tune, *, title: str, composer: str) -> tuple[str, list[Remark]]:
    """The document, and what had to be said about the measures. Raises InputRefused."""
    measures, remarks = line_up(tune)
    unfollowed = find_unfollowed(measures)
    splits = splits_of(measures)
    divisions = _divisions(measures, splits)
    parts = find_parts(tune, measures)
    xml = XmlText()
    xml.open('score-partwise version="4.0"')
    _write_identification(xml, title=title, composer=composer)
    _write_credits(xml, tune, title=title, composer=composer)
    write_part_list(xml, parts, tune.layout.groups)
    tempos: set[tuple[int, Fraction, Tempo]] = set()
    for part in parts:
        writer = PartWriter(xml, part, divisions=divisions, tempos=tempos, follows_jumps=not unfollowed)
        writer.write(measures, splits)
    xml.close("score-partwise")
    return f"{HEAD}{xml}\n", [*remarks, *unfollowed]


def _divisions(measures: Sequence[Measure], splits: Splits) -> int:
    """Of a quarter: so many that every length is a whole number of them."""
    gaps = {m.length - layer_length(layer) for m in measures for bar in m.bars.values() for layer in bar.layers}
    lengths = chain(
        (piece.length for pieces in splits.values() for piece in pieces),
        (m.length for m in measures),
        (value.length for gap in gaps if gap > 0 for value in space_values(gap)),
        (value.length for m in measures for metre in m.metres.values() for value in rest_values(m.length, metre)),
    )
    denominators = {length.denominator for length in lengths}  # of whole notes
    divisions = lcm(*(denominator // gcd(denominator, 4) for denominator in denominators))
    if divisions > MAX_DIVISIONS:
        raise InputRefused(reason="too_fine")
    return USUAL_DIVISIONS if USUAL_DIVISIONS % divisions == 0 else divisions


def _write_identification(xml: XmlText, *, title: str, composer: str) -> None:
    """Title, composer and software, where MusicXML wants them."""
    if title:
        xml.open("work")
        xml.leaf("work-title", title)
        xml.close("work")
    xml.open("identification")
    if composer:
        xml.leaf('creator type="composer"', composer)
    xml.open("encoding")
    xml.leaf("software", SOFTWARE)
    xml.close("encoding")
    xml.close("identification")


def _write_credits(xml: XmlText, tune: Tune, *, title: str, composer: str) -> None:
    """What stands on the page beside title and composer; these once more, as programs print credits or none."""
    texts = {
        SUBTITLE: tune.titles[1:],
        TEXT: tune.texts_above,
        LYRICS: tune.words_below if any(tune.words_below) else [],
    }
    if any(texts.values()):
        for kind, lines in {"title": [title], "composer": [composer], **texts}.items():
            if any(lines):
                xml.open('credit page="1"')
                xml.leaf("credit-type", kind)
                xml.leaf("credit-words", "\n".join(lines))
                xml.close("credit")
