"""Write pieces as MIDI, read them back, and count what came back: onsets, written lengths, spelling, metre, key.

    make measure NAME=midi ARGS="scores.jsonl.xz --pieces 200"

Every piece is played plainly (grace notes, trills, tremolos, arpeggios and articulation left out, every note as long as
it is written), once exactly and once with every note moved by up to 30 ms at random. A note of the file counts as found
if the score that was read has its pitch where it was written; its length counts if it is the written one, too.
"""

import argparse
import itertools
import json
import lzma
import random
import re
import statistics
import sys
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import mido

from renderers.errors import InputRefused
from renderers.score.abc.model import Event, Tune
from renderers.score.midi import read_midi
from renderers.score.musicxml import convert
from renderers.sound.midi import midi_of
from renderers.sound.performance import Performance, perform
from renderers.sound.phrasing import Struck
from tests.measure.abc_against_music21 import plain

MOVED_S = 0.03
GRAIN = 1 / 96  # of a quarter: how near is the same place
ORNAMENTS = re.compile(
    r"!(?:trill\(?|trill\)|mordent|uppermordent|lowermordent|pralltriller|turn|invertedturn|arpeggio|[/-]+)!|[TMP~](?=[\[(A-Ga-g_=^.!])"
)
Found = dict[tuple[int, int], list[float]]  # (onset in grains, pitch) → lengths in quarters


@dataclass
class Count:
    """Notes of one style."""

    notes: int = 0
    onsets: int = 0
    lengths: int = 0
    pieces: int = 0

    def add(self, notes: int, onsets: int, lengths: int, *, pieces: int = 1) -> None:
        """One more piece."""
        self.notes, self.onsets, self.lengths = self.notes + notes, self.onsets + onsets, self.lengths + lengths
        self.pieces += pieces

    def line(self, name: str) -> str:
        """For people."""
        share = max(1, self.notes)
        return (
            f"{name:18} {self.pieces:4} pieces {self.notes:7} notes  onsets {self.onsets / share:6.1%}"
            f"  lengths {self.lengths / share:6.1%}"
        )


def pieces_with_style(rows: Path, num_pieces: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """Name, style and ABC of so many at random."""
    with lzma.open(rows, "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    for row in random.Random(seed).sample(found, min(num_pieces, len(found))):
        yield row["id"], row["instrumentation"], row["abc"]


def without_ornaments(abc: str) -> str:
    """As it is played plainly: no trills, tremolos, arpeggios, grace notes."""
    return ORNAMENTS.sub("", re.sub(r"\{[^}]*\}", "", abc))


def plainly_struck(performance: Performance) -> list[Struck]:
    """Every note as long as it is written."""
    return [
        Struck(
            staff=note.staff, layer=note.layer, pitch=note.pitch, start=note.start, end=note.end, velocity=80,
            is_drum=note.is_drum,
        )
        for note in performance.notes
        if not note.ornamental
    ]  # fmt: skip


def truth_of(struck: Sequence[Struck], midi: bytes) -> Found:
    """What has to come back: what the file holds, with written lengths.

    Parts that share a channel strike a pitch once where they have it together: the longer note is in the file.
    """
    found: Found = defaultdict(list)
    for note in struck:
        found[round(note.start / GRAIN), note.pitch].append(note.end - note.start)
    file = mido.MidiFile(file=BytesIO(midi))
    held: Counter[tuple[int, int]] = Counter()
    for track in file.tracks:
        for tick, message in _timed(track):
            if message.type == "note_on":
                held[round(tick / file.ticks_per_beat / GRAIN), message.note] += 1
    return {key: sorted(lengths)[-held[key] :] for key, lengths in found.items() if held[key]}


def notes_of(tune: Tune) -> Found:
    """The notes of a tune that was read, ties joined."""
    found: Found = defaultdict(list)
    for voice in tune.voices:
        bar_start = Fraction(0)
        tied: dict[int, tuple[Fraction, Fraction]] = {}
        for index, bar in enumerate(voice.bars):
            length = max(v.bars[index].length() for v in tune.voices if index < len(v.bars))
            length = length or bar.metre.length or Fraction(1)
            now = bar_start
            for event in bar.layers[0]:
                if not isinstance(event, Event):
                    continue
                event_length = length if event.is_bar_rest else event.length
                for head in event.heads:
                    pitch = (
                        12 * (head.octave + 1) + {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[head.step]
                    )
                    pitch += int(head.alter)
                    start, so_far = tied.pop(pitch) if head.is_tied_back and pitch in tied else (now, Fraction(0))
                    if head.is_tied_on:
                        tied[pitch] = (start, so_far + event_length)
                    else:
                        pitch = voice.sound.drums.get(pitch, pitch) if voice.sound.is_drums else pitch
                        found[round(float(start * 4) / GRAIN), pitch].append(float((so_far + event_length) * 4))
                now += event_length
            bar_start += length
    return found


def compare(truth: Found, read: Found) -> tuple[int, int, int, list[str]]:
    """(notes, onsets found, lengths right as well, a few that are missing)."""
    notes = onsets = lengths = 0
    missing: list[str] = []
    for key, wanted in sorted(truth.items()):
        found = sorted(read.get(key, ()))
        notes += len(wanted)
        onsets += min(len(wanted), len(found))
        left = list(found)
        for length in sorted(wanted):
            same = next((one for one in left if abs(one - length) < GRAIN), None)
            if same is not None:
                left.remove(same)
                lengths += 1
            elif len(missing) < 400:
                missing.append(f"{key[0] * GRAIN:.2f} {key[1]} {length:.2f}~{found}")
    return notes, onsets, lengths, missing


def moved(midi: bytes, rng: random.Random) -> bytes:
    """Every note moved by up to 30 ms, its end as far as its beginning. The ticks become finer."""
    file = mido.MidiFile(file=BytesIO(midi))
    finer = 4
    tempos = _tempos(file)
    ticks = [tick for tick, _ in tempos]
    out = mido.MidiFile(type=1, ticks_per_beat=file.ticks_per_beat * finer, charset="utf-8")
    for track in file.tracks:
        events: list[tuple[int, int, mido.Message]] = []
        waiting: dict[tuple[int, int], list[int]] = defaultdict(list)
        for tick, message in _timed(track):
            shift = 0
            if message.type in ("note_on", "note_off"):
                key = message.channel, message.note
                if message.type == "note_on":
                    tempo = tempos[bisect_right(ticks, tick) - 1][1]
                    per_second = file.ticks_per_beat * finer * 1e6 / tempo
                    shift = round(rng.uniform(-MOVED_S, MOVED_S) * per_second)
                    waiting[key].append(shift)
                else:
                    shift = waiting[key].pop(0)
            order = 0 if message.type == "note_off" else 2 if message.type == "note_on" else 1
            order = 3 if message.type == "end_of_track" else order
            events.append((max(0, tick * finer + shift), order, message))
        events.sort(key=lambda event: (event[1] == 3, event[0], event[1]))
        now, new = 0, mido.MidiTrack()
        for tick, _, message in events:
            new.append(message.copy(time=max(0, tick - now)))
            now = max(now, tick)
        out.tracks.append(new)
    held = BytesIO()
    out.save(file=held)
    return held.getvalue()


def lost(midi: bytes) -> bytes:
    """The same notes as they come from a keyboard: no tempo, no metre, no key, ticks that are no beats."""
    file = mido.MidiFile(file=BytesIO(midi))
    tempos = _tempos(file)
    seconds = [0.0]
    for (before, tempo), (after, _) in itertools.pairwise(tempos):
        seconds.append(seconds[-1] + (after - before) * tempo / 1e6 / file.ticks_per_beat)
    ticks = [tick for tick, _ in tempos]
    out = mido.MidiFile(type=1, ticks_per_beat=500)
    for track in file.tracks[1:]:
        now, new = 0, mido.MidiTrack()
        for tick, message in _timed(track):
            place = bisect_right(ticks, tick) - 1
            second = seconds[place] + (tick - ticks[place]) * tempos[place][1] / 1e6 / file.ticks_per_beat
            new_tick = round(1000 * (0.7 + second))
            new.append(message.copy(time=new_tick - now))
            now = new_tick
        out.tracks.append(new)
    held = BytesIO()
    out.save(file=held)
    return held.getvalue()


def _timed(track: mido.MidiTrack) -> list[tuple[int, mido.Message]]:
    now, found = 0, []
    for message in track:
        now += message.time
        found.append((now, message))
    return found


def _tempos(file: mido.MidiFile) -> list[tuple[int, int]]:
    marks = {0: 500_000}
    for track in file.tracks:
        marks |= {tick: message.tempo for tick, message in _timed(track) if message.type == "set_tempo"}
    return sorted(marks.items())


def measure(rows: Path, *, num_pieces: int, seed: int, show: float) -> None:
    """All pieces both ways, and what there is to say of them."""
    counts: dict[str, dict[str, Count]] = {"exact": defaultdict(Count), "moved": defaultdict(Count)}
    seconds = []
    for name, style, abc in pieces_with_style(rows, num_pieces, seed):
        try:
            performance = perform(convert(without_ornaments(plain(abc))).musicxml)
            struck = plainly_struck(performance)
            midi = midi_of(performance, struck, title=name)
        except InputRefused as error:
            print(f"{name}: cannot be written ({error.reason})", flush=True)
            continue
        truth = truth_of(struck, midi)
        for way, content in (("exact", midi), ("moved", moved(midi, random.Random(name)))):
            started_s = time.process_time()
            try:
                read = notes_of(read_midi(content))
            except InputRefused as error:
                print(f"{way} {name}: refused ({error.reason})", flush=True)
                read = {}
            seconds.append(time.process_time() - started_s)
            notes, onsets, lengths, missing = compare(truth, read)
            counts[way][style].add(notes, onsets, lengths)
            if lengths < show * notes:
                shares = f"onsets {onsets / notes:.1%} lengths {lengths / notes:.1%} of {notes}"
                print(f"{way} {name}: {shares} {missing[:3]}", flush=True)
    for way, by_style in counts.items():
        print(f"--- {way}")
        total = Count()
        for style, count in sorted(by_style.items()):
            print(count.line(style))
            total.add(count.notes, count.onsets, count.lengths, pieces=count.pieces)
        print(total.line("all"))
    print(f"{statistics.median(seconds):.2f} s a file in the middle, longest {max(seconds):.1f} s")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, measure, print. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path, help="a .jsonl.xz of pieces")
    parser.add_argument("--pieces", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=float, default=0.9, help="name the pieces with fewer lengths than this share")
    options = parser.parse_args(arguments)
    measure(options.rows, num_pieces=options.pieces, seed=options.seed, show=options.show)
    return 0


if __name__ == "__main__":
    sys.exit(main())
