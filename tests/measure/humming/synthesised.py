"""Made-up tunes by made-up voices: harmonics behind formants, with vibrato, glides, a drifting pitch and noise.

Five timbres, 60 to 140 quarters a minute, five metres. Every hum is the same for the same number.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from tests.measure.humming import RATE, Hum, Samples, Sung, with_noise

NOISE_DB, DRIFT_CENTS = 20.0, 50.0
LEAD_IN_S, LEAD_OUT_S = 0.4, 0.5
COARSE = 240
Curve = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Timbre:
    """low, high: the pitches that it sings; slope_db: how much softer each octave of harmonics is.

    formants: (hertz, width, share) of each; breath: noise that sounds with it.
    """

    low: int
    high: int
    slope_db: float
    formants: tuple[tuple[float, float, float], ...]
    breath: float = 0.0


TIMBRES = {
    "closed mouth": Timbre(low=50, high=69, slope_db=15, formants=((250, 90, 1.0), (1000, 200, 0.1))),
    "a man's da": Timbre(low=45, high=64, slope_db=9, formants=((700, 120, 1.0), (1150, 150, 0.6), (2500, 250, 0.2))),
    "a woman's la": Timbre(low=57, high=76, slope_db=9, formants=((800, 150, 1.0), (1300, 180, 0.5), (2900, 300, 0.2))),
    "a child's oo": Timbre(low=62, high=81, slope_db=12, formants=((400, 120, 1.0), (900, 150, 0.3)), breath=0.02),
    "whistle": Timbre(low=72, high=91, slope_db=30, formants=((1500, 3000, 1.0),), breath=0.03),
}
METRES = {"4/4": (4, Fraction(1)), "3/4": (3, Fraction(1)), "2/4": (2, Fraction(1)), "6/8": (2, Fraction(3, 2))}
MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 11)
# What a beat is filled with, and how often.
SIMPLE = (((1,), 8), ((Fraction(1, 2),) * 2, 5), ((Fraction(3, 4), Fraction(1, 4)), 1), ((Fraction(1, 4),) * 4, 0.5))
COMPOUND = (
    ((Fraction(3, 2),), 4),
    ((1, Fraction(1, 2)), 5),
    ((Fraction(1, 2),) * 3, 4),
)


def make_hum(number: int) -> Hum:
    """The hum with this number."""
    rng = np.random.default_rng([15, number])
    name = list(TIMBRES)[number % len(TIMBRES)]
    timbre = TIMBRES[name]
    metre = rng.choice(list(METRES), p=(0.45, 0.3, 0.1, 0.15))
    pace = float(rng.uniform(60, 140))
    tonic, is_minor = int(rng.integers(12)), bool(rng.random() < 0.3)
    lengths = _rhythm(rng, metre, bars=int(rng.integers(4, 7)))
    pitches = _melody(rng, lengths, tonic, MINOR if is_minor else MAJOR, timbre)
    notes, onset = [], LEAD_IN_S
    for (length, sounds), pitch in zip(lengths, pitches, strict=True):
        if sounds:
            notes.append(Sung(onset_s=onset, length=length, pitch=pitch))
        onset += float(length) * 60 / pace
    samples = _sing(rng, notes, pace, timbre, end_s=onset)
    fifths = (tonic * 7 + (9 if is_minor else 0)) % 12
    return Hum(
        name=f"{number} {name}",
        samples=with_noise(samples, db=NOISE_DB, rng=rng),
        notes=tuple(notes),
        beats_a_minute=pace,
        metre=str(metre),
        fifths=fifths if fifths <= 6 else fifths - 12,
    )


def _rhythm(rng: np.random.Generator, metre: str, *, bars: int) -> list[tuple[Fraction, bool]]:
    """Lengths in quarters and whether something sounds; the second half begins as the first, the last note is long."""
    beats, beat = METRES[metre]
    patterns, weights = zip(*(COMPOUND if beat != 1 else SIMPLE), strict=True)
    shares = np.asarray(weights) / sum(weights)

    def bar() -> list[tuple[Fraction, bool]]:
        found: list[tuple[Fraction, bool]] = []
        left = beats
        while left:
            if left >= 2 and beat == 1 and rng.random() < 0.2:
                found.append((Fraction(2), True))
                left -= 2
                continue
            found += [(Fraction(length), True) for length in patterns[rng.choice(len(patterns), p=shares)]]
            left -= 1
        return found

    filled = [bar() for _ in range((bars + 1) // 2)]
    filled += [list(one) for one in filled[: bars - len(filled)]]
    whole = Fraction(beats) * beat
    last = filled[-1]
    if rng.random() < 0.3 and beats > 2:
        filled[-1] = [(whole - 1, True), (Fraction(1), False)]
    else:
        filled[-1] = [*([] if rng.random() < 0.5 or len(last) < 2 else last[:1])]
        done = sum((length for length, _ in filled[-1]), Fraction(0))
        filled[-1].append((whole - done, True))
    middle = filled[len(filled) // 2 - 1]
    if rng.random() < 0.3 and middle[-1][0] == 1:
        middle[-1] = (Fraction(1), False)  # a breath
    return [each for one in filled for each in one]


def _melody(
    rng: np.random.Generator,
    lengths: list[tuple[Fraction, bool]],
    tonic: int,
    scale: tuple[int, ...],
    timbre: Timbre,
) -> list[int]:
    """Mostly steps along the scale, now and then a leap or the same again; begins and ends in the tonic's chord."""
    ladder = [pitch for pitch in range(timbre.low, timbre.high + 1) if (pitch - tonic) % 12 in scale]
    homes = [place for place, pitch in enumerate(ladder) if (pitch - tonic) % 12 == 0]
    place = homes[len(homes) // 2] + int(rng.choice((0, 2, 4)))
    pitches = []
    for _ in lengths:
        place = min(max(place, 0), len(ladder) - 1)
        pitches.append(ladder[place])
        place += int(
            rng.choice((-4, -3, -2, -1, 0, 1, 2, 3, 4), p=(0.03, 0.04, 0.1, 0.27, 0.14, 0.25, 0.1, 0.04, 0.03))
        )
    pitches[-1] = ladder[min(homes, key=lambda home: abs(ladder[home] - pitches[-1]))]
    return pitches


def _sing(rng: np.random.Generator, notes: list[Sung], pace: float, timbre: Timbre, *, end_s: float) -> Samples:
    """The pitch as one curve with its glides, the loudness as another; then the harmonics."""
    size = int((end_s + LEAD_OUT_S) * RATE)
    time = np.arange(size) / RATE
    pitch, loudness = np.zeros(size), np.zeros(size)
    glide_s = float(rng.uniform(0.04, 0.09))
    before: float | None = None
    for note in notes:
        begin = note.onset_s + float(rng.normal(0, 0.012))
        span = float(note.length) * 60 / pace
        end = begin + span * float(rng.uniform(0.86, 0.97))
        first, last = int(begin * RATE), min(int(end * RATE), size)
        inside = time[first:last] - begin
        away = (before - note.pitch if before is not None else -1.0) * np.exp(-inside / (glide_s / 3))
        pitch[first:] = note.pitch + float(rng.normal(0, 0.06))
        pitch[first:last] += away
        attack = np.clip(inside / 0.03, 0, 1)
        release = np.clip((end - begin - inside) / 0.05, 0, 1)
        loudness[first:last] = attack * release * (0.75 + 0.25 * np.exp(-inside / 0.25)) * rng.uniform(0.75, 1)
        before = float(note.pitch)
    pitch[: int(notes[0].onset_s * RATE)] = notes[0].pitch
    pitch += _drift(rng, time) + _vibrato(rng, time)
    return _voice(rng, 440 * 2 ** ((pitch - 69) / 12), loudness, timbre)


def _drift(rng: np.random.Generator, time: Curve) -> Curve:
    """Within ±50 cents: a slow wave, or a way from the one end towards the other."""
    if rng.random() < 0.5:
        turns = rng.uniform(0.5, 1.5)
        wave: Curve = DRIFT_CENTS / 100 * np.sin(2 * np.pi * (turns * time / time[-1] + rng.random()))
        return wave
    slope: Curve = (DRIFT_CENTS / 100) * rng.choice((-1, 1)) * (2 * time / time[-1] - 1)
    return slope


def _vibrato(rng: np.random.Generator, time: Curve) -> Curve:
    depth, hertz = rng.uniform(0.1, 0.4), rng.uniform(4.5, 6.5)
    wave: Curve = depth * np.sin(2 * np.pi * hertz * time + rng.uniform(0, 6))
    return wave


def _voice(rng: np.random.Generator, hertz: Curve, loudness: Curve, timbre: Timbre) -> Samples:
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    sound, all_places = np.zeros(len(hertz)), np.arange(len(hertz))
    places = all_places[::COARSE]  # what a mouth does is slower than what it sings
    for harmonic in range(1, 25):
        heard = harmonic * hertz[places]
        strength = sum(share * np.exp(-0.5 * ((heard - at) / width) ** 2) for at, width, share in timbre.formants)
        strength = (0.08 + strength) * 10 ** (-timbre.slope_db * np.log2(harmonic) / 20) * (heard < 12_000)
        sound += np.interp(all_places, places, strength) * np.sin(harmonic * phase + harmonic)
    sound += timbre.breath * rng.standard_normal(len(sound))
    mixed: Samples = (sound * loudness).astype(np.float32)
    return mixed
