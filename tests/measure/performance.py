"""How far a performance departs from what is written.

    make measure NAME=performance ARGS="/path/to/scores.jsonl.xz --pieces 40"

The pieces: JSON lines (.jsonl or .jsonl.xz) with `abc`, `composer` and `period`, so many of each period; without a file
those in tests/data. Each is played plainly and in the manner of its period. What is known of people stands beside it
where we have a source for it (`renderers/sound/expression`). By period, medians over pieces:

  melody lead     ms by which the melody of one keyboard is ahead of what is written with it (people: 20 to 30, as
                  Bjurling 2007 sums studies up; about 30, Goebl 2001)
  melody over     MIDI velocities between the two
  breathing       %, deviation of the tempo before the close
  last tempo      at the very end, as a share of the usual
  phrases         their median length in bars
  louder faster   correlation of tempo and loudness over the beats (people: positive, Todd 1992)
  pedals          changes of the pedal a bar in piano pieces that have none written
  length          of the performance against the plain one

and over all: whether both play the same notes, in the same order but for what begins together.
"""

import argparse
import json
import lzma
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from renderers.errors import RenderError
from renderers.score.musicxml import convert
from renderers.sound.expression.melody import find_melody
from renderers.sound.expression.phrases import find_phrases
from renderers.sound.manner import CLASSICAL, MANNERS
from renderers.sound.midi import play
from renderers.sound.performance import Performance
from renderers.sound.phrasing import Struck

DATA = Path(__file__).parents[1] / "data"
SAME_MOMENT = 1e-3
LEAST_BARS = 12


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Of one piece; None where it has nothing of the kind."""

    lead_ms: float | None
    melody_over: float | None
    breathing: float
    last_tempo: float
    phrase_bars: float
    louder_faster: float | None
    pedals_a_bar: float | None
    length: float
    same_notes: bool
    plain_s: float
    player_s: float


def pieces(path: Path | None, most: int) -> Iterator[tuple[str, str, str]]:
    """(id, period, ABC), `most` of each period, spread over the file."""
    if path is None:
        for file in sorted(DATA.glob("*.abc")):
            yield file.stem, "Classical", file.read_text(encoding="utf-8")
        return
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        rows = [row for line in lines if (row := json.loads(line)).get("bars", 0) >= LEAST_BARS]
    by_period = defaultdict(list)
    for row in rows:
        by_period[row["period"]].append(row)
    for period, own in sorted(by_period.items()):
        for row in own[:: max(1, len(own) // most)][:most]:
            yield row["id"], period, "X:1\nT:\n" + row["abc"]


def measure(abc: str, period: str) -> Figures:
    """Raises RenderError."""
    musicxml = convert(abc, title="", composer="", tune="").musicxml
    began_s = time.process_time()
    plain, plain_struck = play(musicxml)
    between_s = time.process_time()
    performance, struck = play(musicxml, MANNERS.get(period, CLASSICAL))
    player_s = time.process_time() - between_s
    is_alone = len(performance.part_list.parts) == 1
    lead, over = _melody(performance, struck) if is_alone else (None, None)
    tempo, loud = _beats(plain, performance, plain_struck, struck)
    body = tempo[: max(2, int(len(tempo) * 0.85))]
    bar = statistics.median(measure.length for measure in performance.measures)
    phrases = find_phrases(performance)
    length = performance.order.length
    return Figures(
        lead_ms=lead,
        melody_over=over,
        breathing=100 * float(np.std(body) / np.mean(body)),
        last_tempo=float(performance.tempo.bpm_at(length - 1e-3) / plain.tempo.bpm_at(length - 1e-3)),
        phrase_bars=statistics.median((phrase.end - phrase.start) / bar for phrase in phrases),
        louder_faster=float(np.corrcoef(body, loud[: len(body)])[0, 1]) if np.std(loud[: len(body)]) > 0 else None,
        pedals_a_bar=len(performance.pedals) / len(performance.order.starts) if performance.pedals else None,
        length=performance.tempo.seconds_at(length) / plain.tempo.seconds_at(plain.order.length),
        same_notes=_notes(plain_struck) == _notes(struck),
        plain_s=between_s - began_s,
        player_s=player_s,
    )


def _notes(struck: Sequence[Struck]) -> set[tuple[str, int]]:
    """Those that are written; how often the turns of an ornament are struck differs by period."""
    return {(note.id, note.staff) for note in struck}


def _melody(performance: Performance, struck: Sequence[Struck]) -> tuple[float | None, float | None]:
    """In parts of two staves: ms of lead, and velocities over what is written at the same moment."""
    two_staves = {staff for part in performance.part_list.parts if len(part.staves) > 1 for staff in part.staves}
    melody = {id(note) for note in find_melody(performance) if note.staff in two_staves}
    moments = defaultdict[int, list[tuple[bool, float, int]]](list)
    for note, hit in zip(performance.notes, struck, strict=True):
        if note.staff in two_staves and not note.ornamental:
            moments[round(note.start / SAME_MOMENT)].append((id(note) in melody, hit.start, hit.velocity))
    leads, overs = [], []
    for moment, hits in moments.items():
        upper = [hit for hit in hits if hit[0]]
        others = [hit for hit in hits if not hit[0]]
        if upper and others and moment > 0:
            seconds = performance.tempo.seconds_at
            leads.append(1000 * (seconds(others[0][1]) - seconds(upper[0][1])))
            overs.append(upper[0][2] - statistics.mean(hit[2] for hit in others))
    return (statistics.mean(leads), statistics.mean(overs)) if leads else (None, None)


def _beats(
    plain: Performance, performance: Performance, plain_struck: Sequence[Struck], struck: Sequence[Struck]
) -> tuple[Sequence[float], Sequence[float]]:
    """Of each quarter with notes: the tempo as a share of the written one, and how much louder it is than plainly."""
    before = defaultdict[int, list[int]](list)
    beats = defaultdict[int, list[int]](list)
    for notes, found in ((plain_struck, before), (struck, beats)):
        for note in notes:
            found[int(note.start + 0.1)].append(note.velocity)
    numbers = sorted(before.keys() & beats.keys())
    tempo = [performance.tempo.bpm_at(number + 0.5) / plain.tempo.bpm_at(number + 0.5) for number in numbers]
    return tempo, [statistics.mean(beats[number]) - statistics.mean(before[number]) for number in numbers]


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=performance", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scores", nargs="?", type=Path)
    parser.add_argument("--pieces", type=int, default=40, help="of each period")
    options = parser.parse_args(arguments)
    found = defaultdict[str, list[Figures]](list)
    for name, period, abc in pieces(options.scores, options.pieces):
        try:
            figures = measure(abc, period)
        except RenderError as error:
            print(f"{name}: {type(error).__name__}")
            continue
        if not figures.same_notes:
            print(f"{name}: other notes", flush=True)
        found[period].append(figures)
    for period, own in found.items():
        print(f"{period:12} {len(own):4} pieces  " + "  ".join(_medians(own)), flush=True)
    every = [figures for own in found.values() for figures in own]
    same = sum(figures.same_notes for figures in every)
    times = sum(figures.player_s for figures in every) / max(1e-9, sum(figures.plain_s for figures in every))
    print(f"{same} of {len(every)} with the same notes; a player takes {times:.2f} of the plain one's time")
    return 0


def _medians(own: Sequence[Figures]) -> Iterator[str]:
    for name, digits in (
        ("lead_ms", 1), ("melody_over", 1), ("breathing", 1), ("last_tempo", 2), ("phrase_bars", 1),
        ("louder_faster", 2), ("pedals_a_bar", 2), ("length", 3),
    ):  # fmt: skip
        values = [value for figures in own if (value := getattr(figures, name)) is not None]
        yield f"{name} {statistics.median(values):.{digits}f} ({len(values)})" if values else f"{name} -"
