"""From MIDI to sound: a soundfont synthesiser, offline, far faster than real time."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

import mido
import numpy as np
import numpy.typing as npt
import tinysoundfont

from renderers.errors import InputRefused
from renderers.midi import midi_length_s

SAMPLE_RATE = 44_100
TAIL_S = 1.5  # room for the last notes to die away
LONGEST_S = 1_200.0  # 20 minutes of stereo samples take 420 MB
MAX_VOICES = 256
HEADROOM_DB = -9.0  # a full orchestra must not clip before it is mastered
# tinysoundfont makes a note's amplitude proportional to its velocity: 8 dB from pp to ff. The soundfont standard
# asks for about the square (16 dB). Between the two, soft passages stay audible on a phone.
VELOCITY_EXPONENT = 1.5
DRUM_CHANNEL = 9

Samples = npt.NDArray[np.float32]


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
    synth.soundfonts[font].reset()
    num_frames = round((length_s + tail_s) * SAMPLE_RATE)
    samples = np.zeros((num_frames, 2), dtype=np.float32)
    buffer = samples.data.cast("B")
    frame_bytes = 2 * samples.itemsize
    messages = _timed_messages(midi)
    ends = [min(frame, num_frames) for frame, _ in messages[1:]] + [num_frames]
    for (frame, message), end in zip(messages, ends, strict=True):
        _send(synth, font, message)
        if end > frame:
            synth.generate_simple(end - frame, buffer=buffer[frame * frame_bytes : end * frame_bytes])
    return samples


@lru_cache(maxsize=1)
def _load(soundfont: Path) -> tuple[tinysoundfont.Synth, int]:
    """The synthesiser with its soundfont, loaded once per process."""
    synth = tinysoundfont.Synth(gain=HEADROOM_DB, samplerate=SAMPLE_RATE)
    return synth, synth.sfload(str(soundfont), max_voices=MAX_VOICES)


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


def _send(synth: tinysoundfont.Synth, font: int, message: mido.Message) -> None:
    if message.type == "note_on" and message.velocity:
        loudness = (message.velocity / 127) ** VELOCITY_EXPONENT
        synth.soundfonts[font].channel_note_on(message.channel, message.note, loudness)
    elif message.type in ("note_on", "note_off"):
        synth.noteoff(message.channel, message.note)
    elif message.type == "program_change":
        synth.program_change(message.channel, message.program, message.channel == DRUM_CHANNEL)
    elif message.type == "control_change":
        synth.control_change(message.channel, message.control, message.value)
