r"""Letters that ABC writes in other ways: `\'e`, `&eacute;` and `\u00e9` are é; and bytes in old code pages.

What is not covered: TeX beyond the list of the ABC standard.
"""

import html
import re
import unicodedata

_MARKS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    '"': "\u0308",
    "v": "\u030c",
    "u": "\u0306",
    "c": "\u0327",
    "=": "\u0304",
    "H": "\u030b",
    ";": "\u0328",
    ".": "\u0307",
}
_LIGATURES = {
    "AA": "Å", "aa": "å", "AE": "Æ", "ae": "æ", "OE": "Œ", "oe": "œ", "/O": "Ø", "/o": "ø", "O/": "Ø", "o/": "ø",
    "ss": "ß", "DH": "Ð", "dh": "ð", "TH": "Þ", "th": "þ", "cC": "Ç", "cc": "ç", "/L": "Ł", "/l": "ł", "/D": "Đ",
    "/d": "đ", "-D": "Đ", "-d": "đ",
}  # fmt: skip
_ESCAPE = re.compile(
    r"""\\(?: u(?P<unicode>[0-9A-Fa-f]{4}) | U(?P<long>[0-9A-Fa-f]{8})
          | (?P<mark>[`'^~"vucH=;.]) \{? (?P<letter>[A-Za-z]) \}?
          | (?P<ligature>AA|aa|AE|ae|OE|oe|/O|/o|O/|o/|ss|DH|dh|TH|th|cC|/L|/l|/D|/d|-D|-d)
          | (?P<sign>[\\%&]) )""",
    re.VERBOSE,
)
_NAMED = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,6}|#x[0-9A-Fa-f]{2,5});")


def read_letters(text: str) -> str:
    r"""The text with its escapes read: `\'e`, `\"{o}`, `\ss`, `&eacute;`, `\u00e9`, `\%`."""
    if "&" in text:
        text = _NAMED.sub(lambda name: html.unescape(name[0]), text)
    return _ESCAPE.sub(_letter, text) if "\\" in text else text


def _letter(escape: re.Match[str]) -> str:
    if code := escape["unicode"] or escape["long"]:
        number = int(code, 16)
        return chr(number) if 0x20 <= number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
    if escape["sign"]:
        return escape["sign"]
    if escape["ligature"]:
        return _LIGATURES[escape["ligature"]]
    composed = unicodedata.normalize("NFC", escape["letter"] + _MARKS[escape["mark"]])
    return composed if len(composed) == 1 else escape[0]


def decode_bytes(content: bytes) -> str:
    """The text of an ABC file: UTF-8, UTF-16, or Windows-1252, in which old collections are written.

    Never fails: bytes that mean nothing in Windows-1252 are read as Latin-1.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if len(content) > 3 and 0 in content[:4]:  # UTF-16 without a byte order mark: every second byte of ABC is zero
        return content.decode("utf-16-le" if content[1] == 0 else "utf-16-be", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")
