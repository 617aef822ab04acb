"""XML of anybody: weighed and counted first, then parsed.

What is promised: before a tree is built, the text has been scanned once for its depth, its notes and for entities, of
which none may be declared: so nothing outside the file is ever read, and nothing grows. Its letters are right: the
encoding is the one the file declares, or has, where the two differ.
"""

from __future__ import annotations

import codecs
import re
from xml.parsers import expat

from lxml import etree

from renderers.errors import InputRefused

MAX_UNPACKED_BYTES = 40_000_000  # of a score as XML; the largest we know has a quarter of it
MAX_DEPTH = 60  # MusicXML needs 10, MEI 20
MAX_NOTES = 60_000
SEVEN_BITS = ("iso-2022", "iso2022", "hz")  # their letters are written in ASCII
NOTES = frozenset({"note", "rest"})

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][\w.-]{1,40})["']""")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def parse_xml(content: bytes, *, kind: str) -> etree._Element:
    """The root of a document, without comments and namespaces. kind: its name in what is said of a damaged one.

    Raises InputRefused.
    """
    text = _DECLARATION.sub("", decode_xml(content)).strip("\0 \t\r\n\ufeff").encode()
    _Scan(kind).read(text)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise InputRefused(reason="file_damaged", kind=kind) from error
    etree.strip_tags(root, etree.Entity)
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return root


def decode_xml(content: bytes) -> str:
    """The text of a document: by its mark, as UTF-8, by its declaration, or as an old code page."""
    if len(content) > MAX_UNPACKED_BYTES:
        raise InputRefused(reason="file_unpacked", limit=MAX_UNPACKED_BYTES // 1_000_000)
    for encoding in (*_encodings(content), "cp1252"):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("latin-1")


def _encodings(content: bytes) -> list[str]:
    """What the file may be in. Whatever can be read as UTF-8 is that: others have such bytes by no chance."""
    marked = [encoding for mark, encoding in _MARKS if content.startswith(mark)]
    if marked:
        return marked[:1]
    if len(content) > 3 and 0 in content[:4]:
        return ["utf-16-le" if content[1] == 0 else "utf-16-be"]
    declared = _ENCODING.match(content)
    name = declared[1].decode().lower() if declared else ""
    if not name or name.startswith(("utf-16", "utf16", "utf-32", "ucs")) or not _is_text(name):
        return ["utf-8"]
    return [name, "utf-8"] if name.startswith(SEVEN_BITS) else ["utf-8", name]


def _is_text(name: str) -> bool:
    """Whether an encoding is one of letters: there are others, that unpack or calculate."""
    try:
        return codecs.lookup(name)._is_text_encoding
    except LookupError:
        return False


class _Scan:
    """Reads a document once without keeping it. Raises InputRefused at the first thing that no score has."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._depth = self._num_notes = 0

    def read(self, text: bytes) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._entity
        try:
            parser.Parse(text, True)
        except expat.ExpatError as error:
            raise InputRefused(reason="file_damaged", kind=self._kind) from error

    def _begin(self, name: str, _attributes: object) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise InputRefused(reason="file_nested")
        if name.rpartition(":")[2] in NOTES:
            self._num_notes += 1
            if self._num_notes > MAX_NOTES:
                raise InputRefused(reason="file_notes", limit=MAX_NOTES)

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _entity(self, *_declaration: object) -> None:
        raise InputRefused(reason="file_entities")
