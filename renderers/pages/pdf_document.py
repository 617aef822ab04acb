"""The numbered objects of a PDF file, and the table that says where each one begins. ISO 32000-1, section 7.5."""

import codecs
import zlib

HEADER = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"  # four bytes that say: not text


class PdfDocument:
    """A file that is being written. Objects are called by their numbers."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []

    def reserve(self) -> int:
        """The number of an object that is filled later."""
        self._objects.append(b"")
        return len(self._objects)

    def fill(self, number: int, content: str) -> None:
        """Write an object that was reserved."""
        self._objects[number - 1] = content.encode("ascii")

    def add(self, content: str) -> int:
        """Write an object. Returns its number."""
        number = self.reserve()
        self.fill(number, content)
        return number

    def add_stream(self, content: str | bytes, entries: str = "") -> int:
        """Write bytes, or ASCII, as a stream. entries: of its dictionary. Returns its number."""
        packed = zlib.compress(content.encode("ascii") if isinstance(content, str) else content, level=6)
        head = f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode("ascii")
        self._objects.append(head + packed + b"\nendstream")
        return len(self._objects)

    def write(self, *, root: int, info: int) -> bytes:
        """The file. root, info: the numbers of the catalogue and of what the document says about itself."""
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


def pdf_text(text: str) -> str:
    """A string of a PDF, in any script."""
    return f"<{codecs.BOM_UTF16_BE.hex()}{text.encode('utf-16-be').hex()}>"
