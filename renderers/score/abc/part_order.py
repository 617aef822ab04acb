"""`P:` in the header: the order in which the parts of a tune are played, such as `AABB`, `(AB)3C` or `A2.B`.

A page has no sign for any order; what a repeat sign cannot say is written out.
"""

import re
from collections.abc import Sequence

MAX_PARTS = 200

_TOKEN = re.compile(r"([A-Za-z])|(\()|(\))|(\d+)|[\s.,]+")


def parse_order(text: str) -> str:
    """The letters one by one; nothing where the text is no order."""
    text = text.partition('"')[0]
    stack: list[list[str]] = [[]]
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            return ""
        position = token.end()
        letter, opens, closes, times = token.groups()
        if letter:
            stack[-1].append(letter)
        elif opens:
            stack.append([])
        elif closes and len(stack) > 1:
            inner = "".join(stack.pop())
            stack[-1].append(inner)
        elif times and stack[-1]:
            stack[-1][-1] = stack[-1][-1] * min(int(times), MAX_PARTS)
        if sum(map(len, stack[-1])) > MAX_PARTS:
            return ""
    return "".join("".join(level) for level in stack)


def playing_order(order: str, labels: Sequence[str]) -> list[tuple[int, int]] | None:
    """(index of a label, how often it is played in a row), in order; None where a letter has no part."""
    places = {label: place for place, label in reversed(list(enumerate(labels)))}
    if not order or any(letter not in places for letter in order):
        return None
    played: list[tuple[int, int]] = []
    for letter in order:
        if played and played[-1][0] == places[letter]:
            played[-1] = (places[letter], played[-1][1] + 1)
        else:
            played.append((places[letter], 1))
    return played
