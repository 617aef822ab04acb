"""From MIDI to sound: a soundfont synthesiser, offline, far faster than real time.

Each instrument of a piece is a small soundfont of its own; all of them play into one recording.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from statistics import median_low
from typing import Any, NamedTuple

import mido
import numpy as np
import tinysoundfont

from renderers.errors import InputRefused
from renderers.sound.dialect import amplitude, tell
from renderers.sound.loudness import SAMPLE_RATE, Samples, measure_loudness
from renderers.sound.midi import SUSTAIN, midi_length_s
from renderers.sound.presets import DRUM_BANK, Preset, SoundfontFile

TAIL_S = 1.5  # room for the last notes to die away
LONGEST_S = 1_200.0  # 20 minutes of stereo samples take 420 MB
MAX_VOICES = 256  # of one instrument
MAX_PLAYERS = 24  # instruments that stay loaded: 0.1 to 10 MB each
HEADROOM_DB = -9.0  # a full orchestra must not clip before it is mastered
DRUM_CHANNEL = 9
PEDAL_DOWN = 64  # from this value on, says MIDI

# Soundfonts are uneven: a tuba is 18 dB louder than a double bass struck as hard, and the same choir 5 dB louder where
# sopranos sing than where basses do. Every part is therefore measured where it plays, and set to this level.
BALANCE_LUFS = -36.0
MOST_BALANCE_DB = 30.0
REGISTER = 4  # semitones, to which a part's middle is rounded
PROBE_STEPS, PROBE_NOTE_S, PROBE_VELOCITY = (-7, -5, -3, -1, 1, 3, 5, 7, 4, 0, -4), 0.3, 80
FADE_AWAY_S = 0.1

Part = tuple[int, int]  # channel, program
Player = Any  # one instrument, loaded: tinysoundfont.Synth keeps these, and does not export their class


class Timed(NamedTuple):
    """The messages of all tracks of a MIDI file, in order, and how long it lasts.

    messages: each with the frame at which it is due, the first at 0.
    """

    messages: Sequence[tuple[int, mido.Message]]
    length_s: float


def time_messages(midi: mido.MidiFile) -> Timed:
    """A MIDI file, to be played."""
    now_s = 0.0
    messages = [(0, mido.Message("control_change", control=0, value=0))]
    for message in midi:  # merged, with delta times in seconds
        now_s += message.time
        if not message.is_meta:
            messages.append((round(now_s * SAMPLE_RATE), message))
    return Timed(messages, midi_length_s(midi))


def synthesise(midi: Timed, *, soundfont: Path, tail_s: float = TAIL_S) -> Samples:
    """Play a MIDI file. Returns (frames, 2) float32 at 44.1 kHz, unmastered, `tail_s` longer than the file.

    Raises InputRefused when the piece is longer than 20 minutes, RenderError when the soundfont cannot be read.
    """
    if midi.length_s > LONGEST_S:
        raise InputRefused(reason="lasts", minutes=round(midi.length_s / 60))
    messages = midi.messages
    ensemble = Ensemble(soundfont, [message for _, message in messages])
    num_frames = round((midi.length_s + tail_s) * SAMPLE_RATE)
    samples = np.zeros((num_frames, 2), dtype=np.float32)
    starts = [min(frame, num_frames) for frame, _ in messages]
    for (_, message), start, end in zip(messages, starts, [*starts[1:], num_frames], strict=True):
        ensemble.play(message)
        ensemble.record(samples[start:end])
    return samples


def players_of(midi: Timed) -> tuple[frozenset[int], int]:
    """The programs that strike a note, drums left out, and how many parts there are: a channel and a program each."""
    parts = _pitches_of_parts([message for _, message in midi.messages])
    return frozenset(program for channel, program in parts if channel != DRUM_CHANNEL), len(parts)


class Ensemble:
    """The instruments that one piece needs, balanced with each other.

    The sustaining pedal is held here: tinysoundfont knows no controller 64, and says nothing when it is sent one.
    """

    def __init__(self, soundfont: Path, messages: Sequence[mido.Message]) -> None:
        """Raises RenderError when the soundfont cannot be read."""
        self._parts: dict[Part, tuple[Player, Preset, float]] = {}  # the last is the gain
        self._now: dict[int, Player] = {}  # who plays in a channel
        self._seats: dict[int, list[Player]] = defaultdict(list)  # who plays there at any time
        self._ringing: dict[int, set[int]] = {}  # channel → pitches whose keys are up; as long as the pedal is down
        pitches = _pitches_of_parts(messages)
        for (channel, program), struck in pitches.items():
            preset = _open(soundfont).find(DRUM_BANK if channel == DRUM_CHANNEL else 0, program)
            gain = _balance(soundfont, preset, REGISTER * round(median_low(struck) / REGISTER))
            player = _load(soundfont, preset)
            self._parts[channel, program] = player, preset, gain
            self._seats[channel].append(player)
        self._players = list(dict.fromkeys(player for player, _, _ in self._parts.values()))
        for player in self._players:
            _silence(player)
        for channel, program in reversed(pitches):  # a channel begins with what it plays first
            self._choose(channel, program)

    def play(self, message: mido.Message) -> None:
        """Do what the message says, from now on."""
        if message.type == "program_change":
            self._choose(message.channel, message.program)
        elif message.type == "note_on" and message.velocity:
            self._strike(message)
        elif message.type in ("note_on", "note_off"):
            self._let_go(message.channel, message.note)
        elif message.type == "control_change" and message.control == SUSTAIN:
            self._pedal(message.channel, is_down=message.value >= PEDAL_DOWN)
        elif message.type == "control_change":
            for player in self._seats[message.channel]:
                player.channel_midi_control(message.channel, message.control, message.value)

    def _strike(self, message: mido.Message) -> None:
        ringing = self._ringing.get(message.channel, set())
        if message.note in ringing:  # one string: it sounds anew
            ringing.discard(message.note)
            self._release(message.channel, message.note)
        self._now[message.channel].channel_note_on(message.channel, message.note, amplitude(message.velocity))

    def _let_go(self, channel: int, pitch: int) -> None:
        if channel in self._ringing:
            self._ringing[channel].add(pitch)
        else:
            self._release(channel, pitch)

    def _pedal(self, channel: int, *, is_down: bool) -> None:
        if is_down:
            self._ringing.setdefault(channel, set())
            return
        for pitch in self._ringing.pop(channel, ()):
            self._release(channel, pitch)

    def _release(self, channel: int, pitch: int) -> None:
        for player in self._seats[channel]:
            player.channel_note_off(channel, pitch)

    def record(self, samples: Samples) -> None:
        """Let time pass, and write down what is heard. `samples` (frames, 2) float32 is overwritten."""
        for place, player in enumerate(self._players if len(samples) else ()):
            player.render(samples.data.cast("B"), place > 0)  # True adds to what is there

    def _choose(self, channel: int, program: int) -> None:
        """Hand the channel over. Nothing happens where it never plays this program."""
        if (channel, program) in self._parts:
            player, preset, gain = self._parts[channel, program]
            self._now[channel] = player
            _take_up(player, channel, preset)
            player.channel_set_volume(channel, gain)


@lru_cache(maxsize=1)
def _open(soundfont: Path) -> SoundfontFile:
    return SoundfontFile(soundfont)


@lru_cache(maxsize=MAX_PLAYERS)
def _load(soundfont: Path, preset: Preset) -> Player:
    """An instrument of the soundfont. Decoding takes 0.01 to 0.2 s, so it is kept for the pieces to come."""
    synth = tinysoundfont.Synth(gain=HEADROOM_DB, samplerate=SAMPLE_RATE)
    cut = _open(soundfont).cut(preset, dialect=tell)
    return synth.soundfonts[synth.sfload(cut, max_voices=MAX_VOICES)]


@lru_cache(maxsize=1024)
def _balance(soundfont: Path, preset: Preset, middle: int) -> float:
    """The gain that brings an instrument to the common level: measured with a line around `middle`, a MIDI pitch."""
    player = _load(soundfont, preset)
    _silence(player)
    _take_up(player, 0, preset)
    player.channel_set_volume(0, 1.0)
    num_frames = round(PROBE_NOTE_S * SAMPLE_RATE)
    probe = np.zeros((num_frames * len(PROBE_STEPS), 2), dtype=np.float32)
    for place, step in enumerate(PROBE_STEPS):
        pitch = min(127, max(0, middle + step))
        player.channel_note_on(0, pitch, amplitude(PROBE_VELOCITY))
        player.render(probe[place * num_frames :][:num_frames].data.cast("B"), False)
        player.channel_note_off(0, pitch)
    level = measure_loudness(probe)
    if not np.isfinite(level):
        return 1.0
    return float(10 ** (np.clip(BALANCE_LUFS - level, -MOST_BALANCE_DB, MOST_BALANCE_DB) / 20))


def _take_up(player: Player, channel: int, preset: Preset) -> None:
    bank, program = preset
    player.channel_set_bank(channel, 0 if bank == DRUM_BANK else bank)
    player.channel_set_preset_number(channel, program, bank == DRUM_BANK)


def _silence(player: Player) -> None:
    """Forget the piece before. A reset lets its last notes fade for some milliseconds: hear them out."""
    player.reset()
    player.render(np.zeros((round(FADE_AWAY_S * SAMPLE_RATE), 2), np.float32).data.cast("B"), False)


def _pitches_of_parts(messages: Sequence[mido.Message]) -> dict[Part, list[int]]:
    """What each channel strikes with each program, in the order of their first notes. A channel begins with 0."""
    programs: dict[int, int] = defaultdict(int)
    pitches: dict[Part, list[int]] = defaultdict(list)
    for message in messages:
        if message.type == "program_change":
            programs[message.channel] = message.program
        elif message.type == "note_on" and message.velocity:
            pitches[message.channel, programs[message.channel]].append(message.note)
    return dict(pitches)
