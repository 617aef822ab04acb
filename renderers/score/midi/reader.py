"""The steps from the bytes of a MIDI file to a tune."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from renderers.score.abc.model import Tune
from renderers.score.abc.remarks import Remark
from renderers.score.midi.bars import Bar
from renderers.score.midi.clock import QUARTER, Clock
from renderers.score.midi.events import Recording, read_events
from renderers.score.midi.hands import needs_two_hands, split_hands
from renderers.score.midi.key_finding import contradicts, find_key
from renderers.score.midi.lengths import LengthQuantiser, Played
from renderers.score.midi.onsets import OnsetQuantiser, touch_of
from renderers.score.midi.players import PlayedPart, Player, find_parts
from renderers.score.midi.rhythm import VoiceNote
from renderers.score.midi.score import KeyAt, Score, ScorePart, Staff, TempoAt, write_tune
from renderers.score.midi.timing import Timing, find_timing

MOST_TEMPOS = 12  # all of them are written; of more, those that hold for a bar
LEAST_CHANGE = 0.04
SLOWEST, FASTEST = 10.0, 480.0


def read_midi(content: bytes) -> Tune:
    """Read a Standard MIDI File. Raises InputRefused for one that is too large, broken, or has no notes."""
    recording = read_events(content)
    parts = find_parts(recording)
    timing = find_timing(recording)
    score_parts = _quantised(recording, parts, timing)
    bars = _trimmed(timing.bars, score_parts)
    return write_tune(
        Score(
            title=recording.title,
            parts=score_parts,
            bars=bars,
            keys=_keys(recording, score_parts, timing),
            tempos=_tempos(timing.clock, bars),
            remarks=tuple(_remarks(recording, timing)),
        )
    )


def _remarks(recording: Recording, timing: Timing) -> Iterator[Remark]:
    """What could not be kept of the file, or had to be guessed."""
    if timing.is_heard:
        yield Remark("midi_heard", values={"bpm": round(timing.clock.tempos[0][1])})
    if recording.num_patterns_left_out:
        yield Remark("midi_patterns", values={"n": recording.num_patterns_left_out})
    if recording.num_words:
        yield Remark("midi_words", values={"n": recording.num_words})
    if recording.num_bends:
        yield Remark("midi_bends")
    if recording.num_programs_left_out:
        yield Remark("midi_programs", values={"n": recording.num_programs_left_out})


def _quantised(recording: Recording, parts: Sequence[PlayedPart], timing: Timing) -> list[ScorePart]:
    to_grain, clock = timing.to_grain, timing.clock
    players = [player for part in parts for player in part.players]
    lines = [[to_grain(note.start) for note in player.notes] for player in players]
    quantiser = OnsetQuantiser(timing.bars, clock, lines, tick=timing.tick)
    places = quantiser.run()
    touch = touch_of([to_grain(note.end) for note in recording.notes], quantiser.touch.least)
    alone = {id(part.players[0]) for part in parts if len(part.players) == 1}
    notes: dict[int, list[list[VoiceNote]]] = {}
    for number, (player, starts) in enumerate(zip(players, places, strict=True)):
        played = [
            Played(start=start, raw_start=to_grain(note.start), raw_end=to_grain(note.end), pitch=note.pitch)
            for note, start in zip(player.notes, starts, strict=True)
        ]
        hands = _hands(played) if player.is_keyboard and id(player) in alone else [played]
        notes[id(player)] = [
            _without_collisions(hand, LengthQuantiser(quantiser, number, hand, clock=clock, touch=touch).run())
            for hand in hands
        ]
    return [ScorePart(name=part.name, staves=_staves(part, notes)) for part in parts]


def _hands(played: Sequence[Played]) -> list[Sequence[Played]]:
    """The notes of a keyboard player, hand by hand: each holds its notes until its own next one."""
    notes = [VoiceNote(start=n.start, end=max(n.start + 1, round(n.raw_end)), pitch=n.pitch) for n in played]
    if not needs_two_hands(notes):
        return [played]
    right = {(note.start, note.pitch) for note in split_hands(notes)[0]}
    hands = [[note for note in played if ((note.start, note.pitch) in right) is is_right] for is_right in (True, False)]
    return [hand for hand in hands if hand]


def _without_collisions(played: Sequence[Played], ends: Sequence[int]) -> list[VoiceNote]:
    """A key that is struck again ends before; struck twice in one place, the longer note is kept."""
    longest: dict[tuple[int, int], int] = {}
    for note, end in zip(played, ends, strict=True):
        key = note.pitch, note.start
        longest[key] = max(end, longest.get(key, 0))
    in_order = sorted(longest.items())
    kept = []
    for ((pitch, start), end), (following, _) in pairwise([*in_order, ((-1, 0), 0)]):
        if following[0] == pitch:
            end = min(end, following[1])
        kept.append(VoiceNote(start=start, end=end, pitch=pitch))
    return sorted(kept, key=lambda note: (note.start, note.pitch))


def _staves(part: PlayedPart, notes: dict[int, list[list[VoiceNote]]]) -> list[Staff]:
    return [_staff(player, hand) for player in part.players for hand in notes[id(player)] if hand]


def _staff(player: Player, notes: list[VoiceNote]) -> Staff:
    return Staff(
        notes=notes,
        program=player.program,
        is_drums=player.is_drums,
        is_keyboard=player.is_keyboard,
    )


def _trimmed(bars: Sequence[Bar], parts: Sequence[ScorePart]) -> list[Bar]:
    """The bars as far as there are notes, and one more where a note was moved behind the last of them."""
    end = max(note.end for part in parts for staff in part.staves for note in staff.notes)
    kept = [bar for bar in bars if bar.start < end]
    while kept[-1].end < end:
        kept.append(Bar(start=kept[-1].end, length=kept[-1].length, metre=kept[-1].metre))
    return kept


def _keys(recording: Recording, parts: Sequence[ScorePart], timing: Timing) -> list[KeyAt]:
    """As the file says; found from the notes where it does not, or says C major because its program always does."""
    pitched = [note for part in parts for staff in part.staves if not staff.is_drums for note in staff.notes]
    stated = [
        KeyAt(start=round(timing.to_grain(tick)), fifths=fifths, mode=mode) for tick, fifths, mode in recording.keys
    ]
    if stated and (any(key.fifths for key in stated) or not pitched or not contradicts(pitched, 0)):
        first = KeyAt(start=0, fifths=stated[0].fifths, mode=stated[0].mode)
        return [first, *stated[1:]] if stated[0].start == 0 else [first, *stated]
    fifths, mode = find_key(pitched) if pitched else (0, "major")
    return [KeyAt(start=0, fifths=fifths, mode=mode)]


def _tempos(clock: Clock, bars: Sequence[Bar]) -> list[TempoAt]:
    """The tempos worth writing: of a performance that never stands still, those that hold for a bar."""
    end = bars[-1].end
    marks = [(start, min(max(bpm, SLOWEST), FASTEST)) for start, bpm in clock.tempos if start < end]
    are_few = len(marks) <= MOST_TEMPOS
    kept: list[TempoAt] = []
    for (start, bpm), (following, _) in pairwise([*marks, (float(end), 0.0)]):
        holds = are_few or following - start >= bars[0].metre.beat * 4 * QUARTER * 2 or not kept
        if holds and (not kept or abs(bpm / kept[-1].per_minute - 1) > (1e-3 if are_few else LEAST_CHANGE)):
            kept.append(TempoAt(start=round(start), per_minute=bpm))
    return kept
