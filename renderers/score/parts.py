"""The parts of a MusicXML score: names, instruments, staves, keys, and how long its measures are.

Verovio's MEI keeps one instrument per part; ABC may give every voice its own (flute and oboe on one staff).
Those, the keys of every part and the true length of every measure, are read here from the MusicXML itself.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest

from lxml import etree

from renderers.errors import InputRefused
from renderers.score.key_signatures import NO_KEY, Key, KeyChange, read_key_changes_of_part
from renderers.score.transposition import semitones_of

KEYBOARD_PROGRAMS = frozenset({*range(8), *range(16, 21), 46})  # pianos, harpsichord, celesta; organs; harp
HANDS = ("right hand", "left hand", "pedals")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One player or section. `staves` are verovio's staff numbers, counted from 1 through the whole score."""

    name: str
    staves: tuple[int, ...]
    program: int  # General MIDI, 0-127
    voice_programs: dict[str, tuple[tuple[int, int], ...]]  # MusicXML voice → (measure, program from there on)
    semitones: tuple[int, ...]  # from written to sounding pitch, in each measure
    key_changes: tuple[tuple[KeyChange, ...], ...]  # in each measure, as written

    @property
    def programs(self) -> tuple[int, ...]:
        """All programs of the part, its own first."""
        named = (program for changes in self.voice_programs.values() for _, program in changes)
        return tuple(dict.fromkeys((self.program, *named)))

    def program_of(self, voice: str, measure: int) -> int:
        """The program of one voice in a measure, counted from 0; the part's own where the notes name none."""
        changes = self.voice_programs.get(voice, ())
        before = [program for start, program in changes if start <= measure]
        return before[-1] if before else changes[0][1] if changes else self.program

    def semitones_in(self, measure: int) -> int:
        """How many semitones above its written pitch the part sounds in a measure, counted from 0."""
        return self.semitones[min(measure, len(self.semitones) - 1)] if self.semitones else 0

    def staff_name(self, staff: int) -> str:
        """The name of one staff, as a MIDI track wants it: "Piano (right hand)"."""
        if len(self.staves) == 1:
            return self.name
        place = self.staves.index(staff)
        if self.program in KEYBOARD_PROGRAMS and place < len(HANDS):
            return f"{self.name} ({HANDS[place]})"
        return f"{self.name} ({place + 1})"


@dataclass(frozen=True)
class PartList:
    """All parts in score order, and the length of each measure in quarters (the longest part counts)."""

    parts: tuple[Part, ...]
    measure_quarters: tuple[float, ...]

    def sounding_keys(self) -> list[Key]:
        """The key that sounds in each measure: that of the first part that sounds as written, else of the first one."""
        leading = next((part for part in self.parts if not any(part.semitones)), self.parts[0])
        keys, written = [], NO_KEY
        for measure, changes in enumerate(leading.key_changes):
            own = [change for change in changes if change.staff == leading.staves[0]]
            written = next((change.key for change in own if not change.at), written)
            keys.append(written.sounding(leading.semitones_in(measure)))
            written = own[-1].key if own else written
        return keys

    @property
    def players(self) -> dict[int, int]:
        """Staff → who plays it, from 0: each part, or each hand where there is only one part."""
        owned = [part.staves for part in self.parts]
        if len(owned) == 1:
            owned = [(staff,) for staff in owned[0]]
        return {staff: player for player, staves in enumerate(owned) for staff in staves}

    def part_of(self, staff: int) -> Part:
        """The part that owns a staff; the last one for a staff nobody declared."""
        return next((part for part in self.parts if staff in part.staves), self.parts[-1])


def parse_parts(musicxml: str) -> PartList:
    """Read the part list of a partwise MusicXML score.

    Raises InputRefused when the text is not MusicXML with at least one part.
    """
    root = parse_score(musicxml)
    declared = {score_part.get("id"): score_part for score_part in root.iterfind("part-list/score-part")}
    parts: list[Part] = []
    lengths: list[list[Fraction]] = []
    for part, staves in _with_staves(root):
        parts.append(_part(declared.get(part.get("id")), part, staves))
        lengths.append(_measure_lengths(part))
    if not parts:
        raise InputRefused(reason="no_part")
    num_measures = max(len(row) for row in lengths)
    longest = [max((row[i] for row in lengths if i < len(row)), default=Fraction(0)) for i in range(num_measures)]
    return PartList(tuple(parts), tuple(float(length) for length in longest))


def parse_score(musicxml: str) -> etree._Element:
    """The document as a tree. Raises InputRefused."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(musicxml.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise InputRefused(reason="no_musicxml") from error


def read_key_changes(score: etree._Element) -> list[list[KeyChange]]:
    """The changes of key in each measure, of all parts together, as written."""
    columns = zip_longest(*(read_key_changes_of_part(part, staves) for part, staves in _with_staves(score)))
    return [[change for changes in column for change in changes or ()] for column in columns]


def _with_staves(score: etree._Element) -> Iterator[tuple[etree._Element, tuple[int, ...]]]:
    """All parts, each with what its staves are called in all the score."""
    next_staff = 1
    for part in score.iterfind("part"):
        num_staves = max((int(staves.text or 1) for staves in part.iter("staves")), default=1)
        yield part, tuple(range(next_staff, next_staff + num_staves))
        next_staff += num_staves


def _part(declared: etree._Element | None, part: etree._Element, staves: tuple[int, ...]) -> Part:
    name, programs = "", {}
    if declared is not None:
        # A score may print a name in two languages; abc2xml leaves the two characters \n between them.
        name = " ".join((declared.findtext("part-name") or "").partition("\\n")[0].split())
        programs = {
            str(midi.get("id")): int(midi.findtext("midi-program") or 1) - 1
            for midi in declared.iterfind("midi-instrument")
        }
    programs = {instrument: min(127, max(0, program)) for instrument, program in programs.items()}
    return Part(
        name=name or "Part",
        staves=staves,
        program=next(iter(programs.values()), 0),
        voice_programs=_voice_programs(part, programs),
        semitones=tuple(_semitones(part)),
        key_changes=tuple(read_key_changes_of_part(part, staves)),
    )


def _voice_programs(part: etree._Element, programs: dict[str, int]) -> dict[str, tuple[tuple[int, int], ...]]:
    """Where the notes of each voice name another instrument; the one that most of a measure names holds in it."""
    changes: dict[str, list[tuple[int, int]]] = {}
    for index, measure in enumerate(part.iterfind("measure")):
        named: dict[str, Counter[int]] = {}
        for instrument in measure.iter("instrument"):
            note, program = instrument.getparent(), programs.get(str(instrument.get("id")))
            if note is not None and program is not None:
                named.setdefault(note.findtext("voice") or "1", Counter())[program] += 1
        for voice, count in named.items():
            own, program = changes.setdefault(voice, []), count.most_common(1)[0][0]
            if not own or own[-1][1] != program:
                own.append((index, program))
    return {voice: tuple(own) for voice, own in changes.items()}


def _semitones(part: etree._Element) -> Iterator[int]:
    semitones = 0
    for measure in part.iterfind("measure"):
        for transpose in measure.iterfind("attributes/transpose"):
            semitones = semitones_of(transpose)
        yield semitones


def _measure_lengths(part: etree._Element) -> list[Fraction]:
    """How far the notes, rests and spaces of each measure reach, in quarters."""
    divisions = 1
    lengths = []
    for measure in part.iterfind("measure"):
        now: Fraction | int = 0  # in divisions: whole numbers are quick
        reached: Fraction | int = 0
        for element in measure:
            if element.tag == "attributes":
                before, divisions = divisions, int(element.findtext("divisions") or divisions) or 1
                if divisions != before:
                    now, reached = (Fraction(time * divisions, before) for time in (now, reached))
            elif element.tag in ("note", "backup", "forward"):
                now = max(0, now + _time(element))
                reached = max(reached, now)
        lengths.append(Fraction(reached, divisions))
    return lengths


def _time(element: etree._Element) -> int:
    """How far a note, rest or step goes on, in divisions."""
    if element.find("chord") is not None:
        return 0
    duration = int(float(element.findtext("duration") or 0))
    return -duration if element.tag == "backup" else duration
