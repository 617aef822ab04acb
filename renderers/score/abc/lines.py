"""The lines of a tune by what they are: fields, directives, music. Remarks gone, continued fields joined.

`%%name value` and `I:name value` are one thing: a directive. A field that goes on in `+:` lines is one field. A line
of music that ends in a backslash goes on in the next line of music, whatever stands between them. A chord that a mail
program broke in two is put together.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from renderers.limits import check_line
from renderers.score.abc.books import Line
from renderers.score.abc.letters import read_letters
from renderers.score.abc.remarks import Remarks

TEXT_FIELDS = frozenset("ABCDFGHNORSTWZw")  # where escapes are letters
KNOWN_LOWER_CASE = frozenset("mrsw")
PROMPT = re.compile(r"%[^%]")

_FIELD = re.compile(r"([A-Za-z+]):(?![|:])\s?(.*)", re.DOTALL)
_DIRECTIVE = re.compile(r"%%\s*([\w-]+)\s*(.*)")
_LIKE_MUSIC = re.compile(r"[a-g]:.*\|")
_COMMENT = re.compile(r'"[^"]*"|\\%|(%)')
_COMMENT_IN_TEXT = re.compile(r"(?<!\\)(?:^|(?<=\s))%.*")
_OPEN_CHORD = re.compile(r"\[[\^_=A-Ga-g,'\d/.()-]*\Z")
_CHORD_CLOSES = re.compile(r"\s*[\^_=A-Ga-g,'\d/.()-]+\]")
_BLOCKS = ("begintext", "beginps", "beginsvg")


@dataclass(frozen=True)
class Field:
    """`letter: value` on a line of its own."""

    letter: str
    value: str
    number: int


@dataclass(frozen=True)
class Directive:
    """`%%name value`."""

    name: str
    value: str
    number: int


@dataclass(frozen=True)
class Music:
    """A line of music. `goes_on`: the next line of music belongs to it."""

    text: str
    number: int
    goes_on: bool = False


LogicalLine = Field | Directive | Music


def read_lines(lines: Sequence[Line], remarks: Remarks) -> list[LogicalLine]:
    """The lines of one tune, without `X:`."""
    read: list[LogicalLine] = []
    for line in _without_blocks(lines):
        found = _read_line(line, remarks)
        if isinstance(found, Field) and (found.letter == "+" or _continues_words(read, found)):
            _append(read, found, remarks)
        elif isinstance(found, Music) and _closes_chord(read, found):
            read[-1] = replace(found, text=read[-1].text + found.text.lstrip())  # type: ignore[union-attr]
        elif found is not None:
            read.append(found)
    return read


def _without_blocks(lines: Sequence[Line]) -> Iterator[Line]:
    """What stands between `%%begintext` and `%%endtext` as single lines of text; no other block, as it is no music."""
    waiting = ""
    for line in lines:
        if waiting:
            if line.text.replace(" ", "").startswith(waiting):
                waiting = ""
            elif waiting == "%%endtext" and (text := line.text.removeprefix("%%").strip()):
                yield replace(line, text=f"%%text {text}")
        elif match := _DIRECTIVE.match(line.text):
            if match[1].lower() in _BLOCKS:
                waiting = "%%end" + match[1].lower().removeprefix("begin")
            else:
                yield line
        else:
            yield line


def _read_line(line: Line, remarks: Remarks) -> LogicalLine | None:
    text = line.text
    check_line(text)
    if directive := _DIRECTIVE.fullmatch(text):
        return Directive(directive[1].lower(), directive[2].strip(), line.number)
    if text.startswith("%") or not text:
        return None
    field = _FIELD.fullmatch(text)
    if field is not None and not _LIKE_MUSIC.fullmatch(text):
        return _read_field(field[1], field[2], line.number, remarks)
    text = _without_comment(text)
    goes_on = text.endswith("\\")
    text = text.rstrip("\\").rstrip()
    return Music(text, line.number, goes_on) if text or goes_on else None


def _read_field(letter: str, value: str, number: int, remarks: Remarks) -> LogicalLine | None:
    if letter == "X":
        return None
    if letter in TEXT_FIELDS or letter == "+":
        value = _COMMENT_IN_TEXT.sub("", value)
        value = read_letters(value) if letter not in "w+" else value.replace("\\%", "%")
    else:
        value = _without_comment(value)
    value = value.strip()
    if letter == "I":
        return Directive(*parse_instruction(value), number)
    if letter.islower() and letter not in KNOWN_LOWER_CASE:
        remarks.add("field", number, text=f"{letter}:")
        return None
    return None if letter == "r" else Field(letter, value, number)


def parse_instruction(value: str) -> tuple[str, str]:
    """Name and value of an `I:` field: `MIDI program 40`, `MIDI=program 40`."""
    name, _, rest = value.replace("=", " ", 1).partition(" ") if value[:1].isalpha() else (value, "", "")
    return name.lower(), rest.strip()


def _continues_words(read: list[LogicalLine], found: Field) -> bool:
    """Whether a `w:` line belongs to the one above, which ends in a backslash."""
    before = read[-1] if read else None
    return isinstance(before, Field) and before.letter == found.letter == "w" and before.value.endswith("\\")


def _closes_chord(read: list[LogicalLine], found: Music) -> bool:
    """Whether the line above ends in a chord that this one closes."""
    before = read[-1] if read else None
    return isinstance(before, Music) and bool(_OPEN_CHORD.search(before.text) and _CHORD_CLOSES.match(found.text))


def _append(read: list[LogicalLine], more: Field, remarks: Remarks) -> None:
    """Put a `+:` line behind the field it continues."""
    before = read[-1] if read else None
    if isinstance(before, Field):
        more_value = read_letters(more.value) if before.letter in TEXT_FIELDS - {"w"} else more.value
        value = before.value.removesuffix("\\") if before.letter == "w" else before.value
        read[-1] = replace(before, value=f"{value} {more_value}".strip())
    else:
        remarks.add("continues_nothing", more.number)


def _without_comment(text: str) -> str:
    """Without what stands behind a per cent sign; one inside quotation marks is text."""
    if "%" not in text:
        return text
    for found in _COMMENT.finditer(text):
        if found[1]:
            return text[: found.start()].rstrip()
    return text.replace("\\%", "%")
