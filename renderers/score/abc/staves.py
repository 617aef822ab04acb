"""`%%score` and `%%staves`: which voices share a staff, which staves a part, which parts a bracket.

    %%score [(S A) (T B)] {RH | LH}

Round brackets hold the voices of one staff, curly ones the staves of one part, square ones a group of parts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from renderers.errors import InputRefused

MAX_DEPTH = 6
_CLOSES = {")": "(", "]": "[", "}": "{"}
_SIGN = re.compile(r"\s*([()\[\]{}|*]|[^\s()\[\]{}|*%]+)")


@dataclass
class PartLayout:
    """The staves of one part, each with the ids of its voices."""

    staves: list[list[str]] = field(default_factory=list)
    is_braced: bool = False


@dataclass
class Layout:
    """All parts in order, and the groups: (first part, last part) with a bracket before them."""

    parts: list[PartLayout] = field(default_factory=list)
    groups: list[tuple[int, int]] = field(default_factory=list)


def parse_layout(text: str) -> Layout:
    """Read the value of `%%score`. Raises InputRefused where brackets do not match."""
    layout = Layout()
    opened: list[str] = []
    group_starts: list[int] = []
    for sign in _signs(text):
        if sign in "([{":
            opened.append(sign)
            if len(opened) > MAX_DEPTH:
                raise InputRefused(reason="score_nested")
            _open(layout, sign, opened, group_starts)
        elif sign in _CLOSES:
            if not opened or opened.pop() != _CLOSES[sign]:
                raise InputRefused(reason="score_brackets")
            if sign == "]" and group_starts:
                layout.groups.append((group_starts.pop(), len(layout.parts) - 1))
        elif sign not in "|*":
            _add_voice(layout, sign, opened)
    if opened:
        raise InputRefused(reason="bracket_open")
    layout.parts = [part for part in layout.parts if any(part.staves)]
    layout.groups = [(first, last) for first, last in layout.groups if first < last < len(layout.parts)]
    return layout


def complete_layout(layout: Layout | None, voices: Sequence[str]) -> tuple[Layout, list[str]]:
    """The layout with every voice in it, once, and the ids that it did not know of.

    A voice that nobody places gets a part of its own behind the others; so no voice is lost.
    """
    layout = layout or Layout()
    placed: set[str] = set()
    for part in layout.parts:
        part.staves = [_take_new(staff, voices, placed) for staff in part.staves]
    kept = [index for index, part in enumerate(layout.parts) if any(part.staves)]
    places = {index: place for place, index in enumerate(kept)}
    layout.groups = [
        (min(inside), max(inside))
        for first, last in layout.groups
        if len(inside := [places[index] for index in range(first, last + 1) if index in places]) > 1
    ]
    layout.parts = [layout.parts[index] for index in kept]
    for part in layout.parts:
        part.staves = [staff for staff in part.staves if staff]
    missing = [voice for voice in voices if voice not in placed]
    layout.parts += [PartLayout([[voice]]) for voice in missing]
    return layout, missing


def _take_new(staff: list[str], voices: Sequence[str], placed: set[str]) -> list[str]:
    """The voices of a staff that exist and stand nowhere yet."""
    new = [voice for voice in dict.fromkeys(staff) if voice in voices and voice not in placed]
    placed.update(new)
    return new


def _signs(text: str) -> list[str]:
    signs = []
    position = 0
    text = text.partition("%")[0].rstrip()
    while position < len(text):
        sign = _SIGN.match(text, position)
        if sign is None:
            raise InputRefused(reason="score_sign", text=repr(text[position:].strip()[:1]))
        position = sign.end()
        signs.append(sign[1])
    return signs


def _open(layout: Layout, sign: str, opened: list[str], group_starts: list[int]) -> None:
    in_brace = "{" in opened[:-1]
    if sign == "{" and not in_brace:
        layout.parts.append(PartLayout(is_braced=True))
    elif sign == "[" and not in_brace:
        group_starts.append(len(layout.parts))
    elif sign == "(" and "(" not in opened[:-1]:
        if not in_brace:
            layout.parts.append(PartLayout())
        layout.parts[-1].staves.append([])


def _add_voice(layout: Layout, voice: str, opened: list[str]) -> None:
    if "(" in opened and layout.parts[-1].staves:  # none yet: a brace within a parenthesis
        layout.parts[-1].staves[-1].append(voice)
    elif "{" in opened:
        layout.parts[-1].staves.append([voice])
    else:
        layout.parts.append(PartLayout([[voice]]))
