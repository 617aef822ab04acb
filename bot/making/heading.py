"""The head of an ABC text: the lines that say what the piece is called and who wrote it."""

from __future__ import annotations

import re


def field_of(abc: str, letter: str) -> str:
    """What the first line of a kind says; "" without one."""
    found = re.search(rf"^{letter}:[ \t]*(.+)$", abc, re.MULTILINE)
    return found[1].strip() if found else ""


def headed(abc: str, *, title: str, credit: str) -> str:
    """The text with this title and credit in its T: and C: lines, as far as it has them."""
    for letter, value in (("T", title), ("C", credit)):
        found = re.search(rf"^{letter}:.*$", abc, re.MULTILINE)
        if found:
            abc = f"{abc[: found.start()]}{letter}:{value}{abc[found.end() :]}"
    return abc
