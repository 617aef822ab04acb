"""Chord symbols as they are set: Cm7♭5, with musical signs, each altered note once.

Behind a root verovio prints the text of the kind as it is, and then all degrees, those that are not to be printed as
well. Our texts say everything already (`F#7(b9)`), so degrees go.
"""

import re

from lxml import etree

_SIGNS = {"b": "♭", "#": "♯"}
_ALTERED = re.compile(r"[b#](?=\d)")  # a b that stands elsewhere is a letter


def set_chord_symbols(score: etree._Element) -> None:
    """For the page alone: what is to be read is put into the text of the kind, in place."""
    for harmony in score.iter("harmony"):
        for kind in harmony.iterfind("kind"):
            if text := kind.get("text"):
                kind.set("text", _ALTERED.sub(lambda sign: _SIGNS[sign[0]], text))
        for degree in harmony.findall("degree"):
            if degree.get("print-object") == "no":
                harmony.remove(degree)
