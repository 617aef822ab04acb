"""MusicXML in the archive (`.mxl`) that editors exchange: a table of contents and the score.

What is promised: the type of the archive comes first and is not packed, so that it can be told from its first bytes;
the same score gives the same bytes, whenever it is packed. How those of others are read: `score.foreign.archive`.
"""

import zipfile
from collections.abc import Mapping
from io import BytesIO

TYPE = "application/vnd.recordare.musicxml"
SCORE_NAME = "score.musicxml"
CONTENTS = f"""<?xml version="1.0" encoding="UTF-8"?>
<container>
  <rootfiles>
    <rootfile full-path="{SCORE_NAME}" media-type="{TYPE}+xml"/>
  </rootfiles>
</container>
"""
NO_DATE = (1980, 1, 1, 0, 0, 0)  # the first that an archive can name
UNIX = 3


def pack_musicxml(musicxml: str) -> bytes:
    """The archive with this score."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        _add(archive, "mimetype", TYPE.encode(), method=zipfile.ZIP_STORED)
        _add(archive, "META-INF/container.xml", CONTENTS.encode())
        _add(archive, SCORE_NAME, musicxml.encode())
    return packed.getvalue()


def pack_files(files: Mapping[str, bytes]) -> bytes:
    """A plain archive of files by name."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            _add(archive, name, content)
    return packed.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes, *, method: int = zipfile.ZIP_DEFLATED) -> None:
    member = zipfile.ZipInfo(name, NO_DATE)
    member.compress_type = method
    member.create_system = UNIX  # else that of the machine
    archive.writestr(member, content)
