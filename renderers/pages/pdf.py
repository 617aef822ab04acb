"""SVG pages in, one PDF out: on A4, with everything as outlines, sharp on every printer.

The letters are outlines, too: the text cannot be searched, but looks the same everywhere.
"""

import codecs
import zlib
from collections.abc import Sequence
from pathlib import Path

from renderers.pages.outlines import Typesetter, outline_page

A4_WIDTH = 595.276  # points, 210 mm
FORM_BOX = "[-8000 -8000 8000 8000]"  # more than any sign needs, in units of its font
HEADER = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"  # four bytes that say: not text


def bind_pages(pages: Sequence[str], *, title: str, composer: str, fonts: Sequence[Path]) -> bytes:
    """Bind SVG pages to a PDF that carries title and composer. fonts: TrueType files for the text."""
    typesetter = Typesetter(fonts)
    outlined = [outline_page(page, typesetter, width=A4_WIDTH) for page in pages]
    document = _Document()
    forms = {form.name: document.add_stream(form.operators, _FORM) for form in typesetter.forms.values()}
    resources = document.add(f"<< /XObject << {' '.join(f'/{name} {n} 0 R' for name, n in forms.items())} >> >>")
    tree = document.reserve()
    kids = []
    for operators, height in outlined:
        content = document.add_stream(operators)
        box = f"/MediaBox [0 0 {A4_WIDTH:.2f} {height:.2f}]"
        kids.append(
            document.add(
                f"<< /Type /Page /Parent {tree} 0 R {box} /Resources {resources} 0 R /Contents {content} 0 R >>"
            )
        )
    document.fill(tree, f"<< /Type /Pages /Kids [{' '.join(f'{n} 0 R' for n in kids)}] /Count {len(kids)} >>")
    catalogue = document.add(f"<< /Type /Catalog /Pages {tree} 0 R >>")
    info = document.add(f"<< /Title {_text(title)} /Author {_text(composer)} /Producer (Notabot) >>")
    return document.write(root=catalogue, info=info)


_FORM = f"/Type /XObject /Subtype /Form /BBox {FORM_BOX}"


class _Document:
    """The numbered objects of a PDF file. ISO 32000-1, section 7.5."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []

    def reserve(self) -> int:
        """The number of an object that is filled later."""
        self._objects.append(b"")
        return len(self._objects)

    def fill(self, number: int, content: str) -> None:
        self._objects[number - 1] = content.encode("ascii")

    def add(self, content: str) -> int:
        number = self.reserve()
        self.fill(number, content)
        return number

    def add_stream(self, operators: str, entries: str = "") -> int:
        packed = zlib.compress(operators.encode("ascii"), level=6)
        head = f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode("ascii")
        self._objects.append(head + packed + b"\nendstream")
        return len(self._objects)

    def write(self, *, root: int, info: int) -> bytes:
        """The file: header, objects, and the table that says where each one begins."""
        file = bytearray(HEADER)
        offsets = []
        for number, content in enumerate(self._objects, 1):
            offsets.append(len(file))
            file += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
        table = len(file)
        size = len(self._objects) + 1
        file += f"xref\n0 {size}\n0000000000 65535 f \n".encode()
        file += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
        file += f"trailer\n<< /Size {size} /Root {root} 0 R /Info {info} 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
        return bytes(file)


def _text(text: str) -> str:
    """A string of a PDF, in any script."""
    return f"<{codecs.BOM_UTF16_BE.hex()}{text.encode('utf-16-be').hex()}>"
