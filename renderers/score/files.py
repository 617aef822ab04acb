"""The door for files of notation: what a file is, by what is in it, and which reader makes a tune of it.

    tune = read_file(content, name="song.mxl")

What is promised: a file is known by its content, whatever it is called; nothing is parsed before it was weighed and
counted (`renderers.score.foreign.limits`); every reader gives the same `Tune` as the one for ABC, with a remark for
everything that could not be kept. So pages, sound and files are made of it in one way.
What is not: that reading ends, or that the process survives it. It is done in the process that may die.

A new format is a row of KINDS. Readers are loaded when the first file of their kind comes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from renderers import formats
from renderers.errors import InputRefused
from renderers.score.abc.letters import decode_bytes
from renderers.score.abc.model import Tune
from renderers.score.foreign import sniffing
from renderers.score.hum import is_recording, read_hum

RECORDING = "recording"  # the kind of a file in which somebody hums; it is no notation, so its endings are named apart
MAX_FILE_BYTES = 8_000_000  # as it is sent; the largest score we know has a tenth of it


@dataclass(frozen=True, kw_only=True)
class ScoreFile:
    """A file as it came. name: what it was called, without folders; it decides nothing."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A format of notation. name: in texts and records; endings: of usual files, for the help and for folders.

    is_it: whether a content is of this kind, told from its first bytes. read: the tune; `wish` names one of several.
    """

    name: str
    endings: tuple[str, ...]
    is_it: Callable[[bytes], bool]
    read: Callable[[bytes, str], Tune]


def _read_abc(content: bytes, wish: str) -> Tune:
    from renderers.sanitise import sanitise
    from renderers.score.abc import read_abc

    return read_abc(sanitise(decode_bytes(content)), wish=wish)


def _read_musicxml(content: bytes, _wish: str) -> Tune:
    from renderers.score.foreign.musicxml import read_musicxml
    from renderers.score.foreign.safe_xml import parse_xml

    return read_musicxml(parse_xml(content, kind="MusicXML"))


def _read_packed_musicxml(content: bytes, wish: str) -> Tune:
    """The score in an archive, which may be of another format."""
    from renderers.score.foreign.archive import unpack_score

    score = unpack_score(content)
    if sniffing.is_zip(score) or sniffing.is_midi(score):
        raise InputRefused(reason="archive_no_score")
    return _kind_of(score).read(score, wish)


def _read_mei(content: bytes, _wish: str) -> Tune:
    from renderers.score.foreign.mei import read_mei

    return read_mei(content)


def _read_humdrum(content: bytes, _wish: str) -> Tune:
    from renderers.score.foreign.humdrum import read_humdrum

    return read_humdrum(content)


def _read_midi(content: bytes, _wish: str) -> Tune:
    from renderers.score.midi import read_midi

    return read_midi(content)


def _read_recording(content: bytes, _wish: str) -> Tune:
    return read_hum(content)


# In the order in which they are asked: what is told by a signature first, ABC, which has none, last.
KINDS = (
    Kind(name="midi", endings=(formats.MIDI.ending, ".midi"), is_it=sniffing.is_midi, read=_read_midi),
    Kind(name=RECORDING, endings=(), is_it=is_recording, read=_read_recording),
    Kind(name="mxl", endings=(formats.PACKED.ending,), is_it=sniffing.is_zip, read=_read_packed_musicxml),
    Kind(name="mei", endings=(formats.ENCODED.ending,), is_it=sniffing.is_mei, read=_read_mei),
    Kind(name="musicxml", endings=(formats.MUSICXML.ending, ".xml"), is_it=sniffing.is_musicxml, read=_read_musicxml),
    Kind(name="humdrum", endings=(".krn",), is_it=sniffing.is_humdrum, read=_read_humdrum),
    Kind(name="abc", endings=(formats.ABC.ending,), is_it=sniffing.is_abc, read=_read_abc),
)
ENDINGS = tuple(ending for kind in KINDS for ending in kind.endings)


def kind_of(content: bytes) -> Kind:
    """What a file is. Nothing is parsed. Raises InputRefused for what is no notation, or too large."""
    if len(content) > MAX_FILE_BYTES:
        raise InputRefused(reason="file_size", limit=MAX_FILE_BYTES // 1_000_000)
    return _kind_of(content)


def _kind_of(content: bytes) -> Kind:
    if not content.strip(b"\0 \t\r\n"):
        raise InputRefused(reason="file_empty")
    found = next((kind for kind in KINDS if kind.is_it(content)), None)
    if found is None:
        if what := sniffing.name_of(content):
            raise InputRefused(reason="file_other", what=what, endings=" ".join(ENDINGS))
        raise InputRefused(reason="file_kind", endings=" ".join(ENDINGS))
    return found


def known_source(file: ScoreFile) -> str | ScoreFile:
    """The text of a file that is ABC, any other that can be read as it is. Raises InputRefused as `kind_of`."""
    return decode_bytes(file.content) if kind_of(file.content).name == "abc" else file


def read_all(content: bytes) -> list[Tune | InputRefused]:
    """Every tune in a file, in the place of one that cannot be read the reason. Raises InputRefused.

    Nothing is drawn of them, so a book, or a tune, may be as long as a file.
    """
    kind = kind_of(content).name
    if kind == RECORDING:
        raise InputRefused(reason="file_kind", endings=" ".join(ENDINGS))
    if kind != "abc":
        return [read_file(content)]

    from renderers.sanitise import sanitise
    from renderers.score.abc import read_book

    return list(read_book(sanitise(decode_bytes(content), max_chars=MAX_FILE_BYTES)))


def read_file(content: bytes, *, wish: str = "") -> Tune:
    """The tune in a file, or the one that is wished for by its number or title. Raises InputRefused."""
    tune = kind_of(content).read(content, wish)
    if not any(voice.bars for voice in tune.voices):
        raise InputRefused(reason="file_no_music")
    return tune
