"""The tag in front of an MP3: who and what it is, and a picture, as ID3v2.3, which every player reads.

Written after the informal standard of id3.org. What is not covered: reading tags, and an MP3 that has one already.
"""

import codecs
import struct

UTF_16, LATIN_1 = b"\x01", b"\x00"  # how the text of a frame is encoded
FRONT_COVER = b"\x03"
BIGGEST_BYTES = 1 << 28  # what 28 bits can count


def write_tag(*, title: str, artist: str, length_ms: int, cover_jpeg: bytes | None = None) -> bytes:
    """A tag to be put in front of the sound. An empty title or artist is left out."""
    texts = ((b"TIT2", title), (b"TPE1", artist), (b"TLEN", str(length_ms)))
    frames = [_frame(name, UTF_16 + _utf_16(text)) for name, text in texts if text]
    if cover_jpeg is not None:
        no_description = b"\0"
        frames.append(_frame(b"APIC", LATIN_1 + b"image/jpeg\0" + FRONT_COVER + no_description + cover_jpeg))
    body = b"".join(frames)
    return b"ID3\x03\x00\x00" + _seven_bits_a_byte(len(body)) + body


def _utf_16(text: str) -> bytes:
    return codecs.BOM_UTF16_LE + text.encode("utf-16-le", "replace")


def _frame(name: bytes, content: bytes) -> bytes:
    no_flags = 0
    return struct.pack(">4sIH", name, len(content), no_flags) + content


def _seven_bits_a_byte(size: int) -> bytes:
    """The size of the tag: without any byte that a player could take for the beginning of sound (255)."""
    assert size < BIGGEST_BYTES
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
