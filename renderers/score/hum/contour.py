"""The pitch and the loudness of a recording, frame by frame, by a network that comes with its package (SwiftF0).

Promises: the same sound gives the same contour. Not covered: several voices at once, of which the clearest is heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from renderers.score.hum.decoding import RATE, Samples

LOWEST_HZ = 60.0
SURE = 0.5  # the network's confidence in a frame that has a pitch
BELOW_LOUD_DB = 32.0  # what is so much softer than the loud frames is no note

Curve = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Contour:
    """frame_s: of each; pitch: in semitones as in MIDI; loudness: in dB; voiced: which frames have a pitch at all."""

    frame_s: float
    pitch: Curve
    loudness: Curve
    voiced: Flags


@cache
def _listener() -> Any:
    from swift_f0 import SwiftF0

    return SwiftF0(threads=1, spin=False)


def contour_of(samples: Samples) -> Contour:
    """samples: as `decode` gives them."""
    loudest = float(np.abs(samples).max(initial=0.0))
    if loudest > 0:
        samples = samples / loudest * np.float32(0.9)
    found = _listener().detect(samples, RATE, fmin=LOWEST_HZ)
    loud = float(np.percentile(found.loudness_db, 95))
    voiced = (found.confidence >= SURE) & (found.loudness_db > loud - BELOW_LOUD_DB)
    if loudest < SILENT:
        voiced[:] = False
    return Contour(
        frame_s=float(found.timestamps[1] - found.timestamps[0]) if len(found.timestamps) > 1 else 0.016,
        pitch=69 + 12 * np.log2(np.maximum(found.pitch_hz, 1.0) / 440),
        loudness=found.loudness_db,
        voiced=voiced,
    )


SILENT = 1e-3  # of full scale
