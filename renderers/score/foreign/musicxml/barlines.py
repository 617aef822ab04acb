"""`<barline>`: style, repeats, endings."""

from __future__ import annotations

import re

from lxml import etree

from renderers.sanitise import clean_text
from renderers.score.abc.barlines import MAX_TIMES
from renderers.score.abc.model import BarSign
from renderers.score.foreign.musicxml.numbers import whole

STYLES = {
    "light-light": "light-light", "light-heavy": "light-heavy", "heavy-light": "heavy-light",
    "heavy-heavy": "heavy-heavy", "dotted": "dotted", "dashed": "dotted", "none": "none", "heavy": "light-heavy",
}  # fmt: skip


def read_barline(element: etree._Element, *, line: int) -> tuple[BarSign, bool]:
    """The sign, and whether an ending stops at it."""
    sign = BarSign(line=line)
    sign.style = STYLES.get((element.findtext("bar-style") or "").strip(), "")
    repeat = element.find("repeat")
    if repeat is not None:
        times = whole(repeat.get("times"), 2, low=2, high=MAX_TIMES)
        if repeat.get("direction") == "forward":
            sign.starts = times
        else:
            sign.ends = times
        sign.style = ""
    sign.has_fermata = element.find("fermata") is not None
    ending = element.find("ending")
    if ending is None:
        return sign, False
    if ending.get("type") != "start":
        return sign, True
    numbers = re.findall(r"\d{1,2}", ending.get("number", ""))
    text = clean_text(ending.text or "").replace('"', "'")
    plain = re.sub(r"[\s.]", "", text)
    if numbers:
        sign.ending = ",".join(numbers)
    elif plain:
        sign.ending = f'"{text}"'
    return sign, False
