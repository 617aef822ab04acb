"""How loud a staff plays at each place on the page: dynamic marks, hairpins, and the words crescendo and diminuendo.

The level is a MIDI velocity before the touch of single notes (renderers/sound/phrasing.py).
"""

from bisect import bisect_right
from dataclasses import dataclass, field

from lxml import etree

from renderers.score.mei import MEI
from renderers.score.parts import Part
from renderers.score.score_time import Measure
from renderers.sound.performance import Performance

LEVELS = {
    "pppp": 22, "ppp": 30, "pp": 40, "p": 52, "mp": 63, "mf": 74, "f": 88, "ff": 102, "fff": 114, "ffff": 122,
}  # fmt: skip
UNMARKED_LEVEL = 70  # between mp and mf
HAIRPIN_STEP = 13  # a hairpin that leads to no mark changes the level by about one degree
SOFTEST, LOUDEST = LEVELS["pppp"], LEVELS["ffff"]
SUDDEN_ACCENTS = frozenset({"sf", "sff", "sfz", "sffz", "fz", "ffz", "rf", "rfz", "fp", "sfp", "ffp"})
WORD_SWELL_QUARTERS = 16.0  # "cresc." reaches this far where no mark ends it
NEXT_MARK_QUARTERS = 4.0  # a mark this close behind a hairpin is what the hairpin leads to
SAME_PLACE_QUARTERS = 0.05


@dataclass(frozen=True, order=True)
class Swell:
    """A gradual change between two places on the page, in written quarters. `direction` is +1 or -1."""

    start: float
    end: float
    direction: int


@dataclass
class Marks:
    """What one staff is told: levels at places, gradual changes, and sudden accents."""

    levels: list[tuple[float, int]] = field(default_factory=list)
    swells: list[Swell] = field(default_factory=list)
    accents: list[float] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.levels or self.swells)

    def __add__(self, other: "Marks") -> "Marks":
        return Marks(self.levels + other.levels, self.swells + other.swells, self.accents + other.accents)


class StaffDynamics:
    """The level of one staff along the page: straight lines between breakpoints, steps where two share a place."""

    def __init__(self, marks: Marks) -> None:
        """Lay out the breakpoints of `marks`."""
        self.accents = sorted(marks.accents)
        self._points: list[tuple[float, float]] = []
        levels = sorted(dict(marks.levels).items())
        level: float = UNMARKED_LEVEL
        told: list[tuple[float, int | Swell]] = [*levels, *((swell.start, swell) for swell in marks.swells)]
        for place, event in sorted(told, key=lambda told: (told[0], isinstance(told[1], Swell))):
            if isinstance(event, Swell):
                level = self._swell(event, level, levels)
            else:
                self._points += [(place, level), (place, event)]
                level = event

    def _swell(self, swell: Swell, level: float, levels: list[tuple[float, int]]) -> float:
        start = max(swell.start, self._points[-1][0] if self._points else swell.start)
        following = levels[bisect_right(levels, (start, LOUDEST + 1)) :][:1]
        end, goal = swell.end, level + swell.direction * HAIRPIN_STEP
        if following and following[0][0] <= swell.end + NEXT_MARK_QUARTERS:
            place, mark = following[0]
            end = min(end, place)
            goal = mark if (mark - level) * swell.direction > 0 else goal
        goal = min(max(goal, SOFTEST), LOUDEST)
        self._points += [(start, level), (max(start, end), goal)]
        return goal

    def at(self, written: float) -> float:
        """The level at a place on the page, as a MIDI velocity."""
        after = bisect_right(self._points, (written + 1e-6, float("inf")))
        if after == 0:
            return self._points[0][1] if self._points else UNMARKED_LEVEL
        before, level = self._points[after - 1]
        if after == len(self._points):
            return level
        then, goal = self._points[after]
        return level if then <= before else level + (goal - level) * max(0.0, written - before) / (then - before)

    def is_accented(self, written: float) -> bool:
        """Whether a sforzato stands at this place."""
        after = bisect_right(self.accents, written + SAME_PLACE_QUARTERS)
        return after > 0 and self.accents[after - 1] >= written - SAME_PLACE_QUARTERS


def read_dynamics(performance: Performance) -> dict[int, StaffDynamics]:
    """The dynamics of every staff.

    Marks between two staves of one part stand below the upper one and mean both; marks below the lower staff mean it
    alone. A part without any mark follows the first part that has some: a singer goes along with the piano.
    """
    marks = _read_marks(performance)
    of_part = {part.staves: _marks_of_part(part, marks) for part in performance.part_list.parts}
    leading = next((first for staves in of_part.values() if (first := staves[0])), Marks())
    leading = Marks(leading.levels, leading.swells)  # its accents are its own
    dynamics = {}
    for staves, told in of_part.items():
        for staff, own in zip(staves, told, strict=True):
            dynamics[staff] = StaffDynamics(own if any(told) else leading + Marks(accents=own.accents))
    return dynamics


def _marks_of_part(part: Part, marks: dict[int, Marks]) -> list[Marks]:
    own = [marks.get(staff, Marks()) for staff in part.staves]
    upper = own[0] or next((lower for lower in own[1:] if lower), own[0])
    return [upper, *(upper if lower is upper else upper + lower for lower in own[1:])]


def _read_marks(performance: Performance) -> dict[int, Marks]:
    marks: dict[int, Marks] = {}
    for measure_index, measure in enumerate(performance.measures):
        for element in measure.element.iterfind("*"):
            if element.tag not in (f"{MEI}dynam", f"{MEI}hairpin", f"{MEI}dir"):
                continue
            start = _start(element, measure, performance)
            for staff in _staves(element, performance):
                told = marks.setdefault(staff, Marks())
                if element.tag == f"{MEI}hairpin":
                    told.swells.append(Swell(start, *_hairpin(element, start, measure_index, performance)))
                else:
                    _read_word("".join(element.itertext()), start, told)
    return marks


def _read_word(text: str, start: float, told: Marks) -> None:
    """Add what "p", "sempre pp", "fp", "cresc. poco a poco" mean; other words mean nothing here."""
    words = text.casefold().replace(".", " ").split()
    for word in words:
        if word in SUDDEN_ACCENTS:
            told.accents.append(start)
            if word.endswith("p"):
                told.levels.append((start, LEVELS["p"]))
        elif word in LEVELS:
            told.levels.append((start, LEVELS[word]))
        elif word.startswith("cresc"):
            told.swells.append(Swell(start, start + WORD_SWELL_QUARTERS, 1))
        elif word.startswith(("dim", "decresc")):
            told.swells.append(Swell(start, start + WORD_SWELL_QUARTERS, -1))


def _start(element: etree._Element, measure: Measure, performance: Performance) -> float:
    place = performance.places.get(element.get("startid", "#")[1:])
    return place.written if place else measure.start + measure.beat_of(element.get("tstamp"))


def _staves(element: etree._Element, performance: Performance) -> list[int]:
    if named := [int(staff) for staff in (element.get("staff") or "").split() if staff.isdigit()]:
        return named
    place = performance.places.get(element.get("startid", "#")[1:])
    return [place.staff if place else 1]


def _hairpin(element: etree._Element, start: float, measure_index: int, performance: Performance) -> tuple[float, int]:
    """Where a hairpin ends, and its direction. MEI writes the end as "1m+2.5": one measure on, beat 2.5."""
    direction = -1 if element.get("form") == "dim" else 1
    if place := performance.places.get(element.get("endid", "#")[1:]):
        return max(start, place.written), direction
    ahead, _, beat = (element.get("tstamp2") or "0m+99").rpartition("m+")
    index = min(measure_index + int(ahead or 0), len(performance.measures) - 1)
    end = performance.measures[index]
    return max(start, end.start + end.beat_of(beat)), direction
