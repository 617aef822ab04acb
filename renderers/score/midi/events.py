"""The bytes of a Standard MIDI File as notes and what else stands in them.

What is promised: types 0, 1 and 2, ticks of a quarter or of a second (SMPTE), running status, files in a RIFF wrapper,
chunks nobody knows, a header that counts tracks wrong; a note that is struck again while it sounds ends the first one
first; one that is never ended ends where its key is struck again, or with the file. Size and number of tracks are
looked at before anything is parsed, the number of events and the length before anything is done with them.
What is not: half of a file. One whose events cannot be read to the end is refused.
"""

import re
import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import zip_longest

import mido
from mido.midifiles.meta import KeySignatureError

from renderers.errors import InputRefused
from renderers.sanitise import clean_text
from renderers.score.abc.letters import decode_bytes

MAX_BYTES = 1_000_000
MAX_TRACKS = 256
MAX_EVENTS = 200_000
MAX_NOTES = 50_000
MAX_QUARTERS = 12_000  # from the first tick to the end of the last note
DRUM_CHANNEL = 9  # counted from 0
ALL_SOUND_OFF, ALL_NOTES_OFF = 120, 123
MAX_NAME_CHARS = 60
MOST_BEATS, MOST_WHOLES, SMALLEST_UNIT = 32, 8, 64  # of a metre
QUARTERS_PER_SECOND = 2  # how ticks of a second are counted until somebody finds the beat: 120 to the minute

# Key and time signatures and SMPTE offsets, whose values are wrong in many a file.
_SIGNATURE = re.compile(rb"\xff(?:\x59\x02(..)|\x58\x04(..)..|\x54\x05.....)", re.DOTALL)
NOTHING = b"\x7f"  # the type of a meta event that only its own program understands


@dataclass(frozen=True, slots=True, kw_only=True)
class MidiNote:
    """A note. `start` and `end` in ticks, the end later than the start."""

    start: int
    end: int
    pitch: int
    velocity: int
    track: int
    channel: int


@dataclass(slots=True, kw_only=True)
class Recording:
    """What a file holds. Ticks are counted from its beginning.

    has_beats: its ticks are parts of a quarter; without, they are parts of a second, here `QUARTERS_PER_SECOND`.
    tempos: (tick, quarters a minute). metres: (tick, numerator, denominator). keys: (tick, fifths, mode).
    programs: (track, channel) → the program of its first note.
    """

    ticks_per_quarter: int
    has_beats: bool
    notes: list[MidiNote] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)  # of the tracks
    title: str = ""
    programs: dict[tuple[int, int], int] = field(default_factory=dict)
    tempos: list[tuple[int, float]] = field(default_factory=list)
    metres: list[tuple[int, int, int]] = field(default_factory=list)
    keys: list[tuple[int, int, str]] = field(default_factory=list)
    num_words: int = 0  # syllables of lyrics
    num_bends: int = 0  # of the pitch
    num_programs_left_out: int = 0  # changes of a player's instrument within the piece
    num_patterns_left_out: int = 0  # of a file whose tracks are not played together


def read_events(content: bytes) -> Recording:
    """Read a file. Raises InputRefused for one that is too large, broken, or has no notes."""
    file = _parse(content)
    ticks_per_quarter, has_beats = _resolution(file.ticks_per_beat)
    recording = Recording(ticks_per_quarter=ticks_per_quarter, has_beats=has_beats)
    tracks = [list(_timed(track)) for track in file.tracks]
    if file.type == 2:  # patterns that are not played together: the first one with notes
        tracks = next(([track] for track in tracks if any(message.type == "note_on" for _, message in track)), [])
    if sum(map(len, tracks)) > MAX_EVENTS:
        raise InputRefused(reason="midi_events", limit=MAX_EVENTS)
    recording.num_patterns_left_out = len(file.tracks) - len(tracks)
    for number, track in enumerate(tracks):
        _read_track(recording, number, track)
    _find_programs(recording, tracks)
    _find_title(recording)
    recording.notes = _without_doubles(recording.notes)
    for events in (recording.tempos, recording.metres, recording.keys):
        events.sort(key=lambda event: event[0])
    _check_amount(recording)
    return recording


def _check_amount(recording: Recording) -> None:
    if not recording.notes:
        raise InputRefused(reason="file_no_music")
    if len(recording.notes) > MAX_NOTES:
        raise InputRefused(reason="file_notes", limit=MAX_NOTES)
    end = max(note.end for note in recording.notes)
    if end > MAX_QUARTERS * recording.ticks_per_quarter:
        raise InputRefused(reason="midi_long", limit=MAX_QUARTERS)


# --- chunks


def _parse(content: bytes) -> mido.MidiFile:
    """The messages of all tracks, by mido."""
    if len(content) > MAX_BYTES:
        raise InputRefused(reason="file_size", limit=MAX_BYTES // 1_000_000)
    header, tracks = _chunks(content)
    if not tracks:
        raise InputRefused(reason="file_damaged", kind="MIDI")
    if len(tracks) > MAX_TRACKS:
        raise InputRefused(reason="midi_tracks", limit=MAX_TRACKS)
    kind, division = header
    rebuilt = b"MThd" + struct.pack(">IHHH", 6, kind, len(tracks), division)
    rebuilt += b"".join(b"MTrk" + struct.pack(">I", len(track)) + track for track in tracks)
    try:
        # latin1 takes every byte as it is; names are decoded when they are used
        return mido.MidiFile(file=BytesIO(rebuilt), clip=True, charset="latin1")
    except (
        EOFError,
        OSError,
        ValueError,
        LookupError,
        TypeError,
        OverflowError,
        struct.error,
        KeySignatureError,
    ) as error:
        raise InputRefused(reason="file_damaged", kind="MIDI") from error


def _chunks(content: bytes) -> tuple[tuple[int, int], list[bytes]]:
    """(type, division) and the tracks as bytes. mido wants them in a row, and as many as the header says."""
    start = content.find(b"MThd")
    if start < 0 or start > 64 or len(content) < start + 14:
        raise InputRefused(reason="file_damaged", kind="MIDI")
    size, kind, _, division = struct.unpack(">IHHH", content[start + 4 : start + 14])
    if kind > 2 or size < 6:
        raise InputRefused(reason="file_damaged", kind="MIDI")
    place, tracks = start + 8 + size, []
    while place + 8 <= len(content):
        name, size = content[place : place + 4], int.from_bytes(content[place + 4 : place + 8], "big")
        if name == b"MTrk":
            tracks.append(_SIGNATURE.sub(_possible, content[place + 8 : place + 8 + size]))
        place += 8 + size
    return (kind, division), tracks


def _possible(match: re.Match[bytes]) -> bytes:
    """mido refuses a whole file for one impossible signature: it becomes one that nobody reads."""
    key, metre = match[1], match[2]
    is_possible = False
    if key is not None:
        fifths, mode = struct.unpack("bB", key)
        is_possible = abs(fifths) <= 7 and mode < 2
    elif metre is not None:
        is_possible = metre[0] > 0 and metre[1] <= 6
    return match[0] if is_possible else match[0][:1] + NOTHING + match[0][2:]


def _resolution(division: int) -> tuple[int, bool]:
    """(ticks of a quarter, whether there are quarters at all). mido reads the division as a number with a sign."""
    if division > 0:
        return division, True
    if division == 0:
        raise InputRefused(reason="file_damaged", kind="MIDI")
    frames, ticks = 256 - (division >> 8 & 0xFF), division & 0xFF
    per_second = (29.97 if frames == 29 else frames) * ticks
    if not 10 <= per_second <= 1_000_000:
        raise InputRefused(reason="file_damaged", kind="MIDI")
    return max(1, round(per_second / QUARTERS_PER_SECOND)), False


# --- messages


def _timed(track: mido.MidiTrack) -> Iterator[tuple[int, mido.Message | mido.MetaMessage]]:
    now = 0
    for message in track:
        now += message.time
        yield now, message


def _read_track(recording: Recording, number: int, track: list[tuple[int, mido.Message | mido.MetaMessage]]) -> None:
    sounding: dict[tuple[int, int], list[MidiNote]] = defaultdict(list)
    for now, message in track:
        if message.type == "note_on" and message.velocity > 0:
            note = MidiNote(
                start=now,
                end=now,
                pitch=message.note,
                velocity=message.velocity,
                track=number,
                channel=message.channel,
            )
            sounding[message.channel, message.note].append(note)
        elif message.type in ("note_on", "note_off"):
            if struck := sounding[message.channel, message.note]:
                _end(recording, struck.pop(0), now)
        elif message.type == "control_change" and message.control in (ALL_NOTES_OFF, ALL_SOUND_OFF):
            _end_all(recording, now, message.channel, sounding)
        elif message.type == "pitchwheel":
            recording.num_bends += message.pitch != 0
        elif message.is_meta:
            _read_meta(recording, number, now, message)
    last = track[-1][0] if track else 0
    for struck in sounding.values():
        for note, following in zip_longest(struck, struck[1:]):
            _end(recording, note, last if following is None else following.start)


def _end(recording: Recording, note: MidiNote, end: int) -> None:
    recording.notes.append(replace(note, end=max(end, note.start + 1)))


def _end_all(recording: Recording, now: int, channel: int, sounding: dict[tuple[int, int], list[MidiNote]]) -> None:
    for (own, _), struck in sounding.items():
        while own == channel and struck:
            _end(recording, struck.pop(0), now)


def _read_meta(recording: Recording, number: int, now: int, message: mido.MetaMessage) -> None:
    if message.type in ("track_name", "instrument_name"):
        name = clean_text(decode_bytes(message.name.encode("latin1")), max_chars=MAX_NAME_CHARS)
        if name and (message.type == "track_name" or number not in recording.names):
            recording.names[number] = name
    elif message.type == "set_tempo" and message.tempo > 0:
        recording.tempos.append((now, 60_000_000 / message.tempo))
    elif message.type == "time_signature" and _is_metre(message):
        recording.metres.append((now, message.numerator, message.denominator))
    elif message.type == "lyrics":
        recording.num_words += bool(message.text.strip())
    elif message.type == "key_signature":
        recording.keys.append((now, *_key(message.key)))


def _is_metre(message: mido.MetaMessage) -> bool:
    """Whether people could count it."""
    beats, unit = int(message.numerator), int(message.denominator)
    return 1 <= beats <= MOST_BEATS and beats <= MOST_WHOLES * unit and unit <= SMALLEST_UNIT


def _key(name: str) -> tuple[int, str]:
    """mido writes keys by their names."""
    is_minor = name.endswith("m")
    tonic = name.removesuffix("m")
    fifths = "FCGDAEB".index(tonic[0]) - 1 + 7 * tonic.count("#") - 7 * tonic.count("b")
    return fifths - (3 if is_minor else 0), "minor" if is_minor else "major"


def _find_programs(recording: Recording, tracks: list[list[tuple[int, mido.Message | mido.MetaMessage]]]) -> None:
    """What plays the first note of each track and channel; the channel counts whatever track sets it up."""
    changes: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for track in tracks:
        for now, message in track:
            if message.type == "program_change":
                changes[message.channel].append((now, message.program))
    first: dict[tuple[int, int], int] = {}
    for note in recording.notes:
        player = note.track, note.channel
        first[player] = min(first.get(player, note.start), note.start)
    for (number, channel), start in first.items():
        own = [
            (now, message.program)
            for now, message in tracks[number]
            if message.type == "program_change" and message.channel == channel
        ]
        recording.num_programs_left_out += max(0, len({program for _, program in own}) - 1)
        for found in (own, sorted(changes[channel])):
            before = [program for now, program in found if now <= start] or [program for _, program in found[:1]]
            if before:
                recording.programs[number, channel] = before[-1]
                break


def _find_title(recording: Recording) -> None:
    """The name of the first track, where that is the conductor's, or all there is."""
    playing = {note.track for note in recording.notes}
    if 0 in recording.names and (0 not in playing or len(playing) == 1):
        recording.title = recording.names[0]
    if len(playing) == 1 and len({note.channel for note in recording.notes}) > 1:
        recording.names.pop(0, None)  # of a file of type 0: no name of any of its players


def _without_doubles(notes: list[MidiNote]) -> list[MidiNote]:
    """Of the same note struck twice at once, the longer one."""
    kept: dict[tuple[int, int, int, int], MidiNote] = {}
    for note in notes:
        key = note.track, note.channel, note.pitch, note.start
        if key not in kept or kept[key].end < note.end:
            kept[key] = note
    return sorted(kept.values(), key=lambda note: (note.start, note.track, note.pitch))
