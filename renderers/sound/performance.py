"""What is played, and when: a score unfolded into sounding notes.

Verovio unfolds repeats and places every note (its timemap); its MEI tells which staff and voice a note belongs to and
what is tied. From both comes a `Performance`: notes with a start and an end in played quarters, and with their place
on the page, where dynamics and articulation are found.

Verovio follows D.C., D.S., Fine and Coda where the score says them. What is not covered: rubato and fermatas, which
`expression/` adds: until then a piece lasts exactly as long as its measures say.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import verovio
from lxml import etree

from renderers.errors import InputRefused
from renderers.score.mei import MEI, XML_ID
from renderers.score.parts import PartList, parse_parts
from renderers.score.score_time import (
    Measure,
    PlayingOrder,
    TempoMap,
    playing_order,
    read_measures,
    tempo_map,
    written_id,
)
from renderers.score.toolkits import open_toolkit

TIE_GAP_QUARTERS = 0.6  # grace notes between two tied notes push them this far apart at most
SHORTEST_QUARTERS = 1 / 64

STEP_SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
ACCIDENTAL_SEMITONES = {"s": 1, "f": -1, "ss": 2, "x": 2, "ff": -2, "xs": 3, "sx": 3, "ts": 3, "tf": -3, "n": 0}


class Place(NamedTuple):
    """Where something stands on the page."""

    staff: int
    layer: str
    written: float  # quarters


@dataclass(slots=True, kw_only=True)
class Note:
    """One sounding note, ties joined. `start` and `end` in played quarters."""

    id: str  # of the written note in the MEI
    staff: int
    layer: str
    pitch: int  # MIDI
    start: float
    end: float
    measure: int  # index of the written measure
    beat: float  # quarters since the beginning of that measure, as written
    is_drum: bool = False  # `pitch` is a drum of General MIDI
    ornamental: bool = False  # a grace note, or the turning of a trill: lightly struck
    tied: tuple[tuple[str, float], ...] = ()  # ids of the notes tied to it, and when each is reached; not struck


class Pressed(NamedTuple):
    """The sustaining pedal of the part that `staff` belongs to, in played quarters; added by a player."""

    staff: int
    start: float
    end: float


@dataclass(frozen=True, kw_only=True)
class Performance:
    """A score unfolded. `places` knows every written note and chord by its MEI id.

    pedals: those that a player adds to the written ones.
    """

    part_list: PartList
    mei: etree._Element
    measures: tuple[Measure, ...]
    order: PlayingOrder
    tempo: TempoMap
    notes: tuple[Note, ...]
    places: dict[str, Place]
    pedals: tuple[Pressed, ...] = ()

    def written(self, note: Note) -> float:
        """Where a note stands on the page, in written quarters."""
        return self.measures[note.measure].start + note.beat


def perform(musicxml: str) -> Performance:
    """Unfold a MusicXML score.

    Raises InputRefused when it cannot be loaded. Verovio is native code and may take the process with it: call this
    where that does no harm.
    """
    part_list = parse_parts(musicxml)
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = open_toolkit()
    toolkit.setOptions({"breaks": "none", "xmlIdSeed": 1})
    toolkit.setInputFrom("xml")
    if not toolkit.loadData(musicxml):
        raise InputRefused(reason="no_layout")
    timemap = toolkit.renderToTimemap({"includeMeasures": True, "includeRests": False})
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    mei = etree.fromstring(toolkit.getMEI({"scoreBased": True}).encode(), parser)
    measures = read_measures(mei, part_list)
    if not measures:
        raise InputRefused(reason="no_measures")
    order = playing_order(timemap, measures)
    struck = _struck_notes(timemap, mei, order, part_list)
    places = _places(struck, mei, measures)
    notes = sorted(_join_ties(struck, mei), key=lambda note: (note.start, note.staff, note.pitch))
    return Performance(
        part_list=part_list,
        mei=mei,
        measures=measures,
        order=order,
        tempo=tempo_map(measures, order),
        notes=tuple(notes),
        places=places,
    )


def written_notes(mei: etree._Element) -> Iterator[tuple[etree._Element, int, str]]:
    """Every note of the MEI with its staff number and voice."""
    for staff in mei.iter(f"{MEI}staff"):
        for layer in staff.iterfind(f"{MEI}layer"):
            for note in layer.iter(f"{MEI}note"):
                yield note, int(staff.get("n", "1")), layer.get("n", "1")


def chord_of(note: etree._Element) -> etree._Element | None:
    """The chord a note is part of, if it is."""
    parent = note.getparent()
    return parent if parent is not None and parent.tag == f"{MEI}chord" else None


def is_grace(note: etree._Element) -> bool:
    """Whether a note, or the chord it belongs to, is a grace note."""
    chord = chord_of(note)
    return note.get("grace") is not None or (chord is not None and chord.get("grace") is not None)


def _pitch(note: etree._Element) -> int | None:
    """The written pitch of an MEI note as MIDI number; None for notes without one (percussion)."""
    step, octave = note.get("pname.ges") or note.get("pname"), note.get("oct.ges") or note.get("oct")
    if step not in STEP_SEMITONES or octave is None:
        return None
    child = note.find(f"{MEI}accid")
    holders = (note,) if child is None else (note, child)
    spelled = (holder.get(name) for name in ("accid.ges", "accid") for holder in holders)
    accidental = next((name for name in spelled if name), "n")
    return 12 * (int(octave) + 1) + STEP_SEMITONES[step] + ACCIDENTAL_SEMITONES.get(accidental, 0)


def _drum(note: etree._Element) -> int | None:
    """The drum of General MIDI that a note without a pitch is played on; None where the score names none."""
    number = note.get("pnum") or ""
    return int(number) if number.isdigit() and int(number) < 128 else None


def _struck_notes(
    timemap: list[dict[str, Any]], mei: etree._Element, order: PlayingOrder, part_list: PartList
) -> list[Note]:
    """Every playing of every note, ties not yet joined, in order of their beginnings."""
    written = {element.get(XML_ID): (element, staff, layer) for element, staff, layer in written_notes(mei)}
    sounding: dict[str, Note] = {}
    notes: list[Note] = []
    for entry in timemap:
        now = float(entry["qstamp"])
        for played_id in entry.get("off", ()):
            if note := sounding.pop(played_id, None):
                note.end = max(now, note.start + SHORTEST_QUARTERS)
        for played_id in entry.get("on", ()):
            element, staff, layer = written.get(written_id(played_id), (None, 0, ""))
            pitch = None if element is None else _pitch(element)
            drum = None if element is None or pitch is not None else _drum(element)
            if element is None or (pitch is None and drum is None):
                continue
            measure, beat = order.at(now)
            if pitch is not None:
                pitch = min(127, max(0, pitch + part_list.part_of(staff).semitones_in(measure)))
            note = Note(
                id=written_id(played_id),
                staff=staff,
                layer=layer,
                pitch=pitch if pitch is not None else drum or 0,
                is_drum=pitch is None,
                start=now,
                end=now,
                measure=measure,
                beat=beat,
                ornamental=is_grace(element),
            )
            sounding[played_id] = note
            notes.append(note)
    for note in sounding.values():  # verovio ends every note it begins; be safe where it does not
        note.end = order.length
    return notes


def _places(notes: list[Note], mei: etree._Element, measures: tuple[Measure, ...]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for note in notes:
        places.setdefault(note.id, Place(note.staff, note.layer, measures[note.measure].start + note.beat))
    for chord in mei.iter(f"{MEI}chord"):
        first = chord.find(f"{MEI}note")
        if first is not None and (place := places.get(str(first.get(XML_ID)))):
            places[str(chord.get(XML_ID))] = place
    return places


def _join_ties(notes: list[Note], mei: etree._Element) -> list[Note]:
    """Let a tied note sound to the end of the last one instead of striking it again."""
    target = {tie.get("startid", "#")[1:]: tie.get("endid", "#")[1:] for tie in mei.iter(f"{MEI}tie")}
    by_id: dict[str, list[Note]] = defaultdict(list)
    for note in notes:
        by_id[note.id].append(note)
    joined: set[int] = set()
    for note in sorted(notes, key=lambda note: note.start, reverse=True):
        for follower in by_id.get(target.get(note.id, ""), ()):
            near = -1e-6 <= follower.start - note.end <= TIE_GAP_QUARTERS
            if near and id(follower) not in joined:
                note.end = follower.end
                note.tied = ((follower.id, follower.start), *follower.tied)
                joined.add(id(follower))
                break
    return [note for note in notes if id(note) not in joined]
