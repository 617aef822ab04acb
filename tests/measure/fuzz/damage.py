"""Ways to damage text, bytes and tables of values, each drawn from a random stream of its own."""

import random
from collections.abc import Callable, Sequence

MOST_DAMAGES = 6
HARMLESS_BUT_ODD = (
    "",
    " ",
    "\n",
    "\t",
    "0",
    "-1",
    "1/0x",
    "é",
    "日本",
    "\u200b",
    "\u202e",
    '"',
    "%",
    "[",
    "]",
    "{",
    "}",
)


def damaged_text(text: str, rng: random.Random, *, words: Sequence[str] = HARMLESS_BUT_ODD) -> str:
    """`text` after one to MOST_DAMAGES small accidents: a piece cut, doubled, moved, or a foreign word put in."""
    for _ in range(rng.randint(1, MOST_DAMAGES)):
        text = rng.choice(_TEXT_DAMAGES)(text, rng, words)
    return text


def damaged_bytes(content: bytes, rng: random.Random) -> bytes:
    """`content` with some bytes changed, cut off, doubled or put in."""
    for _ in range(rng.randint(1, MOST_DAMAGES)):
        content = rng.choice(_BYTE_DAMAGES)(content, rng)
    return content


def _span(length: int, rng: random.Random, *, longest: int = 40) -> tuple[int, int]:
    start = rng.randint(0, length)
    return start, min(length, start + rng.randint(0, longest))


def _cut(text: str, rng: random.Random, _words: Sequence[str]) -> str:
    start, end = _span(len(text), rng)
    return text[:start] + text[end:]


def _double(text: str, rng: random.Random, _words: Sequence[str]) -> str:
    start, end = _span(len(text), rng)
    return text[:end] + text[start:end] * rng.choice((1, 1, 2, 30)) + text[end:]


def _put_in(text: str, rng: random.Random, words: Sequence[str]) -> str:
    start, _ = _span(len(text), rng)
    return text[:start] + rng.choice(words) + text[start:]


def _swap_lines(text: str, rng: random.Random, _words: Sequence[str]) -> str:
    lines = text.split("\n")
    rng.shuffle(lines) if rng.random() < 0.1 else lines.insert(rng.randrange(len(lines)), lines.pop())
    return "\n".join(lines)


def _change_character(text: str, rng: random.Random, _words: Sequence[str]) -> str:
    if not text:
        return text
    place = rng.randrange(len(text))
    return text[:place] + chr(rng.choice((rng.randint(32, 126), rng.randint(0, 0x2FF)))) + text[place + 1 :]


def _change_number(text: str, rng: random.Random, _words: Sequence[str]) -> str:
    places = [place for place, char in enumerate(text) if char.isdigit()]
    if not places:
        return text
    place = rng.choice(places)
    return text[:place] + str(rng.choice((0, 1, 3, 7, 9, 64, 99, 1000))) + text[place + 1 :]


_TEXT_DAMAGES: tuple[Callable[[str, random.Random, Sequence[str]], str], ...] = (
    _cut,
    _double,
    _put_in,
    _put_in,
    _swap_lines,
    _change_character,
    _change_number,
)


def _flip(content: bytes, rng: random.Random) -> bytes:
    if not content:
        return content
    place = rng.randrange(len(content))
    return content[:place] + bytes([content[place] ^ (1 << rng.randrange(8))]) + content[place + 1 :]


def _cut_bytes(content: bytes, rng: random.Random) -> bytes:
    start, end = _span(len(content), rng, longest=max(1, len(content) // 4))
    return content[:start] + content[end:]


def _cut_end(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randint(0, len(content))]


def _double_bytes(content: bytes, rng: random.Random) -> bytes:
    start, end = _span(len(content), rng, longest=200)
    return content[:end] + content[start:end] * rng.choice((1, 3)) + content[end:]


def _put_in_bytes(content: bytes, rng: random.Random) -> bytes:
    start, _ = _span(len(content), rng)
    return content[:start] + rng.randbytes(rng.randint(1, 12)) + content[start:]


_BYTE_DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip,
    _flip,
    _cut_bytes,
    _cut_end,
    _double_bytes,
    _put_in_bytes,
)
