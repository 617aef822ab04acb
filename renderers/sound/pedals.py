"""When the sustaining pedal goes down and up: as it is written, and as a player adds it."""

from collections.abc import Iterator
from typing import NamedTuple

from renderers.score.mei import MEI
from renderers.sound.performance import Performance

IN_TURN = {"down": (True,), "up": (False,)}  # all else lets go and presses again


class PedalChange(NamedTuple):
    """staff: the first one of the part whose pedal it is. at: in played quarters."""

    staff: int
    at: float
    is_down: bool


def pedal_changes(performance: Performance) -> Iterator[PedalChange]:
    """All of them, repeats unfolded, in no order; at one moment a pedal goes up before it goes down."""
    for start, index in zip(performance.order.starts, performance.order.indices, strict=True):
        measure = performance.measures[index]
        for pedal in measure.element.iterfind(f"{MEI}pedal"):
            part = performance.part_list.part_of(int((pedal.get("staff") or "1").split()[0]))
            for is_down in IN_TURN.get(pedal.get("dir", "down"), (False, True)):
                yield PedalChange(part.staves[0], start + measure.beat_of(pedal.get("tstamp")), is_down)
    for pressed in performance.pedals:
        staff = performance.part_list.part_of(pressed.staff).staves[0]
        yield PedalChange(staff, pressed.start, True)
        yield PedalChange(staff, pressed.end, False)
