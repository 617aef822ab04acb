"""Text to patches and back: the alphabet of a NotaGen model.

Promises: what the `encode_` functions return is, character for character, what the NotaGen reference feeds its
network (its `Patchilizer`, pretrain/utils.py at 4553cd7), so published weights see what they were trained on.
Not covered: whether the text is music. `generator.notation` knows about that.

A *patch* is 16 characters. A line of the tune header is cut into patches of its own, and so is each voice's bar in
a line of the tune body; the last patch of each is ended by EOS and filled up with PAD.
"""

import re
from collections.abc import Iterable, Iterator

PATCH_CHARS = 16
VOCABULARY = 128
PAD, BOS, EOS = 0, 1, 2
BOS_PATCH: tuple[int, ...] = (BOS,) * (PATCH_CHARS - 1) + (EOS,)
EOS_PATCH: tuple[int, ...] = (BOS,) + (EOS,) * (PATCH_CHARS - 1)
BLANK_PROMPT = "%"  # a line of the prompt that tells nothing
FILL_PROMPT = "%fill"  # the line of the prompt that says: the first bars stand behind a gap
MOST_GAP_BARS, MOST_BARS_BEHIND = 4, 4  # so many bars are taught to be left out, so many to be read first

# Order matters: the longest barline that fits wins, as in the reference.
_BARLINE = re.compile(r"(\|:|::|:\||\[\||\|\||\|\]|\|)")


def split_body_line(line: str) -> list[str]:
    r"""Cut one line of the tune body where the reference does: before every barline that starts a new voice.

    "[V:1]c4|[V:2]G4|\n" -> ["[V:1]c4", "|[V:2]G4|\n"]. The parts joined together are the line.
    """
    parts = [part for part in _BARLINE.split(line) if part]
    if len(parts) <= 1:
        return parts
    start = 0 if _BARLINE.fullmatch(parts[0]) else 1
    pieces = parts[:start] + ["".join(parts[i : i + 2]) for i in range(start, len(parts), 2)]
    # What follows the last barline (the line end) belongs to the last voice.
    if len(pieces) > 1 and "V" not in pieces[-1]:
        pieces[-2:] = [pieces[-2] + pieces[-1]]
    return pieces


def encode_text(text: str, *, finished: bool = True) -> list[tuple[int, ...]]:
    """Cut `text` into patches of 16 code points.

    finished: end the last patch with EOS; otherwise it is left open (PAD behind it) for the model to go on.
    Raises ValueError for characters outside the 128 that the model knows.
    """
    if not all(PAD < ord(char) < VOCABULARY and ord(char) > EOS for char in text):
        raise ValueError("a NotaGen model knows plain ASCII only")
    patches = []
    for start in range(0, len(text), PATCH_CHARS):
        codes = [ord(char) for char in text[start : start + PATCH_CHARS]]
        if len(codes) < PATCH_CHARS and finished:
            codes.append(EOS)
        patches.append(tuple(codes) + (PAD,) * (PATCH_CHARS - len(codes)))
    return patches


def encode_header(lines: Iterable[str]) -> list[tuple[int, ...]]:
    """Patches of the prompt and the tune header; each line must end in a newline."""
    return [patch for line in lines for patch in encode_text(line)]


def encode_body_line(line: str) -> list[tuple[int, ...]]:
    """Patches of one finished line (one bar of all voices) of the tune body, newline included."""
    return [patch for piece in split_body_line(line) for patch in encode_text(piece)]


def patch_places(line: str) -> Iterator[tuple[int, int]]:
    """Where in a line each of its patches begins, and how many characters it has."""
    start = 0
    for piece in split_body_line(line):
        for first in range(0, len(piece), PATCH_CHARS):
            yield start + first, min(PATCH_CHARS, len(piece) - first)
        start += len(piece)


def decode_patch(codes: Iterable[int]) -> str:
    """The characters of one patch, up to its EOS."""
    text = ""
    for code in codes:
        if code == EOS:
            break
        if code > EOS:
            text += chr(code)
    return text
