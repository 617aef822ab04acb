"""Recordings as FLAC, which loses nothing, and as Ogg Opus, small and made for chats; and the picture of a voice note.

libsndfile writes FLAC, libopus encodes Opus: both under the BSD licence, as what their wheels bring. Opus knows one
rate, 48,000 a second: recordings are resampled here, by spectra of a second each. Not covered: reading what others
recorded.
"""

from base64 import b64decode, b64encode
from io import BytesIO

import numpy as np
import opuslib_next
import soundfile

from renderers.sound.loudness import SAMPLE_RATE, Floats, Samples
from renderers.sound.ogg import OPUS_RATE, PACKET_FRAMES, pack_opus

FROM, TO = 147, 160  # 44,100 : 48,000
# Steps of so many frames: a block of a second with a little on both sides, 320 steps together, which divide well.
MARGIN_STEPS, BLOCK_STEPS = 16, 288
OPUS_BPS, VOICE_BPS = 103_000, 32_000  # Telegram shows no more than a megabyte as a voice note
COMPLEXITY = 10  # of 0 to 10; from 8 on it makes no difference to music
VENDOR = "libopus"
MUSIC = 3002  # what libopus is told that it will hear: OPUS_SIGNAL_MUSIC
WAVEFORM = "waveform:"  # in the comment of a voice note, before what it looks like in base 64
WAVEFORM_POINTS, LOUDEST_POINT = 256, 255  # as Discord takes them: one byte each


def make_flac(samples: Samples, *, title: str, artist: str) -> bytes:
    """A recording in 16 bits, as it was heard, with its tags."""
    file = BytesIO()
    with soundfile.SoundFile(file, "w", SAMPLE_RATE, samples.shape[1], subtype="PCM_16", format="FLAC") as sound:
        for name, text in (("title", title), ("artist", artist)):
            if text:
                setattr(sound, name, text)
        sound.write(np.clip(samples, -1.0, 1.0))
    return file.getvalue()


def make_opus(samples: Samples, *, title: str, artist: str) -> bytes:
    """A recording of one or two channels as Ogg Opus with its tags."""
    return _encode(samples, bps=OPUS_BPS, title=title, artist=artist)


def make_voice(samples: Samples) -> bytes:
    """A recording of one channel as both platforms take a voice note. Its comment says what it looks like."""
    shape = WAVEFORM + b64encode(waveform(samples)).decode()
    return _encode(samples, bps=VOICE_BPS, comment=shape)


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


def _encode(samples: Samples, *, bps: int, **tags: str) -> bytes:
    """bps: bits for a second, in the mean."""
    channels = samples.shape[1]
    encoder = opuslib_next.Encoder(OPUS_RATE, channels, "audio")
    encoder.bitrate, encoder.complexity, encoder.signal = bps, COMPLEXITY, MUSIC
    delay: int = encoder.lookahead
    finer = np.clip(resample(samples), -1.0, 1.0)
    num_packets = -(-(len(finer) + delay) // PACKET_FRAMES)
    padded = np.pad(finer, ((0, num_packets * PACKET_FRAMES - len(finer)), (0, 0)))
    packets = [encoder.encode_float(part.tobytes(), PACKET_FRAMES) for part in np.split(padded, num_packets)]
    return pack_opus(packets, channels=channels, num_frames=len(finer), delay_frames=delay, vendor=VENDOR, tags=tags)
