"""Count how people's songs move: how long a note is where in its bar and after which; writes config/song_rhythms.json.

    make measure NAME=song_rhythms ARGS="scores.jsonl.xz"

Counted are first voices of songs and chorales that are free of conditions (CC0 or public domain) and are trained on, in
the metres that hums are read in. A length lasts from one note to the next, in sixteenths, silence included. A bar
that has something else, as a triplet, parts what stands before it from what follows.
"""

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np

from generator.training.corpus import load_rows
from renderers.errors import InputRefused
from renderers.score.abc import read_abc
from renderers.score.abc.model import Event, VoiceBar

LENGTHS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24)
BARS = {"4/4": 16, "3/4": 12, "2/4": 8, "6/8": 12}
FIRST_VOICE = re.compile(r"\[V:1\].*?(?=\[V:|$)")
FILE = Path(__file__).parents[2] / "config" / "song_rhythms.json"
Run = list[tuple[int, int]]


def runs_of(abc: str, bar: int) -> Iterator[Run]:
    """Stretches of the first voice: (place in its bar, length) of each note. bar: in sixteenths, as all are."""
    head = [line for line in abc.splitlines() if line[:2] in ("L:", "M:", "K:") or line.startswith("V:1 ")]
    body = [found.group() for line in abc.splitlines() if line.startswith("[") and (found := FIRST_VOICE.search(line))]
    tune = read_abc("\n".join(["X:1", *head, *body]))
    places: list[int] = []
    is_tied = False
    for number, each in enumerate(tune.voices[0].bars):
        read = _places(each, bar, number == 0)
        if read is None or (number and each.length() * 16 != bar):
            yield _run(places, bar)
            places, is_tied = [], False
            continue
        for place, is_back, is_on in read:
            if not (is_tied and is_back):
                places.append(number * bar + place)
            is_tied = is_on
    yield _run(places, bar)


def _places(each: VoiceBar, bar: int, is_first: bool) -> list[tuple[int, bool, bool]] | None:
    """Of the notes: where they begin, whether they are tied back and on. None for what sixteenths cannot say."""
    length = each.length() * 16
    now = bar - length if is_first and length < bar else Fraction(0)
    found = []
    for event in each.layers[0]:
        if not isinstance(event, Event):
            continue
        if (event.length * 16).denominator != 1 or now.denominator != 1:
            return None
        if event.heads:
            head = event.heads[-1]
            found.append((int(now), head.is_tied_back, head.is_tied_on))
        now += event.length * 16
    return found


def _run(places: Sequence[int], bar: int) -> Run:
    return [(first % bar, after - first) for first, after in pairwise(places)]


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=song_rhythms", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    given = parser.parse_args(arguments)
    size = len(LENGTHS)
    counts = {
        name: {
            "songs": np.zeros(1),
            "begins": np.zeros(bar),
            "at": np.zeros((bar, size)),
            "after": np.zeros((size,) * 2),
        }
        for name, bar in BARS.items()
    }
    for row in load_rows(given.corpus):
        is_free = row["licence"].startswith(("CC0", "Public domain")) and row["split"] == "train"
        if not is_free or row["instrumentation"] not in ("Art Song", "Choral") or row["metre"] not in BARS:
            continue
        try:
            runs = [run for run in runs_of(row["abc"], BARS[row["metre"]]) if run]
        except InputRefused:
            continue
        _count(runs, counts[row["metre"]])
    _write(counts)
    print({name: [int(each["songs"][0]), int(each["at"].sum())] for name, each in counts.items()})
    return 0


def _count(runs: Sequence[Run], count: dict[str, np.ndarray]) -> None:
    count["songs"] += 1
    for number, run in enumerate(runs):
        if number == 0:
            count["begins"][run[0][0]] += 1
        known = [(place, LENGTHS.index(length) if length in LENGTHS else None) for place, length in run]
        for place, length in known:
            if length is not None:
                count["at"][place, length] += 1
        for (_, first), (_, second) in pairwise(known):
            if first is not None and second is not None:
                count["after"][first, second] += 1


def _write(counts: dict[str, dict[str, np.ndarray]]) -> None:
    metres = {name: {key: table.astype(int).tolist() for key, table in each.items()} for name, each in counts.items()}
    text = json.dumps({"lengths": LENGTHS, "metres": metres}, indent=1)
    rows = re.sub(
        r"\[[\d,\s]+\]", lambda row: re.sub(r"\s+", " ", row.group()).replace("[ ", "[").replace(" ]", "]"), text
    )
    FILE.write_text(rows + "\n", encoding="utf-8")
