"""Which kinds of recordings there are, by their first bytes, and whether they can be listened to.

Promises: nothing heavy is loaded to tell. Not covered: what is in them (`decoding.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from renderers import formats

PACKAGES = ("av", "swift_f0")  # of the extra


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A kind of file. name: as people call it; reader: as FFmpeg does."""

    name: str
    reader: str


OGG, WAV = Recording(name="Ogg", reader="ogg"), Recording(name="WAV", reader="wav")
FLAC = Recording(name="FLAC", reader=formats.LOSSLESS.name)
MP3, AAC = Recording(name="MP3", reader=formats.AUDIO.name), Recording(name="AAC", reader="aac")
MP4, WEBM = Recording(name="M4A", reader="mov"), Recording(name="WebM", reader="matroska")
_OURS = (formats.AUDIO.ending, formats.OPUS.ending, formats.LOSSLESS.ending)
ENDINGS = (".ogg", ".oga", *_OURS, ".m4a", ".wav", ".aac", ".webm")


def recording_of(content: bytes) -> Recording | None:
    """What kind of recording a file is; None for what is none."""
    head = content[:12]
    if head.startswith(b"OggS"):
        return OGG
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return WAV
    if head.startswith(b"fLaC"):
        return FLAC
    if head.startswith(b"ID3"):
        return MP3
    if head[4:8] == b"ftyp":
        return MP4
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM
    if head[:1] != b"\xff" or len(head) < 12:
        return None
    if head[1] & 0xF6 == 0xF0:
        return AAC
    return MP3 if head[1] & 0xE6 == 0xE2 else None  # layer III; UTF-16 text begins with FF FE, which would be layer I


def is_recording(content: bytes) -> bool:
    """Whether a file is one that can be listened to."""
    return recording_of(content) is not None


def has_ears() -> bool:
    """Whether the packages of the extra are installed."""
    return all(find_spec(name) is not None for name in PACKAGES)
