"""Read ABC → MusicXML with music21, and set every note beside our own MIDI of the same tune, played plainly.

    make measure NAME=abc_against_music21 ARGS="scores.jsonl.xz --pieces 200 --folder examples"

Repeats are not unfolded: what is compared is what stands on the page, note by note (onset in quarters, MIDI pitch,
sounding). Grace notes and arpeggios are taken out of the input, and ties joined. Exit code 1 if a piece differs.
"""

import argparse
import json
import lzma
import random
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

from generator.errors import NotationError
from generator.notation import complete_rests, parse_tune, strip_countdown
from renderers.errors import InputRefused
from renderers.score.musicxml import convert
from renderers.sound.performance import perform

TICKS = 48  # of a quarter, to which onsets are rounded
Notes = Counter[tuple[int, int]]


def pieces(rows: Path | None, num_pieces: int, folder: Path | None, seed: int) -> Iterator[tuple[str, str]]:
    """Names and ABC: so many at random out of a .jsonl.xz, and all .abc files of a folder."""
    if rows is not None:
        with lzma.open(rows, "rt", encoding="utf-8") as lines:
            found = [json.loads(line) for line in lines]
        for row in random.Random(seed).sample(found, min(num_pieces, len(found))):
            yield row["id"], row["abc"]
    for path in sorted(folder.rglob("*.abc")) if folder is not None else ():
        yield path.name, path.read_text(encoding="utf-8")


def ours(musicxml: str) -> Notes:
    """What we play: every written note once, at its written moment."""
    performance = perform(musicxml)
    played: dict[str, Any] = {}
    for note in performance.notes:
        if not note.ornamental:
            played.setdefault(note.id, note)
    return Counter((round(performance.written(note) * TICKS), note.pitch) for note in played.values())


def theirs(musicxml: str) -> Notes:
    """What music21 reads. Measures begin where ours do: at the end of the longest part of the one before.

    A note that is tied to the one before a repeat is struck when the repeat begins again.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from music21 import converter

        score: Any = converter.parseData(musicxml, format="musicxml").toSoundingPitch()
    notes: Notes = Counter()
    for part in score.parts:
        again = {round(Fraction(measure.offset) * TICKS) for measure in part["Measure"] if _begins_repeat(measure)}
        for note in part.flatten().notes:
            if note.duration.isGrace or not hasattr(note, "pitches"):
                continue
            heads = note.notes if note.isChord else [note]
            onset = round(Fraction(note.offset) * TICKS)
            for head in heads:
                tie = head.tie or (note.tie if not note.isChord else None)
                if tie is None or tie.type == "start" or onset in again:
                    notes[onset, head.pitch.midi] += 1
    return notes


def _begins_repeat(measure: Any) -> bool:
    return getattr(measure.leftBarline, "direction", "") == "start"


def plain(abc: str) -> str:
    """As `notabot render` completes it, without what moves notes when it is played: grace notes and arpeggios."""
    with suppress(NotationError):
        abc = str(complete_rests(strip_countdown(parse_tune(abc))))
    return re.sub(r"\{[^}]*\}|!arpeggio!", "", abc)


def read_command_line(description: str | None, arguments: list[str] | None) -> argparse.Namespace:
    """rows, pieces, folder and seed, as `pieces` takes them."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path, nargs="?", help="a .jsonl.xz of pieces")
    parser.add_argument("--pieces", type=int, default=200)
    parser.add_argument("--folder", type=Path, help="a folder of .abc files")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, compare, say what differs. Returns the exit code."""
    options = read_command_line(__doc__, arguments)
    num_equal = num_all = num_notes = 0
    for name, abc in pieces(options.rows, options.pieces, options.folder, options.seed):
        num_all += 1
        try:
            musicxml = convert(plain(abc)).musicxml
            our, their = ours(musicxml), theirs(musicxml)
        except InputRefused as error:
            print(f"{name}: refused ({error})", flush=True)
            continue
        num_notes += our.total()
        only_ours, only_theirs = our - their, their - our
        if only_ours or only_theirs:
            examples = [f"{tick / TICKS:.2f} {pitch}" for tick, pitch in sorted(only_ours)[:2]]
            others = [f"{tick / TICKS:.2f} {pitch}" for tick, pitch in sorted(only_theirs)[:2]]
            print(
                f"{name}: {only_ours.total()} of ours {examples}, {only_theirs.total()} of music21's {others}",
                flush=True,
            )
        else:
            num_equal += 1
    print(f"{num_equal} of {num_all} equal, {num_notes} notes")
    return int(num_equal < num_all)


if __name__ == "__main__":
    sys.exit(main())
