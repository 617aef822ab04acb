"""From MIDI to sound: a soundfont synthesiser, offline, far faster than real time."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

import mido
import numpy as np
import tinysoundfont

from renderers.errors import InputRefused
from renderers.score.instruments import INSTRUMENTS
from renderers.sound.loudness import SAMPLE_RATE, Samples, measure_loudness
from renderers.sound.midi import midi_length_s

TAIL_S = 1.5  # room for the last notes to die away
LONGEST_S = 1_200.0  # 20 minutes of stereo samples take 420 MB
MAX_VOICES = 256
HEADROOM_DB = -9.0  # a full orchestra must not clip before it is mastered
# tinysoundfont makes a note's amplitude proportional to its velocity: 8 dB from pp to ff. The soundfont standard
# asks for about the square (16 dB). Between the two, soft passages stay audible on a phone.
VELOCITY_EXPONENT = 1.5
DRUM_CHANNEL = 9

# Soundfonts are uneven: in TimGM6mb an oboe is 20 dB louder than the piano struck as hard, and a song drowns its
# accompaniment. Every program is therefore measured once, and its channel set to this level.
BALANCE_LUFS = -36.0
MOST_BALANCE_DB = 15.0
PROBE_S, PROBE_VELOCITY, PROBE_STEPS = 1.0, 80, (-9, 0, 9)
MIDDLE_C = 60
FADE_AWAY_S = 0.1


def synthesise(midi: bytes, *, soundfont: Path, tail_s: float = TAIL_S) -> Samples:
    """Play a MIDI file. Returns (frames, 2) float32 at 44.1 kHz, unmastered, `tail_s` longer than the file.

    Raises InputRefused when the piece is longer than 20 minutes.
    """
    length_s = midi_length_s(midi)
    if length_s > LONGEST_S:
        raise InputRefused(
            f"This piece lasts {length_s / 60:.0f} minutes, too long for a recording. Ask for fewer bars."
        )
    synth, font = _load(soundfont)
    messages = _timed_messages(midi)
    for program in {message.program for _, message in messages if message.type == "program_change"}:
        _balance(soundfont, program)  # measured before playing: it uses the same synthesiser
    _silence(synth, font)
    num_frames = round((length_s + tail_s) * SAMPLE_RATE)
    samples = np.zeros((num_frames, 2), dtype=np.float32)
    buffer = samples.data.cast("B")
    frame_bytes = 2 * samples.itemsize
    ends = [min(frame, num_frames) for frame, _ in messages[1:]] + [num_frames]
    for (frame, message), end in zip(messages, ends, strict=True):
        _send(message, synth, font, soundfont)
        if end > frame:
            synth.generate_simple(end - frame, buffer=buffer[frame * frame_bytes : end * frame_bytes])
    return samples


@lru_cache(maxsize=1)
def _load(soundfont: Path) -> tuple[tinysoundfont.Synth, int]:
    """The synthesiser with its soundfont, loaded once per process."""
    synth = tinysoundfont.Synth(gain=HEADROOM_DB, samplerate=SAMPLE_RATE)
    return synth, synth.sfload(str(soundfont), max_voices=MAX_VOICES)


@lru_cache(maxsize=256)
def _balance(soundfont: Path, program: int) -> float:
    """The gain that brings a program to the common level, played in the middle of its range."""
    synth, font = _load(soundfont)
    ranges = [
        (instrument.lowest + instrument.highest) // 2 for instrument in INSTRUMENTS if instrument.program == program
    ]
    middle = ranges[0] if ranges else MIDDLE_C
    num_frames = round(PROBE_S * SAMPLE_RATE)
    probe = np.zeros((num_frames * len(PROBE_STEPS), 2), dtype=np.float32)
    for place, step in enumerate(PROBE_STEPS):
        _silence(synth, font)
        synth.program_change(0, program)
        synth.soundfonts[font].channel_note_on(0, middle + step, _amplitude(PROBE_VELOCITY))
        synth.generate_simple(num_frames, buffer=probe[place * num_frames :][:num_frames].data.cast("B"))
    level = measure_loudness(probe)
    if not np.isfinite(level):
        return 1.0
    return float(10 ** (np.clip(BALANCE_LUFS - level, -MOST_BALANCE_DB, MOST_BALANCE_DB) / 20))


def _amplitude(velocity: int) -> float:
    return float((velocity / 127) ** VELOCITY_EXPONENT)


def _silence(synth: tinysoundfont.Synth, font: int) -> None:
    """Forget the piece before. A reset lets its last notes fade for some milliseconds: hear them out."""
    synth.soundfonts[font].reset()
    synth.generate_simple(round(FADE_AWAY_S * SAMPLE_RATE))


def _timed_messages(midi: bytes) -> list[tuple[int, mido.Message]]:
    """The messages of all tracks with the frame at which each is due, in order. The first is due at frame 0."""
    file = mido.MidiFile(file=BytesIO(midi))
    now_s = 0.0
    messages = [(0, mido.Message("control_change", control=0, value=0))]
    for message in file:  # merged, with delta times in seconds
        now_s += message.time
        if not message.is_meta:
            messages.append((round(now_s * SAMPLE_RATE), message))
    return messages


def _send(message: mido.Message, synth: tinysoundfont.Synth, font: int, soundfont: Path) -> None:
    if message.type == "note_on" and message.velocity:
        synth.soundfonts[font].channel_note_on(message.channel, message.note, _amplitude(message.velocity))
    elif message.type in ("note_on", "note_off"):
        synth.noteoff(message.channel, message.note)
    elif message.type == "program_change":
        synth.program_change(message.channel, message.program, message.channel == DRUM_CHANNEL)
        synth.soundfonts[font].channel_set_volume(message.channel, _balance(soundfont, message.program))
    elif message.type == "control_change":
        synth.control_change(message.channel, message.control, message.value)
