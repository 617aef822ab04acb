"""The order in which a humdrum file says its sections are played, `*>[A,A,B]`, beside what its barlines say.

What is promised: lists whose order the file's own repeat signs do not give are named, as nobody follows them.
Not covered: which of several lists (`*>norep[...]`) somebody wants; the first is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_LIST = re.compile(r"\*>\[([^\]]*)\]")
_LABEL = re.compile(r"\*>([^\[\]]+)")
_REPEAT_END = re.compile(r"=[^\t]*:\|")


def unfollowed_expansions(lines: Sequence[str]) -> Iterator[str]:
    """The list of sections that does not come about by playing the file as its barlines say. None or one."""
    said = next((found for line in lines if (found := _LIST.match(line))), None)
    if said is None:
        return
    labels = [(number, found[1]) for number, line in enumerate(lines) if (found := _LABEL.fullmatch(_first(line)))]
    bounds = [*(start for start, _ in labels), len(lines)]
    played: list[str] = []
    base = ""  # what an ending, B1 or B2, is one of
    for place, (start, label) in enumerate(labels):
        is_again = _is_repeated(lines, start, bounds[place + 1])
        if base and label.removeprefix(base).isdigit():
            played += [label, base] if is_again else [label]
        else:
            base = label
            played += [label, label] if is_again else [label]
    if played != [name.strip() for name in said[1].split(",")]:
        yield said[0]


def _first(line: str) -> str:
    return line.split("\t", 1)[0]


def _is_repeated(lines: Sequence[str], start: int, end: int) -> bool:
    """Whether a section ends with a repeat sign, which may stand behind the label of the next."""
    before = next((line for line in reversed(lines[start:end]) if line[:1] not in "*!"), "")
    behind = next((line for line in lines[end:] if line[:1] not in "*!"), "")
    return any(_REPEAT_END.match(_first(line)) for line in (before, behind))
