"""The score in a `.mxl` archive.

What is promised: nothing is unpacked but the table of contents and the score, in memory, and of these no more than a
score may have, whatever the archive says about their sizes. What is packed inside what is packed stays so.
"""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO

from renderers.errors import InputRefused
from renderers.formats import ENCODED, MUSICXML, PACKED
from renderers.score.foreign.safe_xml import MAX_UNPACKED_BYTES, parse_xml

MAX_MEMBERS = 200  # pictures and sounds may lie beside the score
MAX_CONTENTS_BYTES = 100_000
CONTENTS = "META-INF/container.xml"
SCORE_ENDINGS = (MUSICXML.ending, ".xml", ENCODED.ending)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def unpack_score(content: bytes) -> bytes:
    """The file that the table of contents names, else the first that looks like a score. Raises InputRefused."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise InputRefused(reason="archive_members", limit=MAX_MEMBERS)
            return _read(archive, _find(archive, members), most=MAX_UNPACKED_BYTES)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise InputRefused(reason="file_damaged", kind=PACKED.ending) from error


def _find(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    by_name = {_plain(member.filename): member for member in members if not member.is_dir()}
    contents = by_name.get(_plain(CONTENTS))
    if contents is not None:
        for path in _listed(_read(archive, contents, most=MAX_CONTENTS_BYTES)):
            if (found := by_name.get(_plain(path))) is not None and found is not contents:
                return found
    scores = [
        member
        for name, member in by_name.items()
        if name.endswith(SCORE_ENDINGS) and not name.startswith(("meta-inf/", "__macosx/"))
    ]
    if not scores:
        raise InputRefused(reason="archive_no_score")
    return scores[0]


def _plain(path: str) -> str:
    """A path as others may have written it."""
    return path.replace("\\", "/").strip().removeprefix("./").lstrip("/").casefold()


def _listed(contents: bytes) -> list[str]:
    """The paths that a table of contents names; none where it cannot be read."""
    try:
        root = parse_xml(contents, kind=PACKED.ending)
    except InputRefused:
        return []
    return [path for element in root.iter("rootfile") if (path := element.get("full-path"))]


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, most: int) -> bytes:
    """Unpack one member, and stop where it is larger than it may be."""
    if member.flag_bits & 1 or member.compress_type not in METHODS:
        raise InputRefused(reason="archive_locked")
    if member.file_size > most:
        raise InputRefused(reason="file_unpacked", limit=MAX_UNPACKED_BYTES // 1_000_000)
    with archive.open(member) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise InputRefused(reason="file_unpacked", limit=MAX_UNPACKED_BYTES // 1_000_000)
    return content
