"""From a contour to notes: stretches of one pitch, told apart by silence, by steps of pitch and by dips of loudness.

A stretch between two silences is cut where that makes its pieces flattest: a dynamic programme over all cuts, each of
which has a price that a vibrato does not pay and a step of a semitone does. Frames in which the pitch glides count
little. Then pieces are cut where the loudness dips, which is how a note is repeated.

Promises: no tuning and no scale is assumed. Not covered: which semitone a pitch is (`tuning.py`).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from renderers.score.hum.contour import Contour, Curve

SURE = 99.0  # of `Voiced.own`: no rhythm speaks against it
# What is so short, and so near the next note, may be how that one is reached.
SCOOP_S, SCOOP_SLOPE_S, SCOOP_SEMITONES = 0.1, 0.012, 2.5
GAP_S = 0.035  # of silence, that parts notes
SHORTEST_S = 0.06
# What is shorter, between two notes that it touches, may be the way from one to the other.
GLIDE_S, TOUCHING_S = 0.1, 0.03
CUT_PRICE = 1.3  # in square semitones times frames
GLIDE_SPEED = 22.0  # semitones a second: at this speed a frame counts half
LONGEST_PIECE_S = 6.0
LEAP_SEMITONES = 7.5
SAME_SEMITONES = 0.55  # pieces that differ less are one note
LEAST_DIP_DB = 2.5  # no voice begins a note anew with less
# A dip of so much is taken for a new note unless the rhythm speaks against it. Where many are shallow the sound wavers,
# mostly soon after a note has begun.
STEADY_DB, WAVERING_DB, DIP_SLOPE_DB = 3.6, 6.3, 0.8
SOON_S, SOON_SLOPE_S, MOST_SOON = 0.17, 0.04, 1.5
SHALLOW_DB, SHALLOW_SHARE = (3.0, 7.0), 0.3  # of the notes
DIP_REACH_S = 0.14
EDGE = 0.15  # of a note at each of its ends, where the pitch is not looked at


@dataclass(frozen=True, kw_only=True)
class Voiced:
    """start, end: in seconds; pitch: in semitones, not rounded; spread: how far its frames lie from it on average.

    own: how sure it is that it is no part of the note before, in nats; negative where it seems to be one.
    """

    start: float
    end: float
    pitch: float
    spread: float
    own: float = SURE

    @property
    def length(self) -> float:
        return self.end - self.start


def find_notes(contour: Contour) -> list[Voiced]:
    """All notes in their order."""
    found: list[tuple[Voiced, float]] = []
    for first, last in _runs(contour):
        pitch = _without_jumps(contour.pitch[first:last])
        cuts = _cut(pitch, contour.frame_s)
        for begin, end in _joined(pitch, cuts):
            for start, stop, dip in _struck_again(contour.loudness[first + begin : first + end], contour.frame_s):
                found.append((_note(contour, pitch, first, begin + start, begin + stop), dip))
    notes = _without_octaves([note for note in _with_sureness(found) if note.length >= SHORTEST_S])
    return _without_glides(notes)


def sure_notes(notes: Sequence[Voiced]) -> list[Voiced]:
    """Those that are rather notes of their own than not, whatever the rhythm says."""
    firsts = [place for place, note in enumerate(notes) if not place or note.own >= 0]
    return [together(notes[first:end]) for first, end in itertools.pairwise((*firsts, len(notes)))]


def together(notes: Sequence[Voiced]) -> Voiced:
    """Several notes as the one that they are, with the pitch of the longest."""
    if len(notes) == 1:
        return notes[0]
    longest = max(notes, key=lambda note: note.length)
    like = [note for note in notes if abs(note.pitch - longest.pitch) < SAME_SEMITONES]
    pitch = float(np.average([note.pitch for note in like], weights=[note.length for note in like]))
    away = [note.spread + abs(note.pitch - pitch) for note in notes]
    spread = float(np.average(away, weights=[note.length for note in notes]))
    return replace(notes[0], end=notes[-1].end, pitch=pitch, spread=spread)


def _with_sureness(found: Sequence[tuple[Voiced, float]]) -> list[Voiced]:
    """found: notes, and how deep the dip before each is in dB, infinite where it is no dip that parts them."""
    shallow = sum(SHALLOW_DB[0] <= dip < SHALLOW_DB[1] for _, dip in found)
    num_notes = sum(dip == math.inf for _, dip in found)
    if shallow <= SHALLOW_SHARE * num_notes:
        return [replace(note, own=min(SURE, (dip - STEADY_DB) / DIP_SLOPE_DB)) for note, dip in found]
    sure, begun = [], 0.0
    for note, dip in found:
        late = (note.start - begun - SOON_S) / SOON_SLOPE_S
        own = (dip - WAVERING_DB) / DIP_SLOPE_DB + min(max(late, -MOST_SOON), MOST_SOON)
        sure.append(replace(note, own=min(SURE, own)))
        begun = note.start
    return sure


def _without_octaves(notes: list[Voiced]) -> list[Voiced]:
    """What leaps away from both its neighbours and is near them an octave higher or lower was heard an octave off."""
    calm = list(notes)
    for place in range(1, len(notes) - 1):
        around = (calm[place - 1].pitch, notes[place + 1].pitch)
        own = notes[place].pitch
        if min(abs(own - pitch) for pitch in around) > LEAP_SEMITONES and abs(around[0] - around[1]) < LEAP_SEMITONES:
            other = min((own - 12, own + 12), key=lambda pitch: abs(pitch - around[0]))
            if max(abs(other - pitch) for pitch in around) < LEAP_SEMITONES:
                calm[place] = replace(notes[place], pitch=other)
    return calm


def _runs(contour: Contour) -> list[tuple[int, int]]:
    """The stretches with a pitch, from frame to frame; gaps of a single frame are none."""
    voiced = contour.voiced.copy()
    most = int(GAP_S / contour.frame_s)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], voiced.astype(np.int8), [0]))))
    for stop, start in zip(edges[1::2], edges[2::2], strict=False):
        if start - stop <= most and abs(contour.pitch[stop - 1] - contour.pitch[start]) < SAME_SEMITONES:
            voiced[stop:start] = True
    edges = np.flatnonzero(np.diff(np.concatenate(([0], voiced.astype(np.int8), [0]))))
    return [(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def _without_glides(notes: list[Voiced]) -> list[Voiced]:
    """What is passed on the way from one note to the next belongs to the next, or may do so. Changes `notes`."""
    kept: list[Voiced] = []
    for place, note in enumerate(notes):
        after = notes[place + 1] if place + 1 < len(notes) else None
        before = kept[-1] if kept else None
        if after is not None and note.length < GLIDE_S and after.start - note.end < TOUCHING_S:
            reached = before is not None and note.start - before.end < TOUCHING_S
            low, high = sorted((before.pitch if before and reached else note.pitch - 2, after.pitch))
            if low < note.pitch < high or not reached:
                notes[place + 1] = replace(after, start=note.start, own=max(after.own, note.own))
                continue
        if (
            after is not None
            and after.start - note.end < TOUCHING_S
            and abs(after.pitch - note.pitch) < SCOOP_SEMITONES
        ):
            notes[place + 1] = replace(after, own=min(after.own, (note.length - SCOOP_S) / SCOOP_SLOPE_S))
        kept.append(note)
    return kept


def _without_jumps(pitch: Curve) -> Curve:
    """Frames that are an octave or more off for a moment follow their neighbours."""
    if len(pitch) < 5:
        return pitch
    around = np.lib.stride_tricks.sliding_window_view(np.pad(pitch, 2, mode="edge"), 5)
    middle = np.median(around, axis=1)
    calm: Curve = np.where(np.abs(pitch - middle) > 1.5, middle, pitch)
    return calm


def _cut(pitch: Curve, frame_s: float) -> list[int]:
    """Where the pieces of a stretch begin, and its end."""
    size = len(pitch)
    speed = np.abs(np.gradient(pitch)) / frame_s if size > 1 else np.zeros(size)
    weight = 1 / (1 + (speed / GLIDE_SPEED) ** 2)
    sums = np.zeros((3, size + 1))
    for power in range(3):
        sums[power, 1:] = np.cumsum(weight * pitch**power)
    longest = int(LONGEST_PIECE_S / frame_s)
    best, back = np.zeros(size + 1), np.zeros(size + 1, dtype=int)
    for end in range(1, size + 1):
        begins = np.arange(max(0, end - longest), end)
        total, first, second = (sums[power, end] - sums[power, begins] for power in range(3))
        costs = best[begins] + second - first**2 / total + CUT_PRICE
        place = int(costs.argmin())
        best[end], back[end] = costs[place], begins[place]
    cuts = [size]
    while cuts[-1] > 0:
        cuts.append(int(back[cuts[-1]]))
    return cuts[::-1]


def _joined(pitch: Curve, cuts: list[int]) -> list[tuple[int, int]]:
    """Pieces that are too short for a note go to the neighbour that is nearer; those of one pitch become one."""
    pieces = [[begin, end] for begin, end in itertools.pairwise(cuts)]
    while len(pieces) > 1:
        shortest = min(range(len(pieces)), key=lambda place: pieces[place][1] - pieces[place][0])
        if pieces[shortest][1] - pieces[shortest][0] > 3:
            break
        sides = [side for side in (shortest - 1, shortest + 1) if 0 <= side < len(pieces)]
        own = _middle(pitch, pieces[shortest])
        other = min(sides, key=lambda side: abs(_middle(pitch, pieces[side]) - own))
        low, high = sorted((shortest, other))
        pieces[low : high + 1] = [[pieces[low][0], pieces[high][1]]]
    joined = pieces[:1]
    for piece in pieces[1:]:
        if abs(_middle(pitch, joined[-1]) - _middle(pitch, piece)) < SAME_SEMITONES:
            joined[-1] = [joined[-1][0], piece[1]]
        else:
            joined.append(piece)
    return [(begin, end) for begin, end in joined]


def _middle(pitch: Curve, piece: list[int]) -> float:
    return float(np.median(pitch[piece[0] : piece[1]]))


def _struck_again(loudness: Curve, frame_s: float) -> list[tuple[int, int, float]]:
    """A piece cut at the dips of its loudness: begin, end and how deep the dip before it is; none before the first."""
    reach, least = max(2, round(DIP_REACH_S / frame_s)), max(2, round(SHORTEST_S / frame_s))
    cuts, dips = [0], [math.inf]
    for place in range(least, len(loudness) - least):
        before, behind = loudness[max(cuts[-1], place - reach) : place], loudness[place + 1 : place + 1 + reach]
        around = loudness[max(0, place - 2) : place + 3]
        if loudness[place] > around.min() or place - cuts[-1] < least:
            continue
        dip = float(min(before.max(), behind.max()) - loudness[place])
        if dip >= LEAST_DIP_DB:
            cuts.append(place)
            dips.append(dip)
    ends = (*cuts[1:], len(loudness))
    return list(zip(cuts, ends, dips, strict=True))


def _note(contour: Contour, pitch: Curve, first: int, begin: int, end: int) -> Voiced:
    margin = int((end - begin) * EDGE)
    inner = pitch[begin + margin : end - margin] if end - begin > 4 else pitch[begin:end]
    middle = (
        float(np.median(inner))
        if len(inner) < 12
        else float(np.mean(np.sort(inner)[len(inner) // 8 : -(len(inner) // 8)]))
    )
    return Voiced(
        start=(first + begin) * contour.frame_s,
        end=(first + end) * contour.frame_s,
        pitch=middle,
        spread=float(np.mean(np.abs(inner - middle))),
    )
