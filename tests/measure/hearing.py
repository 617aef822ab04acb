"""Whether a piece that is composed hears what a piece that is read to learn from it hears, and agrees with the clock.

    make measure NAME=hearing ARGS="CORPUS --pieces 500"

CORPUS is a `.jsonl` or `.jsonl.xz` file. Composing is played back as a draft goes about it: bar by bar, patch by patch
with all beginnings of each, one voice in eight thrown away and written again. Compared with that are the rows that
training reads (`generator.training.lessons`), byte by byte; and when every note of every voice begins and how long it
lasts with `generator.notation.durations`.
"""

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from random import Random

from generator.errors import NotationError
from generator.hearing.ear import Ear
from generator.hearing.header import WHOLE
from generator.hearing.line import SLACK
from generator.model.patches import PATCH_CHARS, patch_places
from generator.notation import Header, parse_bar, parse_header, time_music
from generator.notation.durations import Timed
from generator.training.corpus import Row, load_rows, tune_lines
from generator.training.lessons import Heard, hear_tune

REDRAWN = 8  # one patch in so many is followed by an earlier place


def compare_rows(header: Header, lines: Sequence[str], told: Heard, *, rng: Random) -> tuple[int, int]:
    """Characters, and how many of them hear something else while the piece is composed."""
    ear, patch, characters, different = Ear(header), 0, 0, 0
    for number, line in enumerate(lines):
        ear.learn([known.rstrip("\n") for known in lines[:number]])
        for start, count in patch_places(line):
            places = min(PATCH_CHARS, count + 1)
            different += sum(ear.hears(line[: start + i]) != told[patch, i].tobytes() for i in range(places))
            characters, patch = characters + count, patch + 1
            if rng.randrange(REDRAWN) == 0:
                ear.hears(line[: rng.randint(0, start)] + "[")
    return characters, different


def compare_times(header: Header, lines: Sequence[str]) -> Counter[str]:
    """Bars of voices by what became of them: the same, different, or without a length."""
    ear, counts = Ear(header), Counter[str]()
    metre, units = header.metre, dict[str, Fraction]()
    for line in lines:
        ear.rows(line)
        for voice in parse_bar(line.rstrip("\n")).voices:
            try:
                timing = time_music(voice.tokens, unit=units.get(voice.voice, header.unit), metre=metre)
            except NotationError:
                counts["no length"] += 1
                continue
            metre, units[voice.voice] = timing.metre, timing.unit
            counts["same" if _same(ear.events(voice.voice), timing.timed) else "different"] += 1
    return counts


def _same(heard: Sequence[tuple[int, int]], timed: Sequence[Timed]) -> bool:
    if len(heard) != len(timed):
        return False
    exact = ((one.onset * WHOLE, (one.onset + one.length) * WHOLE) for one in timed)
    pairs = zip(heard, exact, strict=True)
    return all(abs(start - a) <= SLACK and abs(until - b) <= SLACK for (start, until), (a, b) in pairs)


def chosen(corpus: Path, pieces: int, seed: int) -> list[Row]:
    rows = list(load_rows(corpus))
    return Random(seed).sample(rows, min(pieces, len(rows)))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="make measure NAME=hearing", description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--pieces", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    characters = different = 0
    times, seconds = Counter[str](), 0.0
    for row in chosen(asked.corpus, asked.pieces, asked.seed):
        header_lines, lines = tune_lines(row["abc"])
        header = parse_header([line.rstrip("\n") for line in header_lines])
        began = time.process_time()
        told = hear_tune(row["abc"])
        seconds += time.process_time() - began
        asked_for, unlike = compare_rows(header, lines, told, rng=Random(asked.seed))
        characters, different = characters + asked_for, different + unlike
        if unlike:
            print(f"{row['id']}: {unlike} places differ")
        times += compare_times(header, lines)
    print(f"{asked.pieces} pieces, {characters:,} characters: {different} places hear something else while composing")
    print("bars of voices against the clock: " + ", ".join(f"{count:,} {kind}" for kind, count in times.most_common()))
    print(f"{1e6 * seconds / max(1, characters):.1f} microseconds of processor time a character")
    return 0
