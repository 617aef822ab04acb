"""What comes back: bars as they were, transposed, or nearly so.

Nearly: the distance of two bars is that of dynamic time warping (Sakoe and Chiba 1978; as in Müller, "Fundamentals of
Music Processing", 2015, section 3.2, steps (1,1), (1,0), (0,1)) between their chroma in sixteen frames a bar, the
distance of two frames 1 - cosine, divided by the number of frames; alike is 1 - distance, at least 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.critic.note_table import NoteTable
from generator.critic.repetition import bar_music
from generator.notation import Tune

FRAMES = 16  # of a bar
FAR = 4  # bars between a phrase and its return

Floats = NDArray[np.float64]


def measure_form(tune: Tune, notes: NoteTable) -> dict[str, float]:
    """Repetition, exact and near."""
    if len(notes.bars) < 2 or not len(notes):
        return {}
    alike = _bars_alike(notes)
    before = np.tril(np.ones_like(alike, bool), k=-1)
    far = np.tril(np.ones_like(alike, bool), k=-FAR)
    values = {
        "repeated_bars": _came_back([bar_music(bar) for bar in tune.bars]),
        "transposed_bars": _came_back(_top_shapes(notes)),
        "neighbours_alike": float(np.diagonal(alike, offset=-1).mean()),
        "nearest_alike": float(np.where(before, alike, 0).max(axis=1)[1:].mean()),
    }
    if len(alike) > FAR:
        values["far_alike"] = float(np.where(far, alike, 0).max(axis=1)[FAR:].mean())
    return values


def _came_back(bars: list[tuple[object, ...]]) -> float:
    """The share of bars that are the same as an earlier one; empty ones are not."""
    heard: set[tuple[object, ...]] = set()
    again = 0
    for bar in bars:
        again += bool(bar) and bar in heard
        heard.add(bar)
    return again / len(bars)


def _top_shapes(notes: NoteTable) -> list[tuple[object, ...]]:
    """The rhythm and intervals of the highest notes of each bar; empty for bars with fewer than two attacks."""
    tops: list[dict[int, int]] = [{} for _ in notes.bars]
    for start, pitch, bar in zip(notes.start.tolist(), notes.pitch.tolist(), notes.bar.tolist(), strict=True):
        within = start - notes.bars[bar].start
        tops[bar][within] = max(pitch, tops[bar].get(within, 0))
    shapes: list[tuple[object, ...]] = []
    for top in tops:
        first = top[min(top)] if top else 0
        shapes.append(tuple((time, top[time] - first) for time in sorted(top)) if len(top) > 1 else ())
    return shapes


def _bars_alike(notes: NoteTable) -> Floats:
    """How alike each pair of bars is: (bars, bars), 0 to 1."""
    frames = _bar_frames(notes)
    one, other = np.tril_indices(len(frames), k=-1)
    distances = _warped_distances(frames[one], frames[other])
    alike = np.eye(len(frames))
    alike[one, other] = alike[other, one] = np.clip(1 - distances, 0, 1)
    return alike


def _bar_frames(notes: NoteTable) -> Floats:
    """The pitch classes that sound in each sixteenth of each bar, as vectors of length 1 or 0: (bars, 16, 12)."""
    frames = np.zeros((len(notes.bars), FRAMES, 12))
    for number, bar in enumerate(notes.bars):
        times = bar.start + (np.arange(FRAMES) * 2 + 1) * bar.length // (2 * FRAMES)
        moments = np.clip(np.searchsorted(notes.edges, times, side="right") - 1, 0, len(notes.lengths) - 1)
        frames[number] = notes.chroma[moments] > 0
    unit: Floats = frames / np.maximum(np.linalg.norm(frames, axis=2, keepdims=True), 1)
    return unit


def _warped_distances(one: Floats, other: Floats) -> Floats:
    """The warped distances of many pairs at once: (pairs, frames, 12) each → (pairs,)."""
    costs = 1 - np.einsum("pik,pjk->pij", one, other)
    both_silent = ~one.any(axis=2)[:, :, None] & ~other.any(axis=2)[:, None, :]  # type: ignore[index]
    costs[both_silent] = 0
    total = np.full((len(costs), FRAMES + 1, FRAMES + 1), np.inf)
    total[:, 0, 0] = 0
    for i in range(FRAMES):
        for j in range(FRAMES):
            nearest = np.minimum(np.minimum(total[:, i, j], total[:, i, j + 1]), total[:, i + 1, j])
            total[:, i + 1, j + 1] = costs[:, i, j] + nearest
    return np.asarray(total[:, FRAMES, FRAMES] / FRAMES)
