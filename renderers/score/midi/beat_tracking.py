"""The beats of a performance that follows no metronome: a file whose ticks are no parts of a beat.

First the usual distance of beats, by how alike the onsets are to themselves so much later; then the way through the
piece that takes in most of them and changes its pace least, by a dynamic programme over places and paces.
After D. Ellis, Beat Tracking by Dynamic Programming (Journal of New Music Research 36, 2007), with a pace that drifts.
What is not covered: rubato that doubles the pace, and pieces that begin anew in another one.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FRAMES_PER_SECOND = 100
SHORTEST_S, LONGEST_S, USUAL_S = 0.28, 1.3, 0.6  # of a beat
OCTAVES_AROUND = 0.9  # how unusual a pace is: one standard deviation, in doublings
DRIFT = (0.72, 1.4)  # of the usual pace
NUM_PACES = 40
CHANGE_PRICE = 90.0  # of a change of pace, times the square of its logarithm
MISSED_SHARE = 0.35  # of a usual onset: what a beat without one costs
SMOOTH_S = 0.018
MAX_SECONDS = 900  # that are listened to; behind them the pace stays
ALIGNED, ALIGNED_BY_THIRDS = 0.3, 0.5
FEWEST_ONSETS = 12
NEAR_S = 0.07


@dataclass(frozen=True)
class Beats:
    """The beats of a performance: their moments in seconds, in order, at least two."""

    moments: tuple[float, ...]

    def at(self, second: float) -> float:
        """How many beats after the first one a moment lies; before it a negative number."""
        place = min(max(bisect_right(self.moments, second) - 1, 0), len(self.moments) - 2)
        before, after = self.moments[place], self.moments[place + 1]
        return place + (second - before) / (after - before)


def follows_beats(onsets: Sequence[float], *, is_tempo_stated: bool, is_nothing_stated: bool) -> bool:
    """Whether onsets, in quarters, lie on a grid of them; else the ticks are only the clock of a recorder.

    The quarters, their halves and fourths count; thirds only where a tempo is stated; and where neither tempo nor metre
    is, a good part has to lie on the quarters themselves.
    """
    if len(onsets) < FEWEST_ONSETS:
        return True
    turns = np.asarray(onsets) * 2 * np.pi

    def share(parts: int) -> float:
        return float(abs(np.exp(1j * parts * turns).mean()))

    if max(share(parts) for parts in ((1,) if is_nothing_stated else (1, 2, 4))) >= ALIGNED:
        return True
    return is_tempo_stated and max(share(parts) for parts in (3, 5, 6, 7, 8)) >= ALIGNED_BY_THIRDS


def track_beats(onsets: Sequence[float], weights: Sequence[float]) -> Beats:
    """The beats of onsets in seconds. Raises nothing: two notes have beats, too."""
    first, last = min(onsets), max(onsets)
    if last - first < 2 * SHORTEST_S:
        return Beats((first, first + USUAL_S))
    strength = _strength(onsets, weights, first, min(last, first + MAX_SECONDS))
    period = _usual_period(strength)
    frames = _path(strength, period)
    moments = [first + frame / FRAMES_PER_SECOND for frame in frames]
    moments = _refined(moments, onsets, weights)
    pace_s = moments[-1] - moments[-2] if len(moments) > 1 else period / FRAMES_PER_SECOND
    while moments[-1] < last:
        moments.append(moments[-1] + pace_s)
    return Beats(tuple(moments)) if len(moments) > 1 else Beats((first, first + period / FRAMES_PER_SECOND))


def _strength(onsets: Sequence[float], weights: Sequence[float], first: float, last: float) -> npt.NDArray[np.float64]:
    """How much begins in each frame, smoothed, on the average 1 where anything begins."""
    size = int((last - first) * FRAMES_PER_SECOND) + 2
    raw = np.zeros(size)
    for onset, weight in zip(onsets, weights, strict=True):
        frame = round((onset - first) * FRAMES_PER_SECOND)
        if frame < size:
            raw[frame] += weight
    reach = 4
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (SMOOTH_S * FRAMES_PER_SECOND)) ** 2)
    smooth = np.sqrt(np.convolve(raw, kernel, mode="same"))
    peaks = smooth[raw > 0]
    scaled: npt.NDArray[np.float64] = smooth / float(peaks.mean())
    return scaled


def _usual_period(strength: npt.NDArray[np.float64]) -> float:
    """The distance of beats, in frames: what the onsets repeat themselves after, among usual paces."""
    longest = min(int(LONGEST_S * FRAMES_PER_SECOND) * 4, len(strength) - 1)
    size = 1 << (2 * len(strength) - 1).bit_length()
    spectrum = np.fft.rfft(strength - strength.mean(), size)
    alike = np.fft.irfft(np.abs(spectrum) ** 2, size)[: longest + 1]
    best, found = -math.inf, USUAL_S * FRAMES_PER_SECOND
    for period in range(int(SHORTEST_S * FRAMES_PER_SECOND), int(LONGEST_S * FRAMES_PER_SECOND) + 1):
        multiples = [alike[min(k * period, longest)] for k in (1, 2, 4) if k * period <= longest]
        if not multiples:
            continue
        unusual = math.log2(period / (USUAL_S * FRAMES_PER_SECOND)) / OCTAVES_AROUND
        score = float(np.mean(multiples)) * math.exp(-0.5 * unusual**2)
        if score > best:
            best, found = score, float(period)
    return found


def _path(strength: npt.NDArray[np.float64], period: float) -> list[int]:
    """The frames of the beats."""
    paces = np.unique(np.round(period * np.geomspace(*DRIFT, NUM_PACES)).astype(int))
    logs = np.log(paces)
    change = CHANGE_PRICE * (logs[:, None] - logs[None, :]) ** 2  # (to, from)
    change += 0.15 * np.abs(logs - math.log(period))[:, None]
    size, num_paces = len(strength), len(paces)
    total = np.full((size, num_paces), -np.inf)
    came_from = np.full((size, num_paces), -1, dtype=np.int16)
    reward = strength - MISSED_SHARE
    begin = int(paces[-1]) + 1
    columns = np.arange(num_paces)
    for now in range(size):
        total[now] = reward[now] if now < begin else -1e9
        back = now - paces
        can = back >= 0
        if can.any():
            before = total[np.maximum(back, 0)] - change  # (to, from): every pace looks back by itself
            before[~can] = -np.inf
            best = before.argmax(axis=1)
            value = before[columns, best] + reward[now]
            better = value > total[now]
            total[now][better] = value[better]
            came_from[now][better] = best[better]
    ends = total[max(0, size - begin) :]
    row, pace = divmod(int(ends.argmax()), num_paces)
    frame = row + max(0, size - begin)
    frames = [frame]
    while came_from[frame, pace] >= 0:
        frame, pace = frame - int(paces[pace]), int(came_from[frame, pace])
        frames.append(frame)
    return frames[::-1]


def _refined(moments: Sequence[float], onsets: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Each beat moved to the middle of what begins near it."""
    in_order = sorted(zip(onsets, weights, strict=True))
    places = [onset for onset, _ in in_order]
    refined: list[float] = []
    for moment in moments:
        near = in_order[bisect_right(places, moment - NEAR_S) : bisect_right(places, moment + NEAR_S)]
        total = sum(weight for _, weight in near)
        middle = sum(onset * weight for onset, weight in near) / total if total else moment
        refined.append(middle if not refined or middle > refined[-1] + 0.1 else max(moment, refined[-1] + 0.1))
    return refined
