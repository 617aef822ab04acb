"""MIDI files as somebody else reads them."""

from io import BytesIO

import mido

from renderers.sound import midi as ours
from renderers.sound.synthesis import time_messages


def midi_length_s(midi):
    return ours.midi_length_s(mido.MidiFile(file=BytesIO(midi)))


def read_midi(midi):
    return time_messages(mido.MidiFile(file=BytesIO(midi)))
