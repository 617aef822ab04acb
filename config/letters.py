"""Letters as people type them: small and without accents.

Promises: one way to fold names, for the catalogue, the keys, the instruments and the menus.
Not covered: other scripts; their marks stay, since ド without its mark is another letter.
"""

import unicodedata

# Letters that decomposing leaves as they are, in the spelling people type without them.
_SPELLED_OUT = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ı": "i"})


def fold(text: str) -> str:
    """Small letters without accents: "Dvořák" → "dvorak", "Żabiński" → "zabinski"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(char for char in decomposed if not "\u0300" <= char <= "\u036f")
    return unicodedata.normalize("NFC", kept).translate(_SPELLED_OUT)
