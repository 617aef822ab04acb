"""How the renderer and its worker process talk: one frame there, one or several back.

A frame that is part of an answer has `part` in its JSON and is followed by another; the last one has none. One that
has `done` says how much of that part is made, 0 to 1, and holds nothing of it; one that has `shown` holds the
first page before it is made, smaller.

A frame is a length (4 bytes, big end first), that many bytes of JSON, and the raw bytes of the files that the JSON
announces in `files` as [[name, size], ...]. Nothing is unpickled: a worker that has gone mad can only send wrong files.
"""

import asyncio
import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">I")
MAX_HEADER_BYTES = 4_000_000
SOURCE = "source"  # the file of a request: what is to be rendered
PREPARED = ""  # the part of an answer that says that the request is understood

Frame = tuple[dict[str, Any], dict[str, bytes]]  # JSON, and files by name


class BrokenFrame(Exception):
    """What came over the pipe is not a frame, or larger than agreed."""


def pack_frame(header: Mapping[str, Any], files: Mapping[str, bytes] | None = None) -> bytes:
    """A frame as bytes. Raises BrokenFrame when the header alone is too large."""
    files = files or {}
    text = json.dumps({**header, "files": [[name, len(content)] for name, content in files.items()]}).encode()
    if len(text) > MAX_HEADER_BYTES:
        raise BrokenFrame(f"a header of {len(text)} bytes")
    return b"".join([_LENGTH.pack(len(text)), text, *files.values()])


def read_request(pipe: BinaryIO) -> Frame | None:
    """The worker's side: wait for the next header and its files. None when the other side has closed the pipe."""
    prefix = pipe.read(_LENGTH.size)
    if len(prefix) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(prefix)
    text = pipe.read(length)
    if len(text) < length:
        return None
    header = dict(json.loads(text))
    return header, {name: pipe.read(size) for name, size in header["files"]}


async def receive_frame(pipe: asyncio.StreamReader, *, max_file_bytes: int) -> Frame:
    """The renderer's side: header and files. Raises BrokenFrame, and IncompleteReadError when the pipe ends."""
    (length,) = _LENGTH.unpack(await pipe.readexactly(_LENGTH.size))
    if length > MAX_HEADER_BYTES:
        raise BrokenFrame(f"a header of {length} bytes")
    try:
        header = json.loads(await pipe.readexactly(length))
        sizes = [(str(name), int(size)) for name, size in header["files"]]
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenFrame("a header that cannot be read") from error
    if any(size < 0 for _, size in sizes) or sum(size for _, size in sizes) > max_file_bytes:
        raise BrokenFrame("files larger than agreed")
    return header, {name: await pipe.readexactly(size) for name, size in sizes}
