"""The touch of each note: how hard it is struck and how long it is held.

The level comes from the dynamics; here are added articulation, the weight of the beat, and a light hand for grace notes
and inner voices, so that a piece without any mark still breathes, and what a player adds (`expression/touch.py`).
Nothing is random: the same score sounds the same.
"""

import math
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass

from renderers.score.mei import MEI, XML_ID
from renderers.sound.dynamics import StaffDynamics, read_dynamics
from renderers.sound.expression.touch import Hands, Touch
from renderers.sound.performance import Note, Performance, chord_of, written_notes

ACCENT_VELOCITY = {"acc": 12, "marc": 18, "marc-stacc": 18, "acc-soft": 6, "stress": 8, "unstress": -6}
SFORZATO_VELOCITY = 20
DOWNBEAT_VELOCITY, STRONG_BEAT_VELOCITY, OFFBEAT_VELOCITY = 5, 2, -4
GRACE_VELOCITY = -8
MELODY_VELOCITY = 3  # the uppermost note of a part's first staff
LOWER_STAFF_VELOCITY = -4  # a left hand accompanies
PHRASE_VELOCITY, PHRASE_MEASURES = 3, 4  # each four bars swell and fall a little
SOFTEST, LOUDEST = 12, 126

HELD = {"stacciss": 0.3, "stacc": 0.5, "spicc": 0.4, "marc-stacc": 0.5, "marc": 0.85, "ten": 1.0}
HELD_PLAIN, HELD_SLURRED = 0.92, 1.0
SHORTEST_HELD_S = 0.05
_PLAIN = Touch()
CLICK_STAFF = 0  # of no part: where clicks are, which no score has


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """A note as the player strikes it. `start` and `end` in played quarters.

    id, tied: of the written note and of those tied to it, as in `Note`. A click has none, and `staff` CLICK_STAFF.
    """

    staff: int
    layer: str
    pitch: int
    start: float
    end: float
    velocity: int  # 1-127
    is_drum: bool = False
    id: str = ""
    tied: tuple[tuple[str, float], ...] = ()


def shape(performance: Performance, hands: Hands | None = None, *, held: float = HELD_PLAIN) -> list[Struck]:
    """Give every note of a performance its velocity and its true end.

    hands: those of a player; without them it is played plainly. held: the share of an unmarked note that sounds.
    """
    dynamics = read_dynamics(performance)
    articulation = read_articulations(performance)
    slurs = _slurs(performance)
    melody = _melody(performance)
    struck = []
    for note in performance.notes:
        artic = articulation.get(note.id, frozenset())
        velocity = _velocity(note, artic, performance, dynamics.get(note.staff) or next(iter(dynamics.values())))
        touch = hands.touch(note) if hands is not None else _PLAIN
        velocity += (
            touch.velocity if hands is not None else _plain_weight(note, performance, is_melody=id(note) in melody)
        )
        start = max(0.0, note.start - touch.lead_s * performance.tempo.bpm_at(note.start) / 60)
        end = _end(note, artic, performance, held=HELD_SLURRED if _is_slurred(note, slurs, performance) else held)
        velocity = round(min(max(velocity, SOFTEST), LOUDEST))
        struck.append(
            Struck(
                staff=note.staff,
                layer=note.layer,
                pitch=note.pitch,
                start=start,
                end=end,
                velocity=velocity,
                is_drum=note.is_drum,
                id=note.id,
                tied=note.tied,
            )
        )
    return struck


def _velocity(note: Note, artic: frozenset[str], performance: Performance, dynamics: StaffDynamics) -> float:
    written = performance.written(note)
    velocity = dynamics.at(written) + sum(ACCENT_VELOCITY.get(word, 0) for word in artic)
    velocity += SFORZATO_VELOCITY if dynamics.is_accented(written) and not note.ornamental else 0
    velocity += GRACE_VELOCITY if note.ornamental else _beat_weight(note.beat, performance.measures[note.measure].metre)
    return velocity


def _plain_weight(note: Note, performance: Performance, *, is_melody: bool) -> float:
    """How much louder a note is than its level where nobody shapes phrases: each four bars swell and fall a little."""
    velocity = MELODY_VELOCITY if is_melody else 0.0
    velocity += LOWER_STAFF_VELOCITY if note.staff != performance.part_list.part_of(note.staff).staves[0] else 0.0
    through_phrase = (note.measure + note.beat / performance.measures[note.measure].length) / PHRASE_MEASURES % 1
    return velocity + PHRASE_VELOCITY * (math.sin(math.pi * through_phrase) - 0.5)


def _beat_weight(beat: float, metre: tuple[int, int]) -> int:
    """How much stronger a place in the measure is than a plain beat. `beat` in quarters from its beginning."""
    beats, unit = metre
    compound = beats > 3 and beats % 3 == 0
    strong = {2: 2, 4: 2}.get(beats, 3 if compound else beats)
    position = beat * unit / 4
    if position < 1e-3:
        return DOWNBEAT_VELOCITY
    if abs(position - round(position)) > 1e-3:
        return OFFBEAT_VELOCITY
    if round(position) % strong == 0:
        return STRONG_BEAT_VELOCITY
    return OFFBEAT_VELOCITY // 2 if compound else 0


def _end(note: Note, artic: frozenset[str], performance: Performance, *, held: float) -> float:
    length = note.end - note.start
    share = min((HELD[word] for word in artic if word in HELD), default=held)
    if "ten" in artic and "stacc" in artic:  # portato
        share = 0.75
    shortest = SHORTEST_HELD_S * performance.tempo.bpm_at(note.start) / 60
    return note.start + min(length, max(length * share, shortest))


def read_articulations(performance: Performance) -> dict[str, frozenset[str]]:
    """MEI id of a note → the articulations it or its chord bears ("stacc", "acc", "ten", "marc" ...)."""
    found = {}
    for note, _, _ in written_notes(performance.mei):
        holders = [holder for holder in (note, chord_of(note)) if holder is not None]
        signs = [sign for holder in holders for sign in (holder, *holder.iterfind(f"{MEI}artic"))]
        if words := {word for sign in signs for word in (sign.get("artic") or "").split()}:
            found[str(note.get(XML_ID))] = frozenset(words)
    return found


def _slurs(performance: Performance) -> dict[tuple[int, str], list[tuple[float, float]]]:
    """(staff, layer) → the slurs of that voice as (start, end) in written quarters, sorted."""
    slurs = defaultdict(list)
    for slur in performance.mei.iter(f"{MEI}slur"):
        start = performance.places.get(slur.get("startid", "#")[1:])
        end = performance.places.get(slur.get("endid", "#")[1:])
        if start and end:
            slurs[start.staff, start.layer].append((start.written, end.written))
    return {voice: sorted(spans) for voice, spans in slurs.items()}


def _is_slurred(note: Note, slurs: dict[tuple[int, str], list[tuple[float, float]]], performance: Performance) -> bool:
    """Whether a note is bound to the next one; the last note under a slur is not."""
    spans = slurs.get((note.staff, note.layer))
    if not spans:
        return False
    written = performance.written(note) + 1e-6
    nearest = spans[max(0, bisect_right(spans, (written, math.inf)) - 2) :][:3]  # slurs nest two deep at most
    return any(start <= written < end - 1e-3 for start, end in nearest)


def _melody(performance: Performance) -> set[int]:
    """The identities of the notes that carry the melody: the highest of each moment, in parts with several staves."""
    first_staves = {part.staves[0] for part in performance.part_list.parts if len(part.staves) > 1}
    highest: dict[tuple[int, float], Note] = {}
    for note in performance.notes:
        if note.staff in first_staves:
            moment = (note.staff, round(note.start, 3))
            if moment not in highest or highest[moment].pitch < note.pitch:
                highest[moment] = note
    return {id(note) for note in highest.values()}
