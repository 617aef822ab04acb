"""The words of `V:` and `K:` lines: `treble name="Violin I" octave=-1`."""

import re

_WORD = re.compile(
    r"""(?:(?P<name>[A-Za-z][\w-]+(?=\s*=)|[mt](?==))\s*=\s*)?(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]+))""", re.ASCII
)
_KEY = re.compile(r"[A-G][#b]?(?i:m|maj|min|aeo|ion|dor|phr|lyd|mix|loc)[A-Za-z]*")
_SAME = {"nm": "name", "snm": "subname", "sname": "subname", "m": "middle", "t": "transpose", "cl": "clef"}


def read_properties(text: str) -> tuple[list[str], dict[str, str]]:
    """Words that stand alone, in order; and named values by their long names."""
    words: list[str] = []
    properties: dict[str, str] = {}
    for match in _WORD.finditer(text):
        value = match["quoted"] if match["quoted"] is not None else match["plain"]
        if match["name"] and _KEY.fullmatch(match["name"]):  # K:Dmix=c
            words += [match["name"], f"={value}"]
        elif match["name"]:
            name = match["name"].lower()
            properties[_SAME.get(name, name)] = value
        elif match["quoted"] is None:
            words.append(value)
    return words, properties


def read_number(text: str | None, *, most: int) -> int | None:
    """A whole number between -most and most, or None."""
    if text is None or not re.fullmatch(r"[+-]?\d{1,3}", text, re.ASCII):
        return None
    return number if abs(number := int(text)) <= most else None
