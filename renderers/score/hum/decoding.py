"""A recording as samples: one channel, 16,000 a second. Which kinds of recordings there are, by their first bytes.

Promises: nothing is decoded of a file that is larger or, by what it says itself, longer than it may be, nor more of one
that lied; a file is read as the kind that its first bytes say and as no other, so no list of further files or addresses
in it is ever followed. Decoding is what may crash: it is done in the process that may die.
Not covered: pictures and films in the same file, which are passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from renderers import formats
from renderers.errors import InputRefused, NoEars

PACKAGES = ("av", "swift_f0")  # of the extra
RATE = 16_000
MAX_SECONDS = 90  # a tune that somebody hums has twenty; a whole song is none
MIN_SECONDS = 0.8

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A kind of file. name: as people call it; reader: as FFmpeg does."""

    name: str
    reader: str


OGG, WAV, FLAC = (Recording(name=n, reader=r) for n, r in (("Ogg", "ogg"), ("WAV", "wav"), ("FLAC", "flac")))
MP3, AAC = Recording(name="MP3", reader=formats.AUDIO.name), Recording(name="AAC", reader="aac")
MP4, WEBM = Recording(name="M4A", reader="mov"), Recording(name="WebM", reader="matroska")
ENDINGS = (".ogg", ".oga", ".opus", formats.AUDIO.ending, ".m4a", ".wav", ".flac", ".aac", ".webm")


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


def decode(content: bytes) -> Samples:
    """The sound of a file. Raises InputRefused, and NoEars without the extra."""
    if not has_ears():
        raise NoEars
    recording = recording_of(content)
    assert recording is not None, "only what is a recording comes here"
    import av

    try:
        with av.open(BytesIO(content), format=recording.reader, metadata_errors="ignore") as container:
            samples = _first_track(container)
    except (av.FFmpegError, ValueError, EOFError) as error:
        raise InputRefused(reason="sound_broken", what=recording.name) from error
    if len(samples) < MIN_SECONDS * RATE:
        raise InputRefused(reason="sound_short")
    return samples


def _first_track(container: Any) -> Samples:
    """container: an open `av.container.InputContainer`."""
    import av

    track = next(iter(container.streams.audio), None)
    if track is None:
        raise InputRefused(reason="sound_none")
    _check_length(container, track)
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    blocks: list[Samples] = []
    num_samples = 0
    for frame in container.decode(track):
        for heard in resampler.resample(frame):
            blocks.append(_plain(heard))
            num_samples += len(blocks[-1])
        if num_samples > MAX_SECONDS * RATE:
            raise InputRefused(reason="sound_long", limit=MAX_SECONDS)
    blocks += [_plain(heard) for heard in resampler.resample(None)]
    return np.nan_to_num(np.concatenate(blocks), posinf=0.0, neginf=0.0) if blocks else np.zeros(0, np.float32)


def _plain(frame: Any) -> Samples:
    """frame: an `av.AudioFrame` of one channel."""
    samples: Samples = frame.to_ndarray().reshape(-1).astype(np.float32)
    return samples


def _check_length(container: Any, track: Any) -> None:
    """By what the file says of itself."""
    import av

    said = [float(track.duration * track.time_base)] if track.duration and track.time_base else []
    said += [container.duration / av.time_base] if container.duration else []
    if any(seconds > MAX_SECONDS for seconds in said):
        raise InputRefused(reason="sound_long", limit=MAX_SECONDS)
