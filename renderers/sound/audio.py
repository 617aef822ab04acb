"""MP3 files that play in a chat: synthesised, mastered, encoded, tagged with title, artist and the first page."""

from io import BytesIO
from pathlib import Path

import lameenc
import mido
import numpy as np
from PIL import Image, UnidentifiedImageError

from renderers.errors import InputRefused
from renderers.sound.id3 import write_tag
from renderers.sound.loudness import SAMPLE_RATE, Samples
from renderers.sound.mastering import master
from renderers.sound.rooms import room_for
from renderers.sound.synthesis import players_of, synthesise, time_messages

BIT_RATE_KBPS = 160
SMALL_KBPS = 64  # of one channel, for chats that take no larger file
LAME_QUALITY = 5  # of 2 (best, slow) to 7
ENCODE_FRAMES = SAMPLE_RATE * 10
COVER_SIDE_PX, COVER_BYTES = 800, 200_000


def record(midi: mido.MidiFile, *, soundfont: Path) -> Samples:
    """What a MIDI file sounds like, mastered. Raises InputRefused for a piece of more than 20 minutes."""
    timed = time_messages(midi)
    programs, num_parts = players_of(timed)
    return master(synthesise(timed, soundfont=soundfont), room_for(programs, num_parts=num_parts))


def make_mp3(
    samples: Samples,
    *,
    title: str,
    artist: str,
    cover_png: bytes | None = None,
    kbps: int = BIT_RATE_KBPS,
) -> bytes:
    """A recording as an MP3 with its tag. Raises InputRefused for a cover that is no image."""
    return make_tag(samples, title=title, artist=artist, cover_png=cover_png) + encode(samples, kbps=kbps)


def make_tag(samples: Samples, *, title: str, artist: str, cover_png: bytes | None = None) -> bytes:
    """What stands before the sound of an MP3. Raises as `make_mp3`."""
    length_ms = round(len(samples) * 1000 / SAMPLE_RATE)
    cover = make_cover(cover_png) if cover_png is not None else None
    return write_tag(title=title, artist=artist, length_ms=length_ms, cover_jpeg=cover)


def mix_down(samples: Samples) -> Samples:
    """The same in one channel."""
    mixed: Samples = samples.mean(axis=1, keepdims=True)
    return mixed


def encode(samples: Samples, *, kbps: int = BIT_RATE_KBPS) -> bytes:
    """MP3 at a constant bit rate. `samples` (frames, 1 or 2 channels) float32 within ±1."""
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(kbps)
    encoder.set_in_sample_rate(SAMPLE_RATE)
    encoder.set_channels(samples.shape[1])
    encoder.set_quality(LAME_QUALITY)
    encoder.silence()
    mp3 = bytearray()
    for start in range(0, len(samples), ENCODE_FRAMES):
        block = np.clip(samples[start : start + ENCODE_FRAMES] * 32767, -32768, 32767).round().astype("<i2")
        mp3 += encoder.encode(block.tobytes())
    mp3 += encoder.flush()
    return bytes(mp3)


def make_cover(png: bytes) -> bytes:
    """The square at the top of a page (its title and first systems) as a JPEG of at most 200 KB."""
    try:
        with Image.open(BytesIO(png), formats=["PNG"]) as image:
            page = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise InputRefused(reason="cover") from error
    side = min(page.size)
    left = (page.width - side) // 2
    square = Image.new("RGB", (side, side), "white")
    square.paste(page.crop((left, 0, left + side, side)), mask=page.crop((left, 0, left + side, side)))
    square.thumbnail((COVER_SIDE_PX, COVER_SIDE_PX), Image.Resampling.LANCZOS)
    for quality in (88, 75, 60, 40, 20):
        file = BytesIO()
        square.save(file, "JPEG", quality=quality, optimize=True)
        if file.tell() <= COVER_BYTES:
            break
    return file.getvalue()
