"""From a dry recording to one that is pleasant to hear: a room, an even loudness, a clean end.

Promises: -16 LUFS within one, unless that would need more than 12 dB of limiting; no wave over -1 dBTP, also between
the samples. Everything is numpy on blocks: a ten-minute piece needs little more memory than its samples.
"""

import numpy as np

from renderers.sound.loudness import SAMPLE_RATE, Floats, Samples, measure_loudness, oversample, peak_dbfs
from renderers.sound.rooms import SMALL_HALL, Room, add_room

TARGET_LUFS = -16.0  # what podcasts and phones expect
CEILING_DBTP = -2.0  # leaves a decibel for encoders, of which Opus passes it by up to 0.6
MOST_LIMITING_DB = 12.0  # rather a little softer than squashed
MOST_GAIN_DB = 30.0
CLOSE_LU, MOST_PASSES = 0.3, 3  # limiting takes loudness away, which a further pass gives back

FADE_IN_S, FADE_OUT_S = 0.005, 1.0
LIMITER_BLOCK, LIMITER_HOLD_BLOCKS = 220, 16  # a block is about 5 ms
QUIET = 0.6  # between samples that are all below this share of the ceiling, no wave of music passes the ceiling
PART_BLOCKS, TURNED_BLOCKS = 1_200, 100  # that are looked at, and turned down, at once


def master(samples: Samples, room: Room = SMALL_HALL) -> Samples:
    """Room, loudness, peak and fades. `samples` (frames, 2) float32 is changed in place and returned."""
    if not len(samples):
        return samples
    add_room(samples, room)
    make_loud(samples)
    fade(samples)
    return samples


def make_loud(samples: Samples) -> None:
    """Bring a recording to the target under the ceiling, in place."""
    most_db = min(MOST_GAIN_DB, CEILING_DBTP + MOST_LIMITING_DB - peak_dbfs(samples))
    for _ in range(MOST_PASSES):
        missing = TARGET_LUFS - measure_loudness(samples)
        gain_db = min(missing, most_db)
        if not np.isfinite(missing) or abs(gain_db) < CLOSE_LU:
            break
        samples *= np.float32(10 ** (gain_db / 20))
        most_db -= gain_db
        limit_peaks(samples)
    limit_peaks(samples)


# --- peaks


def limit_peaks(samples: Samples) -> None:
    """Turn the sound down around whatever passes the ceiling, in place: ahead of time, slowly, without clicks.

    The wave between the samples counts, by four times as many of them (BS.1770-4, annex 2).
    """
    ceiling = 10 ** (CEILING_DBTP / 20)
    peaks = _true_peaks(samples, ceiling)
    if peaks.max(initial=0.0) <= ceiling:
        return
    wanted = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    held = _windows(wanted, LIMITER_HOLD_BLOCKS + 1).min(axis=1)  # one block wider than the mean: it never overshoots
    smooth = _windows(held, LIMITER_HOLD_BLOCKS).mean(axis=1)
    centres = (np.arange(len(peaks)) + 0.5) * LIMITER_BLOCK
    for first in range(0, len(peaks), TURNED_BLOCKS):
        near = slice(max(0, first - 1), first + TURNED_BLOCKS + 1)
        if smooth[near].min() == 1.0:
            continue  # nothing is to be turned down here
        start = first * LIMITER_BLOCK
        part = samples[start : start + TURNED_BLOCKS * LIMITER_BLOCK]
        places = np.arange(start, start + len(part))
        part *= np.interp(places, centres[near], smooth[near]).astype(np.float32)[:, None]


def _true_peaks(samples: Samples, ceiling: float) -> Floats:
    """The highest wave of each block; of blocks that are soft anyway, the highest sample."""
    num_blocks = -(-len(samples) // LIMITER_BLOCK)
    blocks = np.zeros((num_blocks, LIMITER_BLOCK, 2), np.float32)
    blocks.reshape(-1, 2)[: len(samples)] = samples
    peaks: Floats = np.abs(blocks).max(axis=(1, 2), initial=0.0).astype(np.float64)
    loud = np.flatnonzero(peaks > QUIET * ceiling)
    for start in range(0, len(loud), PART_BLOCKS):
        chosen = loud[start : start + PART_BLOCKS]
        peaks[chosen] = np.maximum(peaks[chosen], oversample(blocks, chosen))
    return peaks


def _windows(values: Floats, reach: int) -> Floats:
    padded = np.pad(values, reach, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)


# --- ends


def fade(samples: Samples) -> None:
    """Begin without a click and end in silence, in place."""
    rise = min(len(samples), round(FADE_IN_S * SAMPLE_RATE))
    fall = min(len(samples), round(FADE_OUT_S * SAMPLE_RATE))
    samples[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)[:, None]
    samples[len(samples) - fall :] *= (np.cos(np.linspace(0, np.pi, fall, dtype=np.float32))[:, None] + 1) / 2
