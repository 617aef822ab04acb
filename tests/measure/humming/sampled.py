"""Folk songs of music21's corpus, played by the soundfont's sampled voices and pipes, with bent pitches and noise.

The tunes are written by people, the timbres recorded by others; vibrato, glides and drift are pitch bends. Five
timbres, 60 to 140 quarters a minute. Songs that need more than a minute are cut at a barline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import tinysoundfont

from renderers.sound.soundfont import SHIPPED_SOUNDFONT
from tests.measure.humming import RATE, Hum, Samples, Sung, with_noise

PROGRAMS = {"voice oohs": (53, 0), "flute": (73, 5), "ocarina": (79, 10), "clarinet": (71, -3), "bassoon": (70, -15)}
BOOKS = ("essenFolksong/altdeu10.abc", "essenFolksong/boehme10.abc", "essenFolksong/erk5.abc", "essenFolksong/han1.abc")
NOISE_DB, DRIFT_CENTS = 20.0, 50.0
LEAD_IN_S, MOST_BARS, LEAST_NOTES, MIDDLE = 0.3, 6, 12, 67
SHORTEST_S, USUAL_S, LET_GO_S = 0.14, 0.8, 0.04  # the shortest note that people hum, the longest average, how notes end
BEND_SEMITONES, STEP_S, LEAD_OUT_S = 12, 0.01, 0.6
METRES = {"2/4", "3/4", "4/4", "6/8"}  # halves and eighths as beats are how books write, not what can be heard
PLAIN = frozenset(Fraction(n, 4) for n in (1, 2, 3, 4, 6, 8, 12, 16)) | {Fraction(1, 3), Fraction(2, 3)}


@dataclass(frozen=True, kw_only=True)
class Song:
    """notes: (onset, length) in quarters and pitch, without rests."""

    name: str
    notes: tuple[tuple[Fraction, Fraction, int], ...]
    metre: str
    fifths: int


def find_songs(count: int, *, seed: int = 15) -> list[Song]:
    """So many songs by lot. Those with more than one metre, or lengths that nobody writes, are left out."""
    import music21

    rng, songs = np.random.default_rng(seed), []
    for book in BOOKS:
        opus = music21.corpus.parse(book)
        songs += [song for song in map(_song, opus.scores) if song is not None]
    return [songs[place] for place in rng.permutation(len(songs))[:count]]


def _song(score: object) -> Song | None:
    from music21 import note

    part = score.parts[0]  # type: ignore[attr-defined]
    metres = {each.ratioString for each in part.recurse().getElementsByClass("TimeSignature")}
    keys = [each.sharps for each in part.recurse().getElementsByClass("KeySignature")]
    if len(metres) != 1 or not keys or not metres <= METRES:
        return None
    measures = list(part.getElementsByClass("Measure"))[: MOST_BARS + 1]
    notes: list[tuple[Fraction, Fraction, int]] = []
    for measure in measures:
        for each in measure.recurse().notes:
            if not isinstance(each, note.Note) or each.duration.isGrace:
                return None
            onset = Fraction(measure.offset + each.getOffsetInHierarchy(measure)).limit_denominator(48)
            length = Fraction(each.duration.quarterLength).limit_denominator(48)
            if each.tie is not None and each.tie.type != "start" and notes:
                notes[-1] = (notes[-1][0], notes[-1][1] + length, notes[-1][2])
            else:
                notes.append((onset, length, int(each.pitch.midi)))
    if len(notes) < LEAST_NOTES or any(length not in PLAIN for _, length, _ in notes):
        return None
    title = str(score.metadata.title if score.metadata else "")  # type: ignore[attr-defined]
    return Song(name=title, notes=tuple(notes), metre=metres.pop(), fifths=keys[0])


def make_hum(number: int, song: Song) -> Hum:
    """The song, sung by the timbre whose turn it is."""
    rng = np.random.default_rng([16, number])
    timbre = list(PROGRAMS)[number % len(PROGRAMS)]
    program, register = PROGRAMS[timbre]
    shortest = min(length for _, length, _ in song.notes)
    average = sum(float(length) for _, length, _ in song.notes) / len(song.notes)
    pace = float(
        rng.uniform(max(60, min(60 * average / USUAL_S, 130)), max(70, min(140, 60 * float(shortest) / SHORTEST_S)))
    )
    mean = sum(pitch for _, _, pitch in song.notes) / len(song.notes)
    move = round(MIDDLE + register - mean + rng.uniform(-3, 3))
    second = 60 / pace
    start = song.notes[0][0]
    sung = tuple(
        Sung(onset_s=LEAD_IN_S + float(onset - start) * second, length=length, pitch=pitch + move)
        for onset, length, pitch in song.notes
    )
    samples = _play(rng, sung, second, program)
    fifths = (song.fifths + 7 * move + 5) % 12 - 5
    return Hum(
        name=f"{number} {timbre}, {song.name}",
        samples=with_noise(samples, db=NOISE_DB, rng=rng),
        notes=sung,
        beats_a_minute=pace,
        metre=song.metre,
        fifths=fifths,
    )


def _play(rng: np.random.Generator, notes: tuple[Sung, ...], second: float, program: int) -> Samples:
    """Struck, let go and bent every hundredth of a second."""
    synth = tinysoundfont.Synth(samplerate=RATE)
    synth.program_select(0, synth.sfload(str(SHIPPED_SOUNDFONT)), 0, program)
    synth.pitchbend_range(0, BEND_SEMITONES)
    total_s = notes[-1].onset_s + float(notes[-1].length) * second
    spans = []
    for note in notes:
        begin = max(0.02, note.onset_s + float(rng.normal(0, 0.015)))
        spans.append((begin, begin + float(note.length) * second * float(rng.uniform(0.8, 0.98)), note.pitch))
    depth, hertz, phase = rng.uniform(0.05, 0.35), rng.uniform(4.5, 6.5), rng.uniform(0, 6)
    scoop, turns, offset = rng.uniform(0.3, 1.2), rng.uniform(0.4, 1.4), rng.uniform(0, 6)
    blocks, struck, begun = [], set[int](), 0.0
    for time in np.arange(0, total_s + LEAD_OUT_S, STEP_S):
        for place, (begin, end, pitch) in enumerate(spans):
            if place in struck and time - STEP_S < end <= time:
                synth.noteoff(0, pitch)
            if place not in struck and begin <= time:
                synth.noteon(0, pitch, int(rng.integers(80, 110)))
                struck.add(place)
                begun = begin
        bend = DRIFT_CENTS / 100 * np.sin(2 * np.pi * turns * time / total_s + offset)
        bend += depth * np.sin(2 * np.pi * hertz * time + phase)
        bend -= scoop * np.exp(-(time - begun) / 0.025)  # from below into every note
        synth.pitchbend(0, int(8192 + np.clip(bend / BEND_SEMITONES, -1, 1) * 8191))
        block = np.frombuffer(bytes(synth.generate(round(STEP_S * RATE))), dtype=np.float32)
        blocks.append(block.reshape(-1, 2).mean(axis=1))
    return (np.concatenate(blocks) * _gate(spans, len(blocks) * round(STEP_S * RATE))).astype(np.float32)


def _gate(spans: Sequence[tuple[float, float, int]], size: int) -> npt.NDArray[np.float64]:
    """One voice has no two notes at a time: each ends before the next, whatever the instrument's own end is."""
    time, gate = np.arange(size) / RATE, np.zeros(size)
    for begin, end, _ in spans:
        first, last = int(begin * RATE), min(size, int((end + LET_GO_S) * RATE))
        gate[first:last] = np.clip((end + LET_GO_S - time[first:last]) / LET_GO_S, 0, 1)
    return gate
