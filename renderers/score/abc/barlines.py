"""Barlines: what `|`, `||`, `|]`, `:|`, `::`, `|:`, `|::` and their many spellings mean; and labels of endings."""

import re

from renderers.score.abc.model import BarSign

MAX_TIMES = 9
_STYLES = {"||": "light-light", "|]": "light-heavy", "[|": "heavy-light", "[|]": "none", ".|": "dotted"}


def parse_barline(text: str, line: int) -> BarSign:
    """A barline. Colons in front of the first line end a repeat, those behind the last begin one."""
    if "|" not in text:  # "::"
        times = max(2, min(MAX_TIMES, (len(text.rstrip("]")) // 2) + 1))
        return BarSign(ends=times, starts=times, line=line)
    core = text.lstrip("[").replace("]", "")
    before = len(core) - len(core.lstrip(":"))
    behind = len(core) - len(core.rstrip(":"))
    inner = core.strip(":").count(":")
    if not before and not behind:  # |]:| ends a repeat, as its last two signs say
        before = inner
    ends, starts = before, behind
    bare = re.sub(r":", "", text)
    style = _STYLES.get(bare, "light-light" if bare.count("|") > 1 else "")
    if "]" in bare and bare != "[|]":
        style = "light-heavy"
    return BarSign(
        style="" if ends or starts else style,
        ends=min(MAX_TIMES, ends + 1) if ends else 0,
        starts=min(MAX_TIMES, starts + 1) if starts else 0,
        line=line,
        needs_start=text in ("|:|", "||:|"),
    )


def read_ending(text: str, line: int) -> BarSign:
    """The label of an ending: `1`, `1-3`, `[2`, `["last time"`."""
    return BarSign(ending=text.strip().lstrip("[").strip(), line=line)
