"""Files for other programs, read back by them: does every format hold as many notes as the MusicXML?

    make measure NAME=exports ARGS="scores.jsonl.xz --pieces 100 --seed 1"
    make measure NAME=exports ARGS="scores.jsonl.xz --pieces 100 --voices 1"

`.mxl` is read by music21, MEI by converter21, and both counted beside the MusicXML as music21 reads it, every head of a
chord and every tied note. No program reads braille music into notes: its cells are counted by a reader of its own
(`count_braille_notes`), which knows nothing of how they were written, beside the notes with repeats written out.
"""

import argparse
import json
import lzma
import random
import re
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.making.reading import with_all_rests
from renderers.errors import InputRefused, NotInBraille, RenderError
from renderers.formats import BRAILLE, ENCODED, MUSICXML, PACKED, Format
from renderers.recipe import Recipe

NOTES = set("DEFGHIJ" + "NOPQRST" + "?:$]\\[W" + "YZ&=(!)")  # eighths, halves, quarters, wholes, each C to B
RESTS = set("MUVX")
INTERVALS = set("/+#903-")  # of a chord, from a second to an octave
# In this order: what holds letters that are no notes.
NO_NOTES = (
    r">[A-Z0-9'@,]+( [A-Z0-9'@,]+)+>",  # several words between word signs, with their stops
    r">[A-Z3]+",  # one word, a dynamic, the end of a hairpin
    r"(?<![^ ])[<%*]*#[A-J]+[0-9]*",  # the number of a bar, a key, a metre, so many rests
    r"<[LK]'?",  # fermatas and barlines
    r"@C|;B|\^2|C",  # ties and slurs
)
REPEATED = re.compile(r"(?<![^ ])7#([A-J]+)")  # the bar before, so many times; 7 alone: once


def main(arguments: Sequence[str]) -> int:
    """Returns 1 if any format holds another number of notes."""
    parser = argparse.ArgumentParser(prog="make measure NAME=exports", description="As many notes in every format?")
    parser.add_argument("rows", type=Path, help="a .jsonl.xz of pieces")
    parser.add_argument("--pieces", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--voices", type=int, help="only pieces with so many")
    asked = parser.parse_args(arguments)
    total: Counter[str] = Counter()
    for name, abc in _pieces(asked.rows, asked.pieces, asked.seed, asked.voices):
        found = measure(abc)
        total.update(found)
        if any("unequal" in what or "failed" in what for what in found):
            print(name, dict(found), flush=True)
    for what, number in sorted(total.items()):
        print(f"{number:8} {what}")
    return int(any("unequal" in what or "failed" in what for what in total))


def _pieces(rows: Path, num_pieces: int, seed: int, voices: int | None) -> Iterator[tuple[str, str]]:
    with lzma.open(rows, "rt", encoding="utf-8") as lines:
        found = [row for row in map(json.loads, lines) if voices is None or row["voices"] == voices]
    for row in random.Random(seed).sample(found, min(num_pieces, len(found))):
        yield row["id"], row["abc"]


def measure(abc: str) -> Counter[str]:
    """What became of one piece, by format."""
    recipe = Recipe(with_all_rests(abc), title="Piece", composer="Nobody")
    try:
        musicxml = recipe.make(MUSICXML)[MUSICXML.ending]
    except InputRefused:
        return Counter({"refused": 1})
    wanted = count_notes(read_back(musicxml, MUSICXML))
    found = Counter({"pieces": 1, "notes": wanted})
    for row in (PACKED, ENCODED):
        found.update(_compare(row, wanted, lambda row=row: count_notes(read_back(recipe.make(row)[row.ending], row))))
    played = count_notes(read_back(musicxml, MUSICXML), is_played=True)
    found.update(_compare(BRAILLE, played, lambda: count_braille_notes(recipe.make(BRAILLE)[BRAILLE.ending].decode())))
    return found


def _compare(row: Format, wanted: int, count: Any) -> Counter[str]:
    try:
        notes = count()
    except NotInBraille as error:
        return Counter({f"{row.name} not written: {error.reason}": 1})
    except RenderError as error:
        return Counter({f"{row.name} failed: {type(error).__name__} {error.reason}": 1})
    if notes == wanted:
        return Counter({f"{row.name} equal": 1})
    return Counter({f"{row.name} unequal": 1, f"{row.name} unequal, notes of {wanted}: {notes}": 1})


def read_back(content: bytes, row: Format) -> Any:
    """A score of music21, read from a file as another program would."""
    import converter21
    from music21 import converter

    converter21.register()
    form = {ENCODED: "mei"}.get(row, "musicxml")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder, f"score{row.ending}")
        path.write_bytes(content)
        return converter.parse(str(path), format=form, forceSource=True)


def count_notes(score: Any, *, is_played: bool = False) -> int:
    """Every head of every chord, graces too. is_played: with repeats written out; of the first part alone."""
    from music21.exceptions21 import Music21Exception

    if is_played:
        try:
            score = score.parts[0].expandRepeats()
        except Music21Exception:
            return -1
    found = (element for element in score.recurse().notes if "ChordSymbol" not in element.classes)
    return sum(len(element.notes) if hasattr(element, "notes") else 1 for element in found)


def count_braille_notes(brf: str) -> int:
    """The cells of notes and of intervals, after the line with metre and key that ends the head."""
    lines = [line for page in brf.split("\f") for line in page.split("\r\n")]
    music = next(number for number, line in enumerate(lines) if re.match(r"#[A-J]+ ", line))
    # The head of a new passage is centred, and a page ends with an empty line.
    within = [line for line in lines[music:] if line and not line.startswith("   ")]
    text = " ".join(line.strip() for line in within).replace('" ', "")  # a bar goes on in the next line
    text = re.sub(r"(.['/+#903-]*)\^C\1", r"\1", text)  # a breve: its whole note twice
    text = REPEATED.sub(lambda found: " ".join("7" * _number(found[1])), text)  # before its C is taken for a tie
    for pattern in NO_NOTES:
        text = re.sub(pattern, "", text)
    total = in_bar = 0
    for bar in text.split():
        if bar.startswith("7"):
            total += in_bar
        elif notes := sum(sign in NOTES or sign in INTERVALS for sign in bar):
            in_bar = notes
            total += notes
        elif set(bar) & RESTS:
            in_bar = 0
    return total


def _number(letters: str) -> int:
    return int("".join(str((ord(letter) - ord("A") + 1) % 10) for letter in letters))
