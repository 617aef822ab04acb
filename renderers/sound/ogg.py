"""Packets of Opus as an Ogg file (RFC 3533, RFC 7845): two pages of headers, then pages of nearly a second each.

Not covered: packets that go on over several pages, several streams in one file, reading.
"""

import struct
import zlib
from collections.abc import Mapping, Sequence

OPUS_RATE = 48_000  # at which Ogg counts the frames of Opus
PACKET_FRAMES = 960  # 20 ms
PAGE_PACKETS = 42  # as many as fit into the 255 segments of a page if each is as long as can be: 1,275 bytes
SERIAL = 1750  # tells streams of one file apart, and there is one: a recording is always the same file
FIRST, LAST = 2, 4  # flags of pages
_PAGE = struct.Struct("<4sBBqIII")
_HEAD = struct.Struct("<8sBBHIhB")
_CHECKSUM = slice(22, 26)
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def pack_opus(
    packets: Sequence[bytes], *, channels: int, num_frames: int, delay_frames: int, vendor: str, tags: Mapping[str, str]
) -> bytes:
    """An Ogg Opus file of one or two channels.

    packets: one at least, of 20 ms each. num_frames: how many are heard, at 48,000 a second, behind the first
    `delay_frames`, with which the encoder gets going. vendor: who encoded it. tags: empty ones are left out.
    """
    version, gain, family = 1, 0, 0
    head = _HEAD.pack(b"OpusHead", version, channels, delay_frames, OPUS_RATE, gain, family)
    pages = [_page([head], number=0, flags=FIRST), _page([_comments(vendor, tags)], number=1)]
    for first in range(0, len(packets), PAGE_PACKETS):
        behind = first + PAGE_PACKETS
        is_last = behind >= len(packets)
        end = delay_frames + num_frames if is_last else behind * PACKET_FRAMES
        pages.append(_page(packets[first:behind], number=len(pages), end=end, flags=LAST if is_last else 0))
    return b"".join(pages)


def _comments(vendor: str, tags: Mapping[str, str]) -> bytes:
    written = [f"{name.upper()}={text}".encode() for name, text in tags.items() if text]
    return b"".join((b"OpusTags", _counted(vendor.encode()), struct.pack("<I", len(written)), *map(_counted, written)))


def _counted(text: bytes) -> bytes:
    return struct.pack("<I", len(text)) + text


def _page(packets: Sequence[bytes], *, number: int, end: int = 0, flags: int = 0) -> bytes:
    """end: how many frames there are up to its end."""
    version, unknown = 0, 0
    lengths = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    head = _PAGE.pack(b"OggS", version, flags, end, SERIAL, number, unknown)
    page = bytearray(b"".join((head, bytes([len(lengths)]), lengths, *packets)))
    page[_CHECKSUM] = _checksum(page)
    return bytes(page)


def _checksum(page: bytes | bytearray) -> bytes:
    """Ogg's, in the order in which it is written.

    The polynomial of zlib's, but bits come from the other end, and neither beginning nor end are turned over.
    """
    remainder = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{remainder:032b}"[::-1], 2).to_bytes(4, "little")
