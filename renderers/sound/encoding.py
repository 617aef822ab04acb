"""Recordings as FLAC, which loses nothing, and as Ogg Opus, small and made for chats; and the picture of a voice note.

libsndfile does the work; its wheel brings libFLAC, libopus and libogg, all under the BSD licence. Opus knows one rate,
48,000 a second: recordings are resampled here, by spectra of a second each. Not covered: reading what others recorded.
"""

from base64 import b64decode, b64encode
from io import BytesIO

import numpy as np
import numpy.typing as npt
import soundfile

from renderers.sound.loudness import SAMPLE_RATE, Floats, Samples

OPUS_RATE = 48_000
FROM, TO = 147, 160  # 44,100 : 48,000
MARGIN_STEPS, BLOCK_STEPS = 16, 300  # steps of so many frames: a block of a second with a little on both sides
# libsndfile's scale from most bits (0) to fewest: about 100 kbit/s in stereo; 32 for a voice note, of which Telegram
# shows no more than a megabyte as one.
OPUS_LEVEL, VOICE_LEVEL = 0.82, 0.9
WRITE_FRAMES = 1 << 14  # longer writes of Ogg take much stack inside the library
WAVEFORM = "waveform:"  # in the comment of a voice note, before what it looks like in base 64
WAVEFORM_POINTS, LOUDEST_POINT = 256, 255  # as Discord takes them: one byte each


def make_flac(samples: Samples, *, title: str, artist: str) -> bytes:
    """A recording in 16 bits, as it was heard, with its tags."""
    return _write(samples, SAMPLE_RATE, kind="FLAC", coding="PCM_16", title=title, artist=artist)


def make_opus(samples: Samples, *, title: str, artist: str) -> bytes:
    """A recording of one or two channels as Ogg Opus with its tags."""
    return _write(resample(samples), OPUS_RATE, kind="OGG", coding="OPUS", title=title, artist=artist, level=OPUS_LEVEL)


def make_voice(samples: Samples) -> bytes:
    """A recording of one channel as both platforms take a voice note. Its comment says what it looks like."""
    shape = WAVEFORM + b64encode(waveform(samples)).decode()
    return _write(resample(samples), OPUS_RATE, kind="OGG", coding="OPUS", level=VOICE_LEVEL, comment=shape)


def waveform(samples: Samples) -> bytes:
    """What a voice note looks like: the loudness of at most 256 spans of time, a byte each; the loudest has 255."""
    if not len(samples):
        return b"\0"
    mono = np.square(samples.mean(axis=1, dtype=np.float64))
    edges = np.linspace(0, len(mono), min(WAVEFORM_POINTS, len(mono)) + 1).astype(int)
    levels = np.sqrt(np.add.reduceat(mono, edges[:-1]) / np.diff(edges))
    loudest = levels.max() or 1.0
    return np.round(levels / loudest * LOUDEST_POINT).astype(np.uint8).tobytes()


def waveform_in(voice: bytes) -> bytes | None:
    """What a voice note of `make_voice` looks like; None for other recordings."""
    try:
        with soundfile.SoundFile(BytesIO(voice)) as sound:
            comment = str(sound.comment)
    except soundfile.SoundFileError:
        return None
    return b64decode(comment.removeprefix(WAVEFORM)) if comment.startswith(WAVEFORM) else None


def resample(samples: Samples) -> Samples:
    """From 44,100 to 48,000 a second. Returns (frames, channels), of the same length in time to a frame."""
    margin, block = MARGIN_STEPS * FROM, BLOCK_STEPS * FROM
    padded = np.pad(samples, ((margin, margin + block), (0, 0)))
    blocks: list[Floats] = []
    for start in range(0, len(samples), block):
        spectrum = np.fft.rfft(padded[start : start + block + 2 * margin], axis=0)
        size = (BLOCK_STEPS + 2 * MARGIN_STEPS) * TO
        finer = np.fft.irfft(spectrum, size, axis=0) * (TO / FROM)
        blocks.append(finer[MARGIN_STEPS * TO : -MARGIN_STEPS * TO])
    wanted = round(len(samples) * TO / FROM)
    joined = np.concatenate(blocks)[:wanted] if blocks else np.zeros((0, samples.shape[1]))
    return np.asarray(joined, dtype=np.float32)


def _write(
    samples: npt.NDArray[np.float32],
    rate: int,
    *,
    kind: str,
    coding: str,
    level: float | None = None,
    **tags: str,
) -> bytes:
    file = BytesIO()
    with soundfile.SoundFile(
        file, "w", rate, samples.shape[1], subtype=coding, format=kind, compression_level=level
    ) as sound:
        for name, text in tags.items():
            if text:
                setattr(sound, name, text)
        for start in range(0, len(samples), WRITE_FRAMES):
            sound.write(np.clip(samples[start : start + WRITE_FRAMES], -1.0, 1.0))
    return file.getvalue()
