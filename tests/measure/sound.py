"""How loud, wide and bright recordings are, and whether the instruments of a soundfont are balanced.

    make measure NAME=sound ARGS="--balance --soundfont /path/to/other.sf2"
    make measure NAME=sound ARGS="--bands"
    make measure NAME=sound ARGS="tests/data/quartet.abc tests/data/waltz.abc"

Of a recording: integrated loudness (LUFS), true peak (dBTP), correlation of left and right, what one speaker loses of
both (dB), centre of gravity of its spectrum (Hz), the true peaks of its MP3 and Opus when decoded, its length against
the processor time from MIDI to MP3, and its longest silence (s). With --balance: the loudness of one and the same line,
played by every instrument alone, low, in the middle and high in its range. With --bands: the octaves of such lines,
softly, moderately and loudly, dry, beside fluidsynth's (`apt install fluidsynth`) with the same font; those that are
within 30 dB of the loudest count. Lines with an octave that is not near are shown.
"""

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import mido
import numpy as np
import numpy.typing as npt
import soundfile

from renderers.recipe import Recipe
from renderers.score.instruments import INSTRUMENTS, Instrument
from renderers.sound.audio import encode, record
from renderers.sound.encoding import make_opus
from renderers.sound.loudness import SAMPLE_RATE, Samples, measure_loudness
from renderers.sound.soundfont import find_soundfont
from renderers.sound.synthesis import Timed, synthesise, time_messages

LINE = (-7, -5, -3, -2, 0, 2, 4, 5, 7, 5, 4, 2, 0, -2, -3, -5)  # semitones from its middle
NOTE_TICKS, TICKS_PER_QUARTER, VELOCITY = 300, 480, 80
VELOCITIES = (40, 80, 112)  # pp, between mf and f, fff
REST_TICKS = 12 * TICKS_PER_QUARTER  # behind a line: time to die away
FONT_ENDS = {19: 96, 65: 87}  # the font's highest organ and saxophone: fluidsynth is silent above, we are not
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


@dataclass(frozen=True)
class Line:
    """One that an instrument plays, around a MIDI pitch."""

    name: str
    program: int
    middle: int
    velocity: int = VELOCITY

    def messages(self) -> Iterator[mido.Message]:
        """Evenly played, and a rest."""
        yield mido.Message("program_change", program=self.program)
        for step in LINE:
            pitch = min(FONT_ENDS.get(self.program, 127), self.middle + step)
            yield mido.Message("note_on", note=pitch, velocity=self.velocity)
            yield mido.Message("note_off", note=pitch, time=NOTE_TICKS)
        yield mido.Message("note_off", time=REST_TICKS)


def read(midi: bytes) -> Timed:
    """To be played."""
    return time_messages(mido.MidiFile(file=BytesIO(midi)))


def midi_of(lines: Sequence[Line]) -> bytes:
    """A MIDI file: one line after the other."""
    file = mido.MidiFile(ticks_per_beat=TICKS_PER_QUARTER)
    file.tracks.append(mido.MidiTrack(message for line in lines for message in line.messages()))
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
            measure_loudness(
                synthesise(
                    read(midi_of([Line(instrument.name, instrument.program, middle)])),
                    soundfont=soundfont,
                )
            )
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
    """Lines of each program, low, in the middle and high: how much louder each octave is than fluidsynth has it."""
    programs = {instrument.program: instrument for instrument in reversed(INSTRUMENTS)}
    lines = [
        Line(instrument.name, program, middle, velocity)
        for program, instrument in sorted(programs.items())
        for middle in middles(instrument)
        for velocity in VELOCITIES
    ]
    all_of_theirs = by_fluidsynth(midi_of(lines), soundfont)  # at once: it takes seconds to load a font
    ticks = len(LINE) * NOTE_TICKS + REST_TICKS
    frames = ticks * SAMPLE_RATE // (2 * TICKS_PER_QUARTER)
    heard, near, middle_heard, middle_near = 0, 0, 0, 0
    for place, line in enumerate(lines):
        theirs = octaves_db(all_of_theirs[place * frames : (place + 1) * frames])
        ours = octaves_db(synthesise(read(midi_of([line])), soundfont=soundfont, tail_s=0.0))
        apart = ours - theirs - (level_db(ours) - level_db(theirs))
        counts = theirs > theirs.max() + HEARD_DB
        good = counts & (np.abs(apart) <= NEAR_DB)
        heard, near = heard + counts.sum(), near + good.sum()
        if line.velocity == VELOCITY and line.middle == middles(programs[line.program])[1]:
            middle_heard, middle_near = middle_heard + counts.sum(), middle_near + good.sum()
        if good.sum() < counts.sum():
            figures = "  ".join(
                f"{db:5.1f}" if counted else f"({db:4.0f})" for db, counted in zip(apart, counts, strict=True)
            )
            print(f"{line.name:16} {line.program:3} around {line.middle:3}, {line.velocity:3}  {figures}", flush=True)
    print(
        f"{near} of {heard} octaves of {len(lines)} lines within {NEAR_DB} dB; in the middle of a range at velocity "
        f"{VELOCITY}: {middle_near} of {middle_heard}"
    )


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
        samples = record(mido.MidiFile(file=BytesIO(midi)), soundfont=soundfont)
        encode(samples)
        times = len(samples) / SAMPLE_RATE / (time.process_time() - began_s)
        silence = f"silence {longest_silence_s(samples):.1f} s"
        encoded = "  ".join(f"{name} {peak:5.2f}" for name, peak in encoded_peaks(samples))
        print(f"{path.stem[:30]:30} {describe(samples)}  {encoded}  {times:4.0f}x  {silence}", flush=True)


def encoded_peaks(samples: Samples) -> Iterator[tuple[str, float]]:
    """The true peak (dBTP) of what is heard of an MP3 and of Opus."""
    for name, file in (("MP3", encode(samples)), ("Opus", make_opus(samples, title="", artist=""))):
        heard, _ = soundfile.read(BytesIO(file), dtype="float32", always_2d=True)
        yield name, true_peak_dbtp(heard)


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
