"""Who plays: the notes of each track and channel, what they are called, and which of them are the staves of one part.

A piano that a program wrote as two tracks, one a hand, is one part with two staves again; one track with both hands
is parted by `hands.py`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from renderers.limits import MAX_VOICES
from renderers.score.instruments import find_instrument
from renderers.score.midi.events import DRUM_CHANNEL, MidiNote, Recording
from renderers.score.midi.program_names import PROGRAM_NAMES
from renderers.score.parts import KEYBOARD_PROGRAMS

DRUMS_NAME = "Drums"
MAX_STAVES = MAX_VOICES - 6  # the rest is for second voices
MOST_STAVES_OF_PART = 3

_STAFF = re.compile(
    r"\s*[(\[:,-]?\s*\b(right hand|left hand|right|left|pedals?|r\.?h\.?|l\.?h\.?|rechts|links|rechte hand|linke hand|"
    r"mano destra|mano sinistra|m\.?d\.?|m\.?g\.?|upper|lower|up|down|treble|bass|staff|\d)\b\.?\s*[)\]]?\s*\d?\s*$",
    re.IGNORECASE,
)
# What programs call tracks that nobody has named.
_ANY_NAME = re.compile(
    r"\[?(?:midi|new|smart|audio)?[\s_-]*(?:part|track|channel|voice|staff|instrument|untitled|unnamed|spur|piste)?"
    r"[\s#_:-]*\d*\]?",
    re.IGNORECASE,
)


@dataclass(slots=True, kw_only=True)
class Player:
    """One track and channel. is_named: its name is the track's, not that of its program."""

    notes: list[MidiNote]
    name: str
    is_named: bool
    program: int
    is_drums: bool
    channel: int

    @property
    def part_name(self) -> str:
        """The name without the hand."""
        return _STAFF.sub("", self.name) if self.program in KEYBOARD_PROGRAMS or "(" in self.name else self.name

    @property
    def is_keyboard(self) -> bool:
        """Whether it is played with two hands on two staves."""
        return self.program in KEYBOARD_PROGRAMS and not self.is_drums

    @property
    def mean_pitch(self) -> float:
        """How high it plays."""
        return sum(note.pitch for note in self.notes) / len(self.notes)


@dataclass(slots=True)
class PlayedPart:
    """A part: the players of its staves, the uppermost first."""

    players: list[Player] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What the part is called."""
        first = self.players[0]
        return (first.part_name if len(self.players) > 1 else first.name) or PROGRAM_NAMES[first.program]


def find_parts(recording: Recording) -> list[PlayedPart]:
    """All parts in the order of the tracks, drums last. Too many players join others of the same program."""
    players = list(_players(recording))
    parts: list[PlayedPart] = []
    for player in players:
        if parts and _is_staff_of(player, parts[-1], num_players=len(players)):
            parts[-1].players.append(player)
        else:
            parts.append(PlayedPart([player]))
    return _few_enough(parts)


def _players(recording: Recording) -> Iterator[Player]:
    own: dict[tuple[int, int], list[MidiNote]] = defaultdict(list)
    for note in recording.notes:
        own[note.track, note.channel].append(note)
    channels_of: dict[int, set[int]] = defaultdict(set)
    for track, channel in own:
        channels_of[track].add(channel)
    keys = sorted(own, key=lambda key: (key[1] == DRUM_CHANNEL, key))
    for track, channel in keys:
        name = recording.names.get(track, "")
        is_drums = channel == DRUM_CHANNEL
        named = find_instrument(_STAFF.sub("", name) or name)
        program = recording.programs.get((track, channel))
        is_alone = len(channels_of[track]) == 1
        if (name == recording.title and not (named and is_alone)) or _ANY_NAME.fullmatch(name):
            name = ""
        if not is_alone and not is_drums:
            name = "" if program is None else PROGRAM_NAMES[program]
        if program is None:
            program = named.program if named is not None else 0
        yield Player(
            notes=own[track, channel],
            name=name or (DRUMS_NAME if is_drums else PROGRAM_NAMES[program]),
            is_named=not _ANY_NAME.fullmatch(name),
            program=program,
            is_drums=is_drums,
            channel=channel,
        )


def _is_staff_of(player: Player, part: PlayedPart, *, num_players: int) -> bool:
    """Whether a player is the next hand of the part before."""
    before = part.players[-1]
    if player.is_drums or before.is_drums or player.program != before.program:
        return False
    names_hand = _STAFF.search(player.name) is not None and "(" in player.name
    if names_hand and _STAFF.search(before.name) and player.part_name == before.part_name:
        return not (player.is_keyboard and len(part.players) >= MOST_STAVES_OF_PART)
    if not player.is_keyboard or len(part.players) > 1 or before.mean_pitch <= player.mean_pitch:
        return False
    return player.part_name == before.part_name or not player.is_named or num_players == 2


def _few_enough(parts: list[PlayedPart]) -> list[PlayedPart]:
    """So many staves as a score may have: the smallest parts go together with others of the same program."""
    while sum(len(part.players) for part in parts) > MAX_STAVES:
        smallest = min(parts, key=lambda part: sum(len(player.notes) for player in part.players))
        parts.remove(smallest)
        first = smallest.players[0]
        alike = [part for part in parts if part.players[0].program == first.program] or parts
        home = min(alike, key=lambda part: abs(part.players[0].mean_pitch - first.mean_pitch))
        for player in smallest.players:
            home.players[0].notes += player.notes
        home.players[0].notes.sort(key=lambda note: (note.start, note.pitch))
    return parts
