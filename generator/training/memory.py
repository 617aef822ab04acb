"""What a piece's own earlier bars lead to expect, for every character of it: what `generator.guard.recall` asks while a
piece is composed, worked out for a whole piece that is known.

While training it is mixed into the loss as it will be mixed into sampling: a network need not learn to copy what the
memory copies for it. Here every passage is followed from character to character instead of being looked for anew, which
takes a tenth of the time.

Promises: the same as `Recall.expect` and `Trust.hint`, but for passages of more than 128 characters, of which another
may be followed; a test compares.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from generator.guard.recall import BAR_END, LONGEST, SHORTEST, Passages, Steps, Trust, goes_round, tied_character
from generator.model.patches import EOS, PATCH_CHARS, patch_places
from generator.notation.tokens import VOICE_TAG

# What the weights of 2026-11-21 had learnt (`matches.py`); every export learns its own.
USUAL_TRUST = Trust(
    voice=(1.875, -0.4299),
    steps=(-1.2657, 0.6245),
    score=(-0.8721, 0.4727),
    tie=1.5148,
    network=0.9404,
    longest=-0.0712,
    beside_tie=-0.3934,
)
TIE_CHARS = 48  # a tie further back has found its note
TAIL_CHARS = 400  # that are looked at for a tie and its note


@dataclass(frozen=True, eq=False)
class Expectations:
    """One place for every character of some patches (n, 16). chars: what is expected, 0 for nothing; its log odds are
    offsets + slopes · those that the network gives it.
    """

    chars: NDArray[np.uint8]
    offsets: NDArray[np.float32]
    slopes: NDArray[np.float32]

    def __getitem__(self, patches: slice) -> "Expectations":
        return Expectations(self.chars[patches], self.offsets[patches], self.slopes[patches])


def no_expectations(count: int) -> Expectations:
    """For so many patches."""
    numbers = np.zeros((count, PATCH_CHARS), np.float32)
    return Expectations(np.zeros((count, PATCH_CHARS), np.uint8), numbers, numbers)


def join_expectations(parts: Sequence[Expectations]) -> Expectations:
    """One behind the other."""
    return Expectations(
        np.concatenate([part.chars for part in parts]),
        np.concatenate([part.offsets for part in parts]),
        np.concatenate([part.slopes for part in parts]),
    )


class Stream:
    """A text that is known to its end, and the longest earlier passage behind which each of its prefixes ends."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.behind, self.length = longest_matches(text)

    def expect(self, end: int) -> tuple[str, int]:
        """What `longest_match(text[:end], SHORTEST)` finds: two characters and the length of the passage."""
        length = self.length[end]
        if not length:
            return "", 0
        behind = self.behind[end]
        return self.text[behind : min(behind + 2, end)], min(length, LONGEST)


def longest_matches(text: str) -> tuple[list[int], list[int]]:
    """For every prefix of a text: the place behind the longest earlier passage that ends like it, and its length.

    The latest of several; 0 and 0 where there is none of SHORTEST characters.
    """
    places: dict[str, list[int]] = {}
    behind, lengths = [0] * (len(text) + 1), [0] * (len(text) + 1)
    place = length = 0
    for end in range(SHORTEST, len(text) + 1):
        gram = text[end - SHORTEST : end]
        known = places.get(gram)
        if length and text[place] == text[end - 1]:
            # What goes on is the longest: a longer one now would have been longer a character ago.
            place, length = place + 1, length + 1
        elif known is None:
            length = 0
        else:
            place, length = _longest(text, end, known)
        if length:
            behind[end], lengths[end] = place, length
        if known is None:
            places[gram] = [end]
        else:
            known.append(end)
    return behind, lengths


def _longest(text: str, end: int, places: Sequence[int]) -> tuple[int, int]:
    """The place and length of the longest passage that ends at one of these places like the text at `end`."""
    best, longest = 0, 0
    for place in reversed(places):
        if longest and text[end - longest - 1 : end] != text[max(0, place - longest - 1) : place]:
            continue
        length = SHORTEST
        while length < min(LONGEST, place) and text[place - length - 1] == text[end - length - 1]:
            length += 1
        if length > longest:
            best, longest = place, length
            if longest >= LONGEST:
                break
    return best, longest


def expectations(lines: Sequence[str], trust: Trust) -> Expectations:
    """What is expected in the patches of these lines of a tune body, countdowns and line ends included."""
    chars: list[bytes] = []
    numbers: list[tuple[float, float]] = []
    for number, line in enumerate(_expected_in_lines(lines)):
        for start, count in patch_places(lines[number]):
            row = bytearray(PATCH_CHARS)
            for place in range(min(PATCH_CHARS, count + 1)):
                found = line.get(start + place)
                hint = None if found is None else best_founded(found, trust, patch_begun=place > 0)
                row[place] = 0 if hint is None else hint[0]
                numbers.append((0.0, 0.0) if hint is None else hint[1:])
            numbers += [(0.0, 0.0)] * (PATCH_CHARS - min(PATCH_CHARS, count + 1))
            chars.append(bytes(row))
    columns = np.array(numbers, np.float32).reshape(len(chars), PATCH_CHARS, 2)
    codes = np.frombuffer(b"".join(chars), np.uint8).reshape(len(chars), PATCH_CHARS)
    return Expectations(codes, columns[:, :, 0], columns[:, :, 1])


Found = dict[int, Passages]


def best_founded(found: Found, trust: Trust, *, patch_begun: bool) -> tuple[int, float, float] | None:
    """The character that is best founded, and its numbers. patch_begun: whether the patch may end here."""
    best: tuple[int, float, float] | None = None
    for code, passages in found.items():
        if code == EOS and not patch_begun:
            continue
        evidence, slope = _weighed(trust, passages)
        if best is None or evidence > best[1]:
            best = code, evidence, slope
    return best


@lru_cache(maxsize=65536)
def _weighed(trust: Trust, passages: Passages) -> tuple[float, float]:
    hint = trust.hint({0: passages})
    assert hint is not None
    return hint.offset, hint.slope


def _expected_in_lines(lines: Sequence[str]) -> Iterator[dict[int, Found]]:
    """For each line what is expected behind so many characters of it."""
    parts = [_cut(line) for line in lines]
    names = {name for line in parts for name, _, _ in line}
    voices = {name: Stream(BAR_END + "".join(_bars_of(name, parts))) for name in names}
    steps = {name: Stream(_steps_of(stream.text)) for name, stream in voices.items()}
    letters = {name: _letters_before(voices[name].text) for name in names}
    score = Stream("".join(_without_countdown(line) for line in lines))
    ends = dict.fromkeys(names, 1)  # how far each voice is said
    said = 0  # how far the score is
    last_voice = ""
    for number, (line, voices_here) in enumerate(zip(lines, parts, strict=True)):
        found: dict[int, Found] = {}
        round_and_round = goes_round(lines[max(0, number - 16) : number])
        skipped = len(line) - len(_without_countdown(line))
        for name, start, music in voices_here:
            begun = ends[name]
            if begun > 1:
                inside = len(music) - len(music.lstrip("|:"))
                closing = music.find(BAR_END, inside)
                most = len(music.rstrip("\n")) if closing < 0 else closing
                for place in range(most + 1):
                    one = _expected(
                        voices[name],
                        steps[name],
                        letters[name],
                        begun + place,
                        (score, said + start - skipped + place),
                        ends_line=name == last_voice,
                        ties_only=round_and_round,
                    )
                    if one:
                        found[start + place] = one
            ends[name] = begun + len(_bar_text(music))
        if voices_here:
            last_voice = voices_here[-1][0]
        said += len(line) - skipped
        yield found


def _expected(
    voice: Stream,
    steps: Stream,
    letters: Sequence[int],
    end: int,
    score_at: tuple[Stream, int],
    *,
    ends_line: bool,
    ties_only: bool,
) -> Found:
    """What is expected behind `end` characters of a voice."""
    found: Found = {}

    def note(char: str, passages: Passages, at_line_end: bool) -> None:
        if not char:
            return
        code = EOS if char == BAR_END and not at_line_end else ord(char)
        old = found.get(code)
        found[code] = passages if old is None else Passages(*(map(max, old, passages)))

    tie = voice.text.rfind("-", max(0, end - TIE_CHARS), end)
    if 0 <= tie < end - 1:
        note(tied_character(voice.text[max(0, end - TAIL_CHARS) : end]), Passages(tie=1), False)
    if ties_only:
        return found
    chars, length = voice.expect(end)
    if length:
        note(chars[:1], Passages(voice=length), ends_line)
    chars, length = steps.expect(end)
    if length:
        note(_letter_back(chars[:1], letters[end]), Passages(steps=length), ends_line)
    score, place = score_at
    chars, length = score.expect(place)
    if length:
        note(chars[:1], Passages(score=length), chars[1:] == "\n")
    return found


# --- texts ---------------------------------------------------------------------------------------------------------


def _cut(line: str) -> list[tuple[str, int, str]]:
    """Every voice of a line: its name, where its music begins, and its music."""
    marks = list(VOICE_TAG.finditer(line))
    ends = [mark.start() for mark in marks[1:]] + [len(line)]
    return [(mark[1], mark.end(), line[mark.end() : end]) for mark, end in zip(marks, ends, strict=False)]


def _bar_text(music: str) -> str:
    """A voice's bar as its memory holds it, with one plain barline at its end."""
    return music.rstrip("\n").removesuffix(BAR_END) + BAR_END


def _bars_of(name: str, parts: Sequence[Sequence[tuple[str, int, str]]]) -> Iterator[str]:
    return (_bar_text(music) for line in parts for voice, _, music in line if voice == name)


def _steps_of(text: str) -> str:
    return Steps().add(text).text


def _letters_before(text: str) -> list[int]:
    """For every prefix of a voice's text the place of its last note letter, as `Steps` knows it; -1 for none."""
    steps, places = Steps(), [-1]
    for char in text:
        steps.take(char)
        places.append(-1 if steps.last is None else steps.last)
    return places


def _letter_back(char: str, place: int) -> str:
    steps = Steps()
    steps.last = None if place < 0 else place
    return steps.back(char)


def _without_countdown(line: str) -> str:
    return line[line.index("]") + 1 :] if line.startswith("[r:") else line
