"""How loud, wide and bright recordings are, and whether the instruments of a soundfont are balanced.

    make measure NAME=sound ARGS="--balance --soundfont /path/to/other.sf2"
    make measure NAME=sound ARGS="tests/data/quartet.abc tests/data/waltz.abc"

Of a recording: integrated loudness (LUFS), true peak (dBTP), correlation of left and right, what one speaker loses of
both (dB), centre of gravity of its spectrum (Hz). With --balance: the loudness of one and the same line, played by
every instrument alone, low, in the middle and high in its range.
"""

import argparse
import statistics
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import mido
import numpy as np

from renderers.recipe import Recipe
from renderers.score.instruments import INSTRUMENTS, Instrument
from renderers.sound.loudness import SAMPLE_RATE, Samples, measure_loudness
from renderers.sound.mastering import master
from renderers.sound.soundfont import find_soundfont
from renderers.sound.synthesis import synthesise

LINE = (-7, -5, -3, -2, 0, 2, 4, 5, 7, 5, 4, 2, 0, -2, -3, -5)  # semitones from its middle
NOTE_TICKS, TICKS_PER_QUARTER, VELOCITY = 300, 480, 80


def true_peak_dbtp(samples: Samples) -> float:
    """The peak of the wave between the samples, by four times as many samples (BS.1770-4, annex 2)."""
    peak, size, margin = 0.0, 1 << 16, 256
    padded = np.pad(samples, ((margin, size), (0, 0)))
    for start in range(0, len(samples), size - 2 * margin):
        finer = np.fft.irfft(np.fft.rfft(padded[start : start + size], axis=0), 4 * size, axis=0) * 4
        peak = max(peak, float(np.abs(finer[4 * margin : -4 * margin]).max()))
    return 20 * float(np.log10(peak)) if peak else float("-inf")


def describe(samples: Samples) -> str:
    """One line of figures."""
    left, right = samples[:, 0].astype(np.float64), samples[:, 1].astype(np.float64)
    middle = (left + right) / 2
    loudness = measure_loudness(samples)
    lost = loudness - measure_loudness(np.column_stack([middle, middle]).astype(np.float32))
    energy = np.abs(np.fft.rfft(middle)) ** 2
    centre = float((np.fft.rfftfreq(len(middle), 1 / SAMPLE_RATE) * energy).sum() / energy.sum())
    return (
        f"{loudness:6.1f} LUFS {true_peak_dbtp(samples):6.2f} dBTP  left/right {np.corrcoef(left, right)[0, 1]:5.3f}"
        f"  one speaker -{lost:.2f} dB  centre {centre:5.0f} Hz"
    )


def line_of(program: int, middle: int) -> bytes:
    """A MIDI file: the line, played evenly by one instrument."""
    track = mido.MidiTrack([mido.Message("program_change", program=program)])
    for step in LINE:
        track.append(mido.Message("note_on", note=middle + step, velocity=VELOCITY))
        track.append(mido.Message("note_off", note=middle + step, time=NOTE_TICKS))
    file = mido.MidiFile(ticks_per_beat=TICKS_PER_QUARTER)
    file.tracks.append(track)
    content = BytesIO()
    file.save(file=content)
    return content.getvalue()


def middles(instrument: Instrument) -> tuple[int, int, int]:
    """Where the line lies low, in the middle and high in an instrument's range."""
    low, high = instrument.lowest - min(LINE), instrument.highest - max(LINE)
    return low, (low + high) // 2, max(low, high)


def measure_balance(soundfont: Path) -> None:
    """A line for each instrument, and how far apart they are."""
    figures = []
    for instrument in INSTRUMENTS:
        levels = [
            measure_loudness(synthesise(line_of(instrument.program, middle), soundfont=soundfont))
            for middle in middles(instrument)
        ]
        figures += levels
        print(f"{instrument.name:16} {instrument.program:3}  " + "  ".join(f"{level:6.1f}" for level in levels))
    print(
        f"{len(figures)} lines: median {statistics.median(figures):.1f} LUFS, from {min(figures):.1f} to "
        f"{max(figures):.1f}, standard deviation {statistics.pstdev(figures):.2f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make measure NAME=sound", description=__doc__)
    parser.add_argument("abc", nargs="*", type=Path, help="tunes to play")
    parser.add_argument("--balance", action="store_true", help="every instrument alone")
    parser.add_argument("--soundfont", type=Path, help="instead of the one that comes along")
    options = parser.parse_args(arguments)
    soundfont = find_soundfont(options.soundfont, system_folders=())
    for path in options.abc:
        midi = Recipe(path.read_text(encoding="utf-8")).make_midi()[".mid"]
        print(f"{path.stem[:30]:30} {describe(master(synthesise(midi, soundfont=soundfont)))}", flush=True)
    if options.balance:
        measure_balance(soundfont)
    return 0
