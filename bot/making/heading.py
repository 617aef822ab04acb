"""The head of an ABC text: the lines that say what the piece is called and who wrote it."""

from __future__ import annotations

import re


def headed(abc: str, *, title: str, credit: str) -> str:
    """The text with this title and credit in its T: and C: lines, as far as it has them."""
    for letter, value in (("T", title), ("C", credit)):
        found = re.search(rf"^{letter}:.*$", abc, re.MULTILINE)
        if found:
            abc = f"{abc[: found.start()]}{letter}:{value}{abc[found.end() :]}"
    return abc
