"""Frames and sound in, an MP4 out that every player and chat shows: H.264 in 4:2:0 and AAC, the index in front.

PyAV is an extra: its wheel holds encoders under the GPL. Without it `NoCamera` is raised.
"""

import tempfile
from collections.abc import Callable, Container, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from renderers import formats
from renderers.sound.loudness import SAMPLE_RATE, Samples
from renderers.video.camera import check_camera
from renderers.video.planes import Planes
from renderers.video.shapes import FRAMES_PER_S, Shape

KEYFRAMES_EVERY = 10 * FRAMES_PER_S
PRESET = "superfast"
# What is seen was there a frame ago: to look further, back or ahead, takes time and gains little.
AT_LEAST = (
    "threads=1:ref=1:mbtree=0:rc-lookahead=0:bframes=0:scenecut=0:aq-mode=0:weightp=0:no-deblock=1"
    ":me=dia:subme=0:partitions=none"
)
LONGEST_STILL = FRAMES_PER_S // 2  # frames that are as the one before are left out, but not more in a row
AUDIO_BITS_PER_S = 96_000
AUDIO_BLOCK = SAMPLE_RATE // 2  # so many samples at once, which PyAV shares out to frames


# What x264 does for a picture, beside AT_LEAST.
# A page stands still: what is well drawn once (ipratio) need not be drawn again, and how coarsely the rest is drawn
# need not be weighed frame by frame (qp). Nothing moves by parts of a pixel (subme, partitions). Of a small head that
# is lit little else than its colour changes (chroma-qp-offset): drawn coarsely, it is lit frames too late.
STANDING = "qp=37:ipratio=2.5:chroma-qp-offset=-12:8x8dct=0:psy=0"
# All of it moves, so that how much there is to be drawn counts.
FALLING = "crf=32"


def encode(
    draw: Callable[[int, Planes], None],
    is_new: Callable[[int], bool],
    samples: Samples,
    *,
    shape: Shape,
    num_frames: int,
    lead_frames: int,
    turns: Container[int],
    effort: str,
    tags: Mapping[str, str],
) -> bytes:
    """The file.

    is_new: whether the frame with a number differs from the one before; draw: puts it into planes; turns: those that
    are wholly unlike the ones before; effort: STANDING or FALLING. samples: (frames, 2) float32, heard after
    `lead_frames` of silence. tags: title, artist. Raises NoCamera.
    """
    check_camera()
    with tempfile.TemporaryDirectory() as folder:  # the index is moved to the front in the file itself
        path = Path(folder) / "video"
        silence = np.zeros((lead_frames * SAMPLE_RATE // FRAMES_PER_S, samples.shape[1]), np.float32)
        heard = np.concatenate([silence, samples])
        _write(path, draw, is_new, heard, shape=shape, num_frames=num_frames, turns=turns, effort=effort, tags=tags)
        return path.read_bytes()


def _write(
    path: Path,
    draw: Callable[[int, Planes], None],
    is_new: Callable[[int], bool],
    samples: Samples,
    *,
    shape: Shape,
    num_frames: int,
    turns: Container[int],
    effort: str,
    tags: Mapping[str, str],
) -> None:
    import av

    options = {"movflags": "+faststart"}
    with av.open(str(path), "w", format=formats.VIDEO.name, options=options) as container:
        container.metadata.update({name: value for name, value in tags.items() if value})
        video = _add_video(container, shape, effort)
        audio = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        audio.bit_rate = AUDIO_BITS_PER_S
        audio.options = {"aac_coder": "fast"}
        position = 0
        shown = -LONGEST_STILL
        for number in range(num_frames):
            if is_new(number) or number - shown >= LONGEST_STILL or number == num_frames - 1:
                frame = av.VideoFrame(shape.width, shape.height, "yuv420p")
                draw(number, _planes(frame))
                frame.pts = shown = number
                if number in turns:
                    frame.pict_type = av.video.frame.PictureType.I
                container.mux(video.encode(frame))
            until = (number + 1) * SAMPLE_RATE // FRAMES_PER_S
            position = _encode_audio(container, audio, samples, position, until)
        container.mux(video.encode())
        _encode_audio(container, audio, samples, position, len(samples), is_last=True)
        container.mux(audio.encode())


def _add_video(container: Any, shape: Shape, effort: str) -> Any:
    video = container.add_stream("libx264", rate=FRAMES_PER_S)
    video.width, video.height, video.pix_fmt = shape.width, shape.height, "yuv420p"
    video.options = {
        "preset": PRESET,
        "g": str(KEYFRAMES_EVERY),
        "x264-params": f"{AT_LEAST}:{effort}",
    }
    context = video.codec_context
    context.thread_count = 1
    context.color_range, context.colorspace = 1, 1  # television range, BT.709
    context.color_primaries, context.color_trc = 1, 1
    return video


def _encode_audio(
    container: Any, audio: Any, samples: Samples, start: int, until: int, *, is_last: bool = False
) -> int:
    """Whole blocks up to a moment, the rest with the last. Returns where the next begins."""
    import av

    while start + AUDIO_BLOCK <= until or (is_last and start < until):
        block = np.ascontiguousarray(samples[start : min(start + AUDIO_BLOCK, until)].T)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = SAMPLE_RATE, start
        container.mux(audio.encode(frame))
        start += block.shape[1]
    return start


def _planes(frame: Any) -> Planes:
    return Planes(*(_array(plane) for plane in frame.planes))


def _array(plane: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
