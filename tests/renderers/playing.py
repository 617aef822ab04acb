"""Small tunes as MusicXML, and MIDI files as lists of notes."""

import warnings
from collections import defaultdict
from io import BytesIO
from typing import NamedTuple

import mido

from renderers.score.musicxml import convert_abc
from renderers.sound.midi import render_midi


class Played(NamedTuple):
    track: str
    channel: int
    pitch: int
    start: float  # quarters
    end: float
    velocity: int


def to_musicxml(*music, metre="4/4", key="C", tempo="Q:1/4=120\n", score=None, names=("Violin", "Viola", "Cello")):
    """Voices 1, 2, ... of one tune; `score` is the %%score line, by default one part a voice."""
    ids = range(1, len(music) + 1)
    header = f"X:1\n%%score {score or ' '.join(map(str, ids))}\nL:1/4\n{tempo}M:{metre}\nK:{key}\n"
    voices = "".join(f'V:{i} nm="{name}"\n' if name else f"V:{i}\n" for i, name in zip(ids, names, strict=False))
    body = "".join(f"[V:{i}]{part}\n" for i, part in zip(ids, music, strict=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the converter uses old names of pyparsing
        return convert_abc(header + voices + body)


def open_midi(midi):
    return mido.MidiFile(file=BytesIO(midi), charset="utf-8")


def notes_of(midi):
    file = open_midi(midi)
    notes = []
    for track in file.tracks:
        tick, sounding = 0, defaultdict(list)
        for message in track:
            tick += message.time
            if message.type == "note_on":
                sounding[message.channel, message.note].append((tick, message.velocity))
            elif message.type == "note_off":
                start, velocity = sounding[message.channel, message.note].pop(0)
                place = (start / file.ticks_per_beat, tick / file.ticks_per_beat)
                notes.append(Played(track.name, message.channel, message.note, *place, velocity))
        assert not any(sounding.values()), "a note is never released"
    return sorted(notes, key=lambda note: (note.start, note.pitch))


def play(*music, **options):
    """The notes of a tune's MIDI file."""
    return notes_of(render_midi(to_musicxml(*music, **options), title="Test"))


def messages_of(midi, kind):
    """(quarters, message) of one kind, over all tracks, in order."""
    file = open_midi(midi)
    found = []
    for track in file.tracks:
        tick = 0
        for message in track:
            tick += message.time
            if message.type == kind:
                found.append((tick / file.ticks_per_beat, message))
    return sorted(found, key=lambda pair: pair[0])
