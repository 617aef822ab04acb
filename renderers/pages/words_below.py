"""The words of further verses, which stand below the music: on its page where that is one and they fit, else behind it.

Verovio prints a foot on the first page or on all of them, and none on the last alone. So what does not fit gets pages
of its own: a score of one bar that nobody sees, with the words where a title stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from renderers.pages.text_runs import wrap
from renderers.score.abc.writer import LYRICS

LINE_CHARS = 72
LINES_ON_A_PAGE = 44
EMPTY_SCORE = """<?xml version="1.0" encoding="UTF-8"?>
<score-partwise version="4.0"><part-list><score-part id="P1"><part-name/></score-part></part-list><part id="P1">
<measure number="1"><attributes><divisions>1</divisions><time print-object="no"><senza-misura/></time>
<clef><sign>none</sign></clef></attributes>
<note print-object="no"><rest/><duration>4</duration><type>whole</type></note>
<barline location="right"><bar-style>none</bar-style></barline></measure></part></score-partwise>
"""


def read_words_below(score: etree._Element) -> list[str]:
    """The lines of a score's credit for lyrics; empty ones between verses stay."""
    return read_credit(score, LYRICS, LINE_CHARS)


def read_credit(score: etree._Element, kind: str, max_chars: int) -> list[str]:
    """The lines of a score's credits of a type, none longer than so many characters."""
    words = (
        credit.findtext("credit-words") or ""
        for credit in score.iterfind("credit")
        if credit.findtext("credit-type") == kind
    )
    return [line for text in words for written in text.split("\n") for line in (wrap(written, max_chars) or [""])]


def pages_of(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """The lines of each page of their own."""
    for start in range(0, len(words), LINES_ON_A_PAGE):
        yield words[start : start + LINES_ON_A_PAGE]
