"""What a file is, from its first bytes. Nothing is parsed or unpacked.

What is promised: the same answer whatever the file is called, in UTF-8, UTF-16 and the old code pages. What is not:
that the rest of the file keeps what its beginning promises; the reader finds that out.
"""

from __future__ import annotations

import re

from renderers.score.abc.letters import decode_bytes

HEAD_BYTES = 20_000  # comments and licences may stand in front
_FIRST_TAG = re.compile(r"<(?![!?])\s*([A-Za-z_][\w.:-]*)")
_SKIPPED = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL)
_INTERPRETATION = re.compile(r"^\*\*[a-z]", re.MULTILINE)
_KEY_LINE = re.compile(r"^\s*K:", re.MULTILINE)
# Files that people send by mistake, with the name that the answer says: no text, only a name of a format.
_SIGNATURES = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"RIFF", "WAV"),
    (b"OggS", "Ogg"),
    (b"ID3", "MP3"),
    (b"\xff\xfb", "MP3"),
    (b"fLaC", "FLAC"),
    (b"%!PS", "PostScript"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
)


def is_midi(content: bytes) -> bool:
    """A Standard MIDI File, or one inside a RIFF."""
    return content.startswith(b"MThd") or (content.startswith(b"RIFF") and content[8:12] == b"RMID")


def is_zip(content: bytes) -> bool:
    """An archive: a packed MusicXML if anything."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_mei(content: bytes) -> bool:
    """XML whose root is `<mei>`, or a part of one."""
    return _root(content).rpartition(":")[2] in ("mei", "meiCorpus")


def is_musicxml(content: bytes) -> bool:
    """XML with any other root: its reader says what is wrong with those that are no scores."""
    return bool(_root(content))


def is_humdrum(content: bytes) -> bool:
    """Text whose first line of data begins with `**`."""
    head = _head(content)
    found = _INTERPRETATION.search(head)
    return found is not None and not any(
        line and not line.startswith(("!", "*")) for line in head[: found.start()].splitlines()
    )


def is_abc(content: bytes) -> bool:
    """Text with a `K:` line, or with `X:` and no key. Without one it is prose, or another kind of file."""
    text = _text(content)
    return "\0" not in text and _KEY_LINE.search(text) is not None


def name_of(content: bytes) -> str:
    """The usual name of a kind of file that is no notation; empty for what nobody knows."""
    return next((name for signature, name in _SIGNATURES if content.startswith(signature)), "")


def _root(content: bytes) -> str:
    """The name of the root element as it is written; empty for what is no XML."""
    head = _head(content).lstrip("\ufeff \t\r\n")
    if not head.startswith("<"):
        return ""
    found = _FIRST_TAG.search(_SKIPPED.sub(" ", head))
    return found[1] if found else ""


def _head(content: bytes) -> str:
    return _text(content[: HEAD_BYTES - HEAD_BYTES % 2])


def _text(content: bytes) -> str:
    return decode_bytes(content)
