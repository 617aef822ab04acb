"""What is thrown, and what becomes of it: taken, refused in a sentence, or a fault; damaged files of notation."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.texts import explain
from tests.measure.fuzz.damage import damaged_bytes, damaged_text

DATA = Path(__file__).parents[2] / "data"
TIME_LIMIT_S = 60.0

WHOLE_SHARE = 0.05  # of the files come undamaged: a door that refuses everything would prove nothing

TAKEN, REFUSED = "taken", "refused"
# One throw: draws its input, lets the door have it and says TAKEN or REFUSED. Anything raised is a fault.
Throw = Callable[[random.Random], Any]


def refused(error: Exception) -> str:
    """REFUSED if somebody gets a sentence for it. Raises the error again if not."""
    sentence = explain(error)
    if not sentence or "\n" in sentence:
        raise error
    return REFUSED


ABC_WORDS = (
    "\nM:7/8\n", "\nL:1/64\n", "\nK:HP\n", "[K:Ador]", "[M:3/4]", "|:", ":|", "|1", ":|2", "::", "(3", "(5:4:5", "-",
    "!trill!", "!crescendo(!", '"Am7/G"', "{/ab}", "[CEGc]", "z8", "x2", "Z4", "&", ">", "<<", "//", "%%score (1 2)\n",
    "%%MIDI program 1\n", "\nw: la- la _ *\n", "\nV:9\n", "[V:2]", "\nP:A\n", "\nQ:1/4=300\n", "\nX:2\nT:x\nK:C\nC|\n",
    "^^c''", "__B,,,", "=f/32", "C1000", "$", "\\", "`", "y", "~", "H", ".", "[r:0/9]", "\n+:more\n", "\nU:T=!trill!\n",
)  # fmt: skip
XML_WORDS = (
    "<note/>", "</note>", "<duration>0</duration>", "<duration>-4</duration>", "<divisions>0</divisions>", "<chord/>",
    "<backup><duration>999</duration></backup>", "<pitch><step>H</step><octave>4</octave></pitch>", "<measure>",
    "&amp;", "<!-- -->", "<![CDATA[x]]>", "<grace/>", "<rest/>", "<voice>99</voice>", "*v\t*v", "*^\t*", "==\t==", "!!",
)  # fmt: skip


def damaged_file(content: bytes, rng: random.Random) -> bytes:
    """As text, as bytes, or in another encoding."""
    kind = rng.random()
    if kind < 0.5:
        return damaged_text(content.decode(), rng, words=XML_WORDS).encode(errors="replace")
    return (
        damaged_bytes(content, rng)
        if kind < 0.9
        else content.decode().encode(rng.choice(("utf-16", "cp1252")), "replace")
    )
