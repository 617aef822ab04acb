"""The notes and rests of a MusicXML measure with their places in time and on the staff."""

from __future__ import annotations

from bisect import insort
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

STEPS = "CDEFGAB"
_MIDDLE_OF_CLEF = {"G": 4 * 7 + 4, "F": 3 * 7 + 3, "C": 4 * 7, "percussion": 4 * 7 + 6}  # the note its line is for
TREBLE_MIDDLE = 4 * 7 + 6

Children = Mapping[Any, etree._Element]  # of a note, by tag


@dataclass(slots=True, kw_only=True)
class Sign:
    """A note, a chord or a rest. onset, duration: in divisions, from the beginning of the measure.

    middle: what stands on the middle line of its staff, in steps above C0. steps: its notes in steps above C0, from
    below; none for a rest. has_beam, has_words: whether any of its notes has.
    """

    onset: int
    duration: int
    voice: str
    staff: int
    middle: int
    notes: list[etree._Element] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    is_rest: bool = False
    has_grace: bool = False
    has_beam: bool = False
    has_words: bool = False

    @property
    def is_hidden(self) -> bool:
        """Whether nothing of it is printed."""
        return self.notes[0].get("print-object") == "no"

    @property
    def end(self) -> int:
        """When it is over."""
        return self.onset + self.duration

    def add(self, note: etree._Element, children: Children) -> None:
        """One more note of the chord, or the first."""
        self.notes.append(note)
        if "rest" not in children:
            pitch = children.get("pitch")
            insort(self.steps, _step(children.get("unpitched") if pitch is None else pitch))
        self.has_beam = self.has_beam or "beam" in children
        self.has_words = self.has_words or "lyric" in children

    def ledger_lines(self, *, middle: int | None = None, moved: int = 0) -> int:
        """How many it needs: where `middle` stands on the middle line, moved by so many steps."""
        middle = self.middle if middle is None else middle
        if not self.steps:
            return 0
        farthest = max(abs(self.steps[0] + moved - middle), abs(self.steps[-1] + moved - middle))
        return max(0, (farthest - 4) // 2)


Bar = tuple[etree._Element, list[Sign]]  # a measure, and its signs


def step_of(note: etree._Element) -> int:
    """A note's place in steps above C0, sharps and flats aside."""
    pitch = note.find("pitch")
    return _step(note.find("unpitched") if pitch is None else pitch)


def _step(pitch: etree._Element | None) -> int:
    if pitch is None:
        return TREBLE_MIDDLE
    said = {child.tag: child.text for child in pitch}
    before = "" if pitch.tag == "pitch" else "display-"
    return int(said.get(f"{before}octave") or 4) * 7 + STEPS.index(said.get(f"{before}step") or "B")


def middle_of(clef: etree._Element) -> int:
    """What stands on the middle line behind a clef, in steps above C0."""
    sign = clef.findtext("sign") or "G"
    if sign not in "GFC":
        return _MIDDLE_OF_CLEF["percussion"]
    line = int(clef.findtext("line") or {"G": 2, "F": 4, "C": 3}[sign])
    octaves = int(clef.findtext("clef-octave-change") or 0)
    return _MIDDLE_OF_CLEF[sign] + 2 * (3 - line) + 7 * octaves


def read_part(part: etree._Element, *, among: Container[etree._Element] | None = None) -> Iterator[Bar]:
    """Each measure of a part with its signs, in the order in which they are written. among: only these."""
    middles: dict[int, int] = {}
    for measure in part.iterfind("measure"):
        if among is None or measure in among:
            yield measure, read_measure(measure, middles)
        elif measure.find("attributes/clef") is not None:
            read_measure(measure, middles)


def read_measure(measure: etree._Element, middles: dict[int, int]) -> list[Sign]:
    """The signs of a measure. middles: by staff; those at the end of the measure stand in it afterwards."""
    signs: list[Sign] = []
    changes: dict[int, list[tuple[int, int]]] = {}  # staff → (time, middle)
    now = 0
    has_grace = False
    for element in measure:
        if element.tag == "attributes":
            _read_clefs(element, now, changes)
        elif element.tag == "backup":
            now -= ticks(element)
        elif element.tag == "forward":
            now += ticks(element)
        elif element.tag == "note":
            # Asking lxml for children one by one takes most of the time that a page is made legible in.
            children = {child.tag: child for child in element}
            if "grace" in children:
                has_grace = True
                continue
            if "chord" not in children or not signs:
                signs.append(_sign(children, now, has_grace=has_grace))
                now = signs[-1].end
                has_grace = False
            signs[-1].add(element, children)
    for sign in signs:
        sign.middle = _middle_at(sign.onset, changes.get(sign.staff, ()), middles.get(sign.staff, TREBLE_MIDDLE))
    for staff, rows in changes.items():
        middles[staff] = max(rows, key=lambda row: row[0])[1]
    return signs


def _read_clefs(attributes: etree._Element, now: int, changes: dict[int, list[tuple[int, int]]]) -> None:
    for clef in attributes.iterfind("clef"):
        changes.setdefault(int(clef.get("number") or 1), []).append((now, middle_of(clef)))


def _middle_at(onset: int, changes: Sequence[tuple[int, int]], middle: int) -> int:
    for at, changed in changes:
        if at <= onset:
            middle = changed
    return middle


def _sign(children: Children, onset: int, *, has_grace: bool) -> Sign:
    return Sign(
        onset=onset,
        duration=int(float(_text(children, "duration") or 0)),
        voice=_text(children, "voice") or "1",
        staff=int(_text(children, "staff") or 1),
        middle=TREBLE_MIDDLE,
        is_rest="rest" in children,
        has_grace=has_grace,
    )


def _text(children: Children, tag: str) -> str | None:
    return children[tag].text if tag in children else None


def child_of(element: etree._Element, tag: str) -> etree._Element | None:
    """The first child of this tag. As `find`, which takes twice as long to say that there is none."""
    return next(element.iterchildren(tag), None)


def text_of(element: etree._Element, tag: str) -> str | None:
    """What that child says."""
    child = child_of(element, tag)
    return None if child is None else child.text


def ticks(element: etree._Element) -> int:
    """How long it lasts, in divisions."""
    for child in element.iterchildren("duration"):
        return int(float(child.text or 0))
    return 0


def by_voice(signs: list[Sign]) -> dict[str, list[Sign]]:
    """The signs of each voice, the voices in the order of their numbers."""
    voices: dict[str, list[Sign]] = {}
    for sign in signs:
        voices.setdefault(sign.voice, []).append(sign)
    if len(voices) < 2:
        return voices
    return {voice: voices[voice] for voice in sorted(voices, key=lambda name: (len(name), name))}


def set_child(note: etree._Element, tag: str, text: str) -> None:
    """Change what a child says, if there is one."""
    child = child_of(note, tag)
    if child is not None:
        child.text = text


def timed(measure: etree._Element) -> list[tuple[etree._Element, int, int]]:
    """All that stands in a measure but steps from voice to voice, when, and how long it takes.

    Notes of a chord begin with its first and take no time of their own, nor does anything but notes and rests.
    """
    rows = []
    now = began = 0
    for element in measure:
        if element.tag == "backup":
            now -= ticks(element)
        elif element.tag == "forward":
            now += ticks(element)
        elif takes_time(element):
            began, duration = now, ticks(element)
            rows.append((element, began, duration))
            now += duration
        else:
            is_chord_note = element.tag == "note" and child_of(element, "chord") is not None
            rows.append((element, began if is_chord_note else now, 0))
    return rows


def takes_time(element: etree._Element) -> bool:
    """Whether something is a note or a rest, no further note of a chord and no grace note."""
    if element.tag != "note":
        return False
    for child in element:  # MusicXML says these before what is sounded
        if child.tag in ("chord", "grace"):
            return False
        if child.tag in ("pitch", "rest", "unpitched"):
            break
    return True
