"""What of hummed tunes is heard rightly: notes, lengths, tempo, metre, key, and how long an answer takes.

Two sets that know nothing of the reader: made-up tunes by made-up voices, which it was built with, and, as the judge,
folk songs by sampled instruments (`tests.measure.humming`). All go as Ogg Opus through the process that reads files.
A note counts as heard with its pitch, in the order of the tune; its length counts as it is written, and once
more where it is right but for a doubled or halved tempo, which one button mends. Real voices are not measured.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from renderers.errors import RenderError
from renderers.formats import HEARD, PAGES
from renderers.pipeline import Renderer, open_renderer
from renderers.score.files import ScoreFile
from renderers.score.hum.heard import Heard
from renderers.score.hum.songs import QUARTER
from tests.measure.humming import Hum, as_voice_message, sampled, synthesised

LEVELS = (Fraction(1), Fraction(2), Fraction(1, 2))


@dataclass(kw_only=True)
class Tally:
    """Counts over one set. lengths: as written; mended: with the better of the tempos. seconds: of each answer."""

    hums: int = 0
    notes: int = 0
    heard: int = 0
    added: int = 0
    lengths: int = 0
    mended: int = 0
    tempos: int = 0
    metres: int = 0
    keys: int = 0
    seconds: list[float] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The figures in words."""
        share = f"{self.heard / self.notes:.1%} of {self.notes} notes, {self.added} that nobody sang"
        yield f"notes {share}; lengths as written {self.lengths / self.notes:.1%}, but for the tempo's double "
        yield f"{self.mended / self.notes:.1%}"
        yield f"tempo {self.tempos}, metre {self.metres}, signature {self.keys} of {self.hums}"
        in_order = sorted(self.seconds)
        yield f"an answer with its page: {in_order[len(in_order) // 2]:.2f} s, the slowest {in_order[-1]:.2f} s"


def compare(hum: Hum, heard: Heard, tally: Tally) -> str:
    """Count one hum; returns a line about it."""
    pairs = _pairs(hum, [(length, pitch) for _, length, pitch in heard.notes])
    right = {level: sum(Fraction(length, QUARTER) * level == note for note, length in pairs) for level in LEVELS}
    best = max(LEVELS, key=lambda level: (right[level], level == 1))
    tally.hums += 1
    tally.notes += len(hum.notes)
    tally.heard += len(pairs)
    tally.added += len(heard.notes) - len(pairs)
    tally.lengths += right[Fraction(1)]
    tally.mended += right[best]
    tally.tempos += abs(heard.tempo / hum.beats_a_minute - 1) < 0.05
    tally.metres += heard.bars.metre == hum.metre
    tally.keys += heard.key.fifths == hum.fifths
    return f"{hum.name[:40]}: {len(pairs)} of {len(hum.notes)} notes, {right[Fraction(1)]} lengths ({right[best]})"


def _pairs(hum: Hum, notes: Sequence[tuple[int, int]]) -> list[tuple[Fraction, int]]:
    """The longest chain of heard notes that are meant ones, in their order: length meant, length heard."""
    meant = [(note.pitch, note.length) for note in hum.notes]
    rows = [[0] * (len(notes) + 1) for _ in range(len(meant) + 1)]
    for i in range(len(meant) - 1, -1, -1):
        for j in range(len(notes) - 1, -1, -1):
            same = rows[i + 1][j + 1] + 1 if meant[i][0] == notes[j][1] else 0
            rows[i][j] = max(same, rows[i + 1][j], rows[i][j + 1])
    i = j = 0
    pairs = []
    while i < len(meant) and j < len(notes):
        if meant[i][0] == notes[j][1] and rows[i][j] == rows[i + 1][j + 1] + 1:
            pairs.append((meant[i][1], notes[j][0]))
            i, j = i + 1, j + 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


async def _measure(hums: Iterator[Hum], name: str, reader: Renderer, *, verbose: bool) -> None:
    tally, refused = Tally(), 0
    for hum in hums:
        file = ScoreFile(name="voice", content=as_voice_message(hum.samples))
        started_s = time.monotonic()
        try:
            rendering = await reader.render_most(file, [HEARD.name, PAGES.name])
        except RenderError as error:
            refused += 1
            tally.notes += len(hum.notes)
            print(f"{hum.name}: {type(error).__name__} {error.reason}", flush=True)
            continue
        tally.seconds.append(time.monotonic() - started_s)
        line = compare(hum, Heard.from_json(json.loads(rendering.files[HEARD.ending])), tally)
        if verbose:
            print(line, flush=True)
    print(f"{name}: {tally.hums} hums, {refused} refused", *tally.lines(), sep="\n  ", flush=True)


async def _run(count: int, *, sets: Sequence[str], verbose: bool) -> None:
    async with open_renderer() as reader:
        await reader.warm_up()
        if "synthesised" in sets:
            hums = (synthesised.make_hum(number) for number in range(count))
            await _measure(hums, "made-up voices", reader, verbose=verbose)
        if "sampled" in sets:
            songs = sampled.find_songs(count)
            judged = (sampled.make_hum(number, song) for number, song in enumerate(songs))
            await _measure(judged, "folk songs by sampled instruments", reader, verbose=verbose)


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make measure NAME=hums", description=__doc__)
    parser.add_argument("--count", type=int, default=40, help="hums of each set")
    parser.add_argument("--sets", nargs="*", default=["synthesised", "sampled"], help="which sets")
    parser.add_argument("--verbose", action="store_true", help="a line for each hum")
    asked = parser.parse_args(arguments)
    asyncio.run(_run(asked.count, sets=asked.sets, verbose=asked.verbose))
    return 0
