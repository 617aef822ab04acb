"""Letters as people type them: small and without accents.

Promises: one way to fold names, for the catalogue, the keys, the instruments and the menus.
Not covered: other scripts; their marks stay, since ド without its mark is another letter.
"""

import re
import unicodedata

# Letters that decomposing leaves as they are, in the spelling people type without them.
_SPELLED_OUT = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ı": "i"})
_MARKS = re.compile("[\u0300-\u036f]+")  # accents, each a character of its own


def fold(text: str) -> str:
    """Small letters without accents: "Dvořák" → "dvorak", "Żabiński" → "zabinski"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", _MARKS.sub("", decomposed)).translate(_SPELLED_OUT)
