"""What is written at the two ends of a measure: repeat signs, endings, barlines; and what a section ends with."""

from __future__ import annotations

from dataclasses import dataclass

from renderers.score.abc.model import BarSign

SECTION_STYLES = ("light-light", "light-heavy", "heavy-light", "heavy-heavy")


@dataclass(slots=True)
class Marks:
    """What stands at the two ends of one measure."""

    starts: int = 0  # a repeat begins; how often it is played
    ends: int = 0
    ending: tuple[int, ...] = ()  # the numbers of an ending that begins here
    ending_text: str = ""
    ending_stopped: tuple[int, ...] = ()  # the numbers of one that ends here
    ending_stop: str = ""  # "stop" or "discontinue" where an ending ends
    first_ending: int | None = None  # behind this measure all before that ending comes once more
    played_again: range = range(0)  # the measures that do
    left_style: str = ""
    right_style: str = ""
    right_fermata: bool = False


def is_section_end(sign: BarSign) -> bool:
    """Whether a barline is more than a plain one."""
    return sign.style in SECTION_STYLES
