"""MEI and humdrum by converter21 and music21, as MusicXML that our own reader reads.

Both are pure Python, under MIT and BSD licences. music21 would fill up every short measure with rests nobody sees, so
that a pickup becomes a full bar: it is told to leave the notation alone. See docs/DECISIONS.md for what was measured.
"""

from __future__ import annotations

import io
import warnings
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from lxml import etree

from renderers.errors import InputRefused
from renderers.score.foreign.safe_xml import parse_xml

WARNING = "⚠"  # converter21 puts it where an editor left a footnote


def as_musicxml(text: str, *, form: str, kind: str) -> etree._Element:
    """The root of a MusicXML document with the music of a text.

    form: what music21 calls the format; kind: what people call it. Raises InputRefused.
    """
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # converters warn of much that does not concern us
        try:
            written = _export(_parse(text, form))
        except (MemoryError, RecursionError):
            raise
        except Exception as error:  # they raise whatever Python does
            raise InputRefused(reason="file_damaged", kind=kind) from error
    root = parse_xml(written, kind=kind)
    for creator in root.findall("identification/creator"):
        if creator.text == "Music21":  # its name for a composer whom the file does not name
            creator.text = ""
    for words in list(root.iter("words")):
        if (words.text or "").strip() == WARNING:
            words.text = ""
    return root


def _parse(text: str, form: str) -> Any:
    import converter21
    from music21 import converter

    converter21.register()
    return converter.parseData(text, format=form)


def _export(score: Any) -> bytes:
    from music21.musicxml.m21ToXml import GeneralObjectExporter

    _settle_rests(score)
    exporter = GeneralObjectExporter(score)
    exporter.makeNotation = False
    return bytes(exporter.parse())


def _settle_rests(score: Any) -> None:
    """Say of every rest whether it is as long as its bar, as music21 would find out; forget how high it is drawn.

    For each of the two it would build a tree of the whole score, rest by rest: half of the time of a long score.
    """
    from music21.note import Rest
    from music21.stream import Measure

    for part in score.parts:
        bar_length = None
        for measure in part.getElementsByClass(Measure):
            if measure.timeSignature is not None:
                bar_length = measure.timeSignature.barDuration.quarterLength
            for rest in measure.recurse().getElementsByClass(Rest):
                if rest.fullMeasure == "auto":
                    rest.fullMeasure = rest.duration.quarterLength == bar_length
                rest.stepShift = 0
