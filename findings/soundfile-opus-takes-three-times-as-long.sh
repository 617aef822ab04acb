#!/bin/sh
# soundfile 0.14.0 writes Ogg Opus by libsndfile and the libopus within its wheel; opuslib-next-bundled 0.1.1 brings a
# libopus of its own. Guess: at complexity 10, which libsndfile always uses, and equal bit rates both take about as long.
# Seen: 20 s of stereo at some 100 kbit/s take 3.4 times the processor time with soundfile's.
# Exits 0 as long as it takes more than twice the time, 1 when it does not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder" \
  soundfile==0.14.0 opuslib-next-bundled==0.1.1 numpy==2.4.6 cffi==2.0.0 pycparser==2.23
PYTHONPATH="$folder" python3 - <<'PYTHON'
import sys
import time
from io import BytesIO

import numpy as np
import opuslib_next
import soundfile

RATE, SECONDS, PACKET = 48_000, 20, 960
moments = np.arange(RATE * SECONDS) / RATE
chords = [sum(np.sin(2 * np.pi * root * n * moments) / n for n in (1, 2, 3, 5)) for root in (220.0, 277.2)]
fading = np.exp(-3 * (moments % 0.5))
sound = (np.stack([chord * fading for chord in chords], axis=1) * 0.2).astype(np.float32)


def by_soundfile():
    file = BytesIO()
    with soundfile.SoundFile(file, "w", RATE, 2, subtype="OPUS", format="OGG", compression_level=0.82) as opened:
        for part in np.split(sound, 100):
            opened.write(part)
    return len(file.getvalue())


def by_libopus():
    encoder = opuslib_next.Encoder(RATE, 2, "audio")
    encoder.bitrate, encoder.complexity = 103_000, 10
    return sum(len(encoder.encode_float(part.tobytes(), PACKET)) for part in np.split(sound, RATE * SECONDS // PACKET))


def least_s(work):
    times = []
    for _ in range(3):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


ratio = least_s(by_soundfile) / least_s(by_libopus)
print("kbit/s:", [round(work() * 8 / SECONDS / 1000) for work in (by_soundfile, by_libopus)], "; ratio", round(ratio, 1))
sys.exit(0 if ratio > 2 else 1)
PYTHON
