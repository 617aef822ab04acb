"""A recording as samples: one channel, 16,000 a second.

Promises: nothing is decoded of a file that is larger or, by what it says itself, longer than it may be, nor more of one
that lied; a file is read as the kind that its first bytes say and as no other, so no list of further files or addresses
in it is ever followed. Decoding is what may crash: it is done in the process that may die.
Not covered: pictures and films in the same file, which are passed over.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from renderers.errors import InputRefused, NoEars
from renderers.score.hum.recordings import has_ears, recording_of

RATE = 16_000
MAX_SECONDS = 90  # a tune that somebody hums has twenty; a whole song is none
MIN_SECONDS = 0.8

Samples = npt.NDArray[np.float32]


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
