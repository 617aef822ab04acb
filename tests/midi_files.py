"""Small MIDI files of every kind, written note by note."""

import struct
from collections.abc import Iterable, Sequence
from io import BytesIO

import mido

TICKS = 480  # of a quarter

Played = tuple[float, float, int]  # start and length in quarters, pitch


def note_events(notes: Iterable[Played], *, channel: int = 0, ticks: int = TICKS) -> list[tuple[int, mido.Message]]:
    """Notes as messages at their ticks, the ends before the beginnings."""
    events = []
    for start, length, pitch in notes:
        on, off = round(start * ticks), round((start + length) * ticks)
        events.append((on, 1, mido.Message("note_on", channel=channel, note=pitch, velocity=80)))
        events.append((off, 0, mido.Message("note_off", channel=channel, note=pitch)))
    return [(tick, message) for tick, _, message in sorted(events, key=lambda event: event[:2])]


def track_of(events: Sequence[tuple[int, mido.Message | mido.MetaMessage]]) -> mido.MidiTrack:
    """Messages at their ticks as a track."""
    track, now = mido.MidiTrack(), 0
    for tick, message in sorted(events, key=lambda event: event[0]):
        track.append(message.copy(time=tick - now))
        now = tick
    return track


def midi_file(
    *players: Sequence[Played],
    names: Sequence[str] = (),
    programs: Sequence[int | None] = (),
    metres: Sequence[tuple[float, int, int]] = ((0, 4, 4),),
    tempos: Sequence[tuple[float, float]] = ((0, 120),),
    keys: Sequence[tuple[float, str]] = ((0, "C"),),
    channels: Sequence[int] = (),
    ticks: int = TICKS,
    kind: int = 1,
    title: str = "",
) -> bytes:
    """A file: one track for each player, behind one for tempo, metre and key. Places in quarters."""
    meta: list[tuple[int, mido.Message | mido.MetaMessage]] = [(0, mido.MetaMessage("track_name", name=title))]
    meta += [(round(at * ticks), mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm))) for at, bpm in tempos]
    meta += [
        (round(at * ticks), mido.MetaMessage("time_signature", numerator=beats, denominator=unit))
        for at, beats, unit in metres
    ]
    meta += [(round(at * ticks), mido.MetaMessage("key_signature", key=key)) for at, key in keys]
    tracks = [meta]
    for number, notes in enumerate(players):
        channel = channels[number] if channels else number
        events: list[tuple[int, mido.Message | mido.MetaMessage]] = []
        if number < len(names):
            events.append((0, mido.MetaMessage("track_name", name=names[number])))
        if number < len(programs) and (program := programs[number]) is not None:
            events.append((0, mido.Message("program_change", channel=channel, program=program)))
        tracks.append(events + note_events(notes, channel=channel, ticks=ticks))
    if kind == 0:
        tracks = [[event for events in tracks for event in events]]
    return written([track_of(events) for events in tracks], ticks=ticks, kind=kind)


def written(tracks: Sequence[mido.MidiTrack], *, ticks: int = TICKS, kind: int = 1) -> bytes:
    """The bytes of a file."""
    file = mido.MidiFile(type=kind, ticks_per_beat=ticks, charset="utf-8")
    file.tracks.extend(tracks)
    held = BytesIO()
    file.save(file=held)
    return held.getvalue()


def raw_file(*tracks: bytes, kind: int = 1, division: int = TICKS) -> bytes:
    """A file of tracks that are given as bytes, for what mido would not write."""
    header = b"MThd" + struct.pack(">IHHH", 6, kind, len(tracks), division & 0xFFFF)
    return header + b"".join(b"MTrk" + struct.pack(">I", len(track)) + track for track in tracks)


SCALE: tuple[Played, ...] = tuple((n, 1, 60 + step) for n, step in enumerate((0, 2, 4, 5, 7, 9, 11, 12)))
