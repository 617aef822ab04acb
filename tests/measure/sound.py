"""How loud, wide and bright recordings are, and whether the instruments of a soundfont are balanced.

    make measure NAME=sound ARGS="--balance --soundfont /path/to/other.sf2"
    make measure NAME=sound ARGS="--bands"
    make measure NAME=sound ARGS="tests/data/quartet.abc tests/data/waltz.abc"

Of a recording: integrated loudness (LUFS), true peak (dBTP), correlation of left and right, what one speaker loses of
both (dB), centre of gravity of its spectrum (Hz), its length against the processor time from MIDI to MP3, and its
longest silence (s). With --balance: the loudness of one and the same line, played by every instrument alone, low, in
the middle and high in its range. With --bands: the octaves of that line, dry, beside fluidsynth's (`apt install
fluidsynth`) with the same font; those that are within 30 dB of the loudest count.
"""

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import mido
import numpy as np
import numpy.typing as npt

from renderers.recipe import Recipe
from renderers.score.instruments import INSTRUMENTS, Instrument
from renderers.sound.audio import encode, record
from renderers.sound.loudness import SAMPLE_RATE, Samples, measure_loudness
from renderers.sound.soundfont import find_soundfont
from renderers.sound.synthesis import synthesise

LINE = (-7, -5, -3, -2, 0, 2, 4, 5, 7, 5, 4, 2, 0, -2, -3, -5)  # semitones from its middle
NOTE_TICKS, TICKS_PER_QUARTER, VELOCITY = 300, 480, 80
OCTAVES_HZ = (63, 125, 250, 500, 1_000, 2_000, 4_000, 8_000)
HEARD_DB, NEAR_DB = -30.0, 1.5
SILENT_DBFS, SILENCE_S = -60.0, 0.1


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
        f"{max(figures):.1f}, standard deviation {statistics.pstdev(figures):.2f}; "
        f"{sum(abs(level - statistics.median(figures)) <= 1.5 for level in figures)} within 3 LU"
    )


def octaves_db(samples: Samples) -> npt.NDArray[np.float64]:
    """The energy of each octave."""
    energy = np.abs(np.fft.rfft(samples.mean(axis=1, dtype=np.float64))) ** 2
    frequency = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    bands = [energy[(frequency >= hz / 2**0.5) & (frequency < hz * 2**0.5)].sum() for hz in OCTAVES_HZ]
    return 10 * np.log10(np.array(bands) + 1e-20)


def by_fluidsynth(midi: bytes, soundfont: Path) -> Samples:
    """The same file and font, without its reverb and chorus."""
    with tempfile.TemporaryDirectory() as folder:
        file, wave = Path(folder) / "line.mid", Path(folder) / "line.raw"
        file.write_bytes(midi)
        options = ["-ni", "-q", "-g", "0.3", "-R", "0", "-C", "0", "-r", str(SAMPLE_RATE), "-O", "float", "-T", "raw"]
        subprocess.run(["fluidsynth", *options, "-F", str(wave), str(soundfont), str(file)], check=True)
        return np.frombuffer(wave.read_bytes(), "<f4").reshape(-1, 2)


def measure_bands(soundfont: Path) -> None:
    """A line for each program: how much louder than fluidsynth's each octave is; and how many are near."""
    programs = {instrument.program: instrument for instrument in reversed(INSTRUMENTS)}
    heard, near, good = 0, 0, 0
    for program, instrument in sorted(programs.items()):
        midi = line_of(program, middles(instrument)[1])
        ours, theirs = octaves_db(synthesise(midi, soundfont=soundfont)), octaves_db(by_fluidsynth(midi, soundfont))
        apart = ours - theirs - (level_db(ours) - level_db(theirs))
        counts = theirs > theirs.max() + HEARD_DB
        heard, near = heard + counts.sum(), near + (counts & (np.abs(apart) <= NEAR_DB)).sum()
        good += bool((np.abs(apart[counts]) <= NEAR_DB).all())
        figures = "  ".join(
            f"{db:5.1f}" if counted else f"({db:4.0f})" for db, counted in zip(apart, counts, strict=True)
        )
        print(f"{instrument.name:16} {program:3}  {figures}", flush=True)
    print(f"{near} of {heard} octaves within {NEAR_DB} dB; all of them in {good} of {len(programs)} programs")


def level_db(bands_db: npt.NDArray[np.float64]) -> float:
    """All octaves together."""
    return 10 * float(np.log10((10 ** (bands_db / 10)).sum()))


def longest_silence_s(samples: Samples) -> float:
    """Between its first and its last sound."""
    block = round(SILENCE_S * SAMPLE_RATE)
    loudest = np.abs(samples[: len(samples) // block * block]).reshape(-1, 2 * block).max(axis=1)
    sounding = np.flatnonzero(loudest > 10 ** (SILENT_DBFS / 20))
    return float(np.diff(sounding).max(initial=1) - 1) * SILENCE_S


def measure_pieces(paths: Sequence[Path], soundfont: Path) -> None:
    """A line for each."""
    for path in paths:
        midi = Recipe(path.read_text(encoding="utf-8")).make_midi()[".mid"]
        began_s = time.process_time()
        samples = record(midi, soundfont=soundfont)
        encode(samples)
        times = len(samples) / SAMPLE_RATE / (time.process_time() - began_s)
        silence = f"silence {longest_silence_s(samples):.1f} s"
        print(f"{path.stem[:30]:30} {describe(samples)}  {times:4.0f}x  {silence}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make measure NAME=sound", description=__doc__)
    parser.add_argument("abc", nargs="*", type=Path, help="tunes to play")
    parser.add_argument("--balance", action="store_true", help="every instrument alone")
    parser.add_argument("--bands", action="store_true", help="every instrument alone, beside fluidsynth")
    parser.add_argument("--soundfont", type=Path, help="instead of the one that comes along")
    options = parser.parse_args(arguments)
    soundfont = find_soundfont(options.soundfont, system_folders=())
    measure_pieces(options.abc, soundfont)
    if options.balance:
        measure_balance(soundfont)
    if options.bands:
        measure_bands(soundfont)
    return 0
