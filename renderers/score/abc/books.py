"""Books of tunes: where a tune begins and ends in a text, and which of many is meant.

A tune begins at its `X:` and ends at an empty line. Mail around it is left out, and so are the fences of a web page.
Its lines keep the numbers that they have in the whole text.

An empty line does not end a tune where the music plainly goes on below it: exports leave one behind `K:`, and
interleaved ABC has one where all voices rest.
"""

import re
from dataclasses import dataclass

from renderers.errors import InputRefused
from renderers.score.abc.remarks import Remarks

GOES_ON_AFTER_A_GAP = ("[V:", "[r:", "V:")
SHARED_FIELDS = ("M:", "L:", "C:", "O:", "U:", "m:", "I:", "Q:", "%%", "A:", "B:", "Z:", "N:", "S:", "R:")
FENCE = "```"

_FIELD = re.compile(r"[A-Za-z+]:(?![|:])")
_MUSIC_BELOW_A_GAP = re.compile(r"[\sA-Ga-gxzZ0-9/,'|:\]\[()<>{}^_=.~\-]*\|[\sA-Ga-gxzZ0-9/,'|:\]\[()<>{}^_=.~\-]*")


@dataclass(frozen=True)
class Line:
    """A line of the text and its number, counted from 1."""

    number: int
    text: str


@dataclass(frozen=True)
class TuneText:
    """One tune of a book: its lines, with those that the head of the file gives to all tunes in front."""

    number: str  # what stands behind X:
    title: str
    lines: tuple[Line, ...]


def split_book(text: str, remarks: Remarks) -> list[TuneText]:
    """All tunes of a text. Raises InputRefused where there is none."""
    lines = [
        Line(number, line.strip())
        for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
        if not line.lstrip().startswith(FENCE)
    ]
    starts = [place for place, line in enumerate(lines) if line.text.startswith("X:")]
    shared = _shared_fields(lines[: starts[0]]) if starts else []
    ends = [*starts[1:], len(lines)]
    tunes = [_tune(lines[start:end], shared, remarks) for start, end in zip(starts or [0], ends, strict=False)]
    if not any(line.text for tune in tunes for line in tune.lines):
        raise InputRefused(reason="no_music")
    return tunes


def choose_tune(tunes: list[TuneText], wish: str, remarks: Remarks) -> TuneText:
    """The tune whose number or title is wished for; without a wish the first one with notes.

    Raises InputRefused with what there is when nothing fits.
    """
    wish = wish.strip().casefold()
    if not wish:
        chosen = next((tune for tune in tunes if has_music(tune)), tunes[0])
        if len(tunes) > 1:
            remarks.add("book", n=len(tunes), number=chosen.number or "1", title=chosen.title or "?")
        return chosen
    for fits in (
        lambda tune: tune.number == wish,
        lambda tune: tune.title.casefold() == wish,
        lambda tune: wish in tune.title.casefold(),
    ):
        if found := next((tune for tune in tunes if fits(tune)), None):
            return found
    names = [f"{tune.number} {tune.title}".strip()[:60] for tune in tunes[:8]]
    raise InputRefused(reason="no_such_tune", text=wish[:60], n=len(tunes), names=names)


def has_music(tune: TuneText) -> bool:
    """Whether anything but fields and directives stands below the key."""
    key = next((place for place, line in enumerate(tune.lines) if line.text.startswith("K:")), len(tune.lines))
    return any(not line.text.startswith("%") and not _FIELD.match(line.text) for line in tune.lines[key + 1 :])


def _shared_fields(head: list[Line]) -> list[Line]:
    """The fields above the first tune that hold for all of them; what else stands there is mail."""
    return [line for line in head if line.text.startswith(SHARED_FIELDS) and line.text[2:].strip()]


def _tune(lines: list[Line], shared: list[Line], remarks: Remarks) -> TuneText:
    kept: list[Line] = []
    gap: Line | None = None
    for place, line in enumerate(lines):
        if not line.text:
            gap = gap or (line if kept else None)
            continue
        if gap is not None and not _goes_on(line.text, kept):
            _say_what_is_left_out(lines[place:], remarks)
            break
        if gap is not None and not line.text.startswith(GOES_ON_AFTER_A_GAP):
            remarks.add("empty_line", gap.number)
        gap = None
        kept.append(line)
    number = kept[0].text[2:].partition("%")[0].strip() if kept and kept[0].text.startswith("X:") else ""
    title = next((line.text[2:].strip() for line in kept if line.text.startswith("T:")), "")
    return TuneText(number, title, (*shared, *kept))


def _goes_on(text: str, before: list[Line]) -> bool:
    """Whether a line below an empty one belongs to the tune all the same."""
    if text.startswith(GOES_ON_AFTER_A_GAP):
        return True
    has_key = any(line.text.startswith("K:") for line in before)
    if not has_key:
        return bool(_FIELD.match(text))  # a header with a hole in it
    return _MUSIC_BELOW_A_GAP.fullmatch(text.partition("%")[0]) is not None or (
        before[-1].text.startswith(("K:", "%%")) and not text.startswith("X:") and "|" in text
    )


def _say_what_is_left_out(rest: list[Line], remarks: Remarks) -> None:
    lost = next((line for line in rest if "|" in line.text and not line.text.startswith("%")), None)
    if lost is not None:
        remarks.add("below_empty_line", lost.number)
