"""Standard MIDI files from MusicXML, played with dynamics and phrasing, plainly or in the manner of a period.

One track and one name per staff (a piano has a right and a left hand), one channel per instrument of a part, the
General MIDI program of each voice, tempo, metre and key in the first track. Repeats are unfolded. Played plainly, the
file lasts exactly as long as the measures of the score; else the tempo breathes, and the ticks still say where each
note stands, so that a program of notation reads it well.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from itertools import pairwise

import mido

from renderers.score.parts import Part
from renderers.score.score_time import Measure, TempoMap, units_of_beat
from renderers.sound.expression.pedalling import press_pedals
from renderers.sound.expression.phrases import find_phrases
from renderers.sound.expression.timing import breathe
from renderers.sound.expression.touch import Hands
from renderers.sound.manner import Manner
from renderers.sound.ornaments import place_graces
from renderers.sound.pedals import pedal_changes
from renderers.sound.performance import Performance, perform
from renderers.sound.phrasing import CLICK_STAFF, Struck, shape
from renderers.sound.seating import seats
from renderers.sound.tremolos import play_tremolos
from renderers.sound.trills import play_trills

TICKS_PER_QUARTER = 480
DRUM_CHANNEL = 9  # counted from 0
CHANNELS = (*range(9), *range(10, 16))
PAN_CENTRE, PAN_SPREAD = 64, 36  # players sit closer together than loudspeakers stand
SUSTAIN, PAN = 64, 10
SMALLEST_UNIT = 64  # of the metres that are written
CLOCKS_PER_WHOLE = 96
MAJOR_KEYS = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
MINOR_KEYS = ("Abm", "Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m", "A#m")

Event = tuple[int, int, mido.Message | mido.MetaMessage]  # (tick, order within the tick, message)


def render_midi(musicxml: str, *, title: str, manner: Manner | None = None) -> bytes:
    """A standard MIDI file (type 1) of a MusicXML score.

    Raises InputRefused when the score cannot be loaded. Calls verovio, which can kill the process: see perform().
    """
    performance, struck = play(musicxml, manner)
    return pack_midi(midi_of(performance, struck, title=title))


def play(musicxml: str, manner: Manner | None = None) -> tuple[Performance, list[Struck]]:
    """What is performed, and its notes as they are struck: the one truth about when something is heard.

    manner: None plays plainly, as it is written. Raises as `render_midi`.
    """
    performance = perform(musicxml)
    place_graces(performance, long=manner is not None and manner.long_graces)
    performance = play_trills(performance, from_upper=manner is not None and manner.upper_trills)
    performance = play_tremolos(performance)
    if manner is None:
        return performance, shape(performance)
    phrases = find_phrases(performance)
    performance = breathe(performance, phrases, manner)
    pedals = press_pedals(performance) if manner.pedal else ()
    performance = replace(performance, pedals=pedals)
    return performance, shape(performance, Hands(performance, phrases, manner), held=manner.held)


def midi_of(performance: Performance, struck: list[Struck], *, title: str) -> mido.MidiFile:
    """Notes as they are struck, as the messages of a file."""
    channels = _assign_channels(performance)
    length = _ticks(performance.order.length)
    midi = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8")
    midi.tracks.append(_track(title, _conductor(performance), length))
    notes = _without_collisions(struck, performance, channels)
    pedals = _pedals(performance, channels)
    if notes[CLICK_STAFF]:
        midi.tracks.append(_track("Click", notes[CLICK_STAFF], length))
    for part in performance.part_list.parts:
        for staff in part.staves:
            events = [*_set_up(performance, staff, channels), *notes[staff], *pedals[staff]]
            midi.tracks.append(_track(part.staff_name(staff), events, length))
    return midi


def pack_midi(midi: mido.MidiFile) -> bytes:
    """The file itself."""
    file = BytesIO()
    midi.save(file=file)
    return file.getvalue()


def midi_length_s(midi: mido.MidiFile) -> float:
    """How long a MIDI file lasts, in seconds, silence at its end included."""
    marks: dict[int, float] = {0: 120.0}
    end = 0
    for track in midi.tracks:
        tick = 0
        for message in track:
            tick += message.time
            if message.type == "set_tempo":
                marks[tick] = mido.tempo2bpm(message.tempo)
        end = max(end, tick)
    tempo = TempoMap(tuple((tick / midi.ticks_per_beat, bpm) for tick, bpm in sorted(marks.items())))
    return tempo.seconds_at(end / midi.ticks_per_beat)


def _ticks(quarters: float) -> int:
    return round(quarters * TICKS_PER_QUARTER)


def _track(name: str, events: Iterable[Event], length: int) -> mido.MidiTrack:
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
    now = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        tick = min(max(tick, 0), length)  # an ornament before the first beat begins with it
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=length - now))
    return track


def _conductor(performance: Performance) -> list[Event]:
    """Tempo, metre and key wherever they change in the course of playing."""
    events: list[Event] = [
        (_ticks(start), 1, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm)))
        for start, bpm in performance.tempo.marks
    ]
    metre, key = None, None
    for start, index in zip(performance.order.starts, performance.order.indices, strict=True):
        measure = performance.measures[index]
        counted = _counted(measure)
        if counted is not None and counted != metre:
            metre = counted
            events.append((_ticks(start), 0, _time_signature(*metre)))
        name = (MINOR_KEYS if measure.key.minor else MAJOR_KEYS)[measure.key.fifths + 7]
        if name != key:
            key = name
            events.append((_ticks(start), 0, mido.MetaMessage("key_signature", key=name)))
    return events


def _time_signature(beats: int, unit: int) -> mido.MetaMessage:
    """With the beat that a metronome clicks, in 24ths of a quarter."""
    click = max(1, CLOCKS_PER_WHOLE * units_of_beat(beats, unit) // unit)
    return mido.MetaMessage("time_signature", numerator=beats, denominator=unit, clocks_per_click=click)


def _counted(measure: Measure) -> tuple[int, int] | None:
    """The metre as others count their barlines by it; None where MIDI cannot say it: its unit is a power of two.

    MIDI has no barlines. A pickup, and each half of a measure that a repeat divides, is a bar in a metre of its own.
    """
    beats, unit = measure.metre
    if unit.bit_count() != 1 or unit > SMALLEST_UNIT:
        return None
    exact = Fraction(measure.length).limit_denominator(SMALLEST_UNIT) / 4
    if exact == Fraction(beats, unit) or abs(4 * float(exact) - measure.length) > 1e-3:
        return measure.metre
    unit = max(unit, exact.denominator)
    beats = exact.numerator * (unit // exact.denominator)
    return (
        (beats, unit) if exact.denominator.bit_count() == 1 and unit <= SMALLEST_UNIT and beats < 256 else measure.metre
    )


def _assign_channels(performance: Performance) -> dict[tuple[int, int], int]:
    """(first staff of a part, program) → channel.

    Every instrument of every part has its own channel as long as they last; in a larger score those with the same
    program share one, and what still finds none joins the last channel.
    """
    players = [
        (part.staves[0], program)
        for part in performance.part_list.parts
        if not _plays_drums_only(part, performance)
        for program in part.programs
    ]
    if len(players) <= len(CHANNELS):
        return dict(zip(players, CHANNELS, strict=False))
    programs = list(dict.fromkeys(program for _, program in players))
    return {(staff, program): CHANNELS[min(programs.index(program), len(CHANNELS) - 1)] for staff, program in players}


def _plays_drums_only(part: Part, performance: Performance) -> bool:
    """Whether a part needs no channel but the one for drums."""
    own = [note.is_drum for note in performance.notes if note.staff in part.staves]
    return bool(own) and all(own)


def _set_up(performance: Performance, staff: int, channels: dict[tuple[int, int], int]) -> list[Event]:
    """Program and seat of a part, repeated in the track of each of its staves so that every track can stand alone."""
    part = performance.part_list.part_of(staff)
    parts = performance.part_list.parts
    seat = seats(parts)[parts.index(part)]
    events: list[Event] = []
    own = [(program, channel) for (first_staff, program), channel in channels.items() if first_staff == part.staves[0]]
    if any(note.is_drum and note.staff in part.staves for note in performance.notes):
        own.append((0, DRUM_CHANNEL))
    pan = PAN_CENTRE + round(PAN_SPREAD * seat)
    for program, channel in own:
        events.append((0, 0, mido.Message("program_change", channel=channel, program=program)))
        events.append((0, 0, mido.Message("control_change", channel=channel, control=PAN, value=pan)))
    return events


def _channel(note: Struck, performance: Performance, channels: dict[tuple[int, int], int]) -> int:
    if note.is_drum:
        return DRUM_CHANNEL
    part = performance.part_list.part_of(note.staff)
    measure, _ = performance.order.at(note.start) if len(part.programs) > 1 else (0, 0.0)
    return channels[part.staves[0], part.program_of(note.layer, measure)]


def _without_collisions(
    notes: list[Struck], performance: Performance, channels: dict[tuple[int, int], int]
) -> dict[int, list[Event]]:
    """Staff → note events. A channel has one key per pitch: two voices on it must not release each other's note.

    Struck together, the longer and louder is kept; struck again while sounding, the first is released just then.
    """
    keys: dict[tuple[int, int], list[Struck]] = defaultdict(list)
    for note in sorted(notes, key=lambda note: note.start):
        struck = keys[_channel(note, performance, channels), note.pitch]
        if struck and _ticks(struck[-1].start) == _ticks(note.start):
            twin = struck[-1]
            struck[-1] = replace(twin, end=max(twin.end, note.end), velocity=max(twin.velocity, note.velocity))
        else:
            struck.append(note)
    events: dict[int, list[Event]] = defaultdict(list)
    for (channel, pitch), struck in keys.items():
        ends = [min(note.end, following.start) for note, following in pairwise(struck)] + [struck[-1].end]
        for note, end in zip(struck, ends, strict=True):
            on, off = _ticks(note.start), max(_ticks(note.start) + 1, _ticks(end))
            message = mido.Message("note_on", channel=channel, note=pitch, velocity=note.velocity)
            events[note.staff].append((on, 3, message))
            events[note.staff].append((off, 0, mido.Message("note_off", channel=channel, note=pitch, velocity=64)))
    return events


def _pedals(performance: Performance, channels: dict[tuple[int, int], int]) -> dict[int, list[Event]]:
    """Staff → the sustaining pedal of its part, as written or as a player adds it; released at the end in any case."""
    events: dict[int, list[Event]] = defaultdict(list)
    for change in pedal_changes(performance):
        channel = channels.get((change.staff, performance.part_list.part_of(change.staff).program), DRUM_CHANNEL)
        order, value = (2, 127) if change.is_down else (1, 0)
        message = mido.Message("control_change", channel=channel, control=SUSTAIN, value=value)
        events[change.staff].append((_ticks(change.at), order, message))
    for pedalled in events.values():
        message = pedalled[-1][2]
        pedalled.append((_ticks(performance.order.length), 1, message.copy(value=0)))
    return events
