"""From a corpus of pieces to training windows.

A *row* is one piece of the corpus: a dictionary with `abc` (interleaved, rests omitted), `period`, `composer`,
`instrumentation`, `split` and more. A *window* is what the network sees at once: prompt, tune header, and as many bars
as fit into the context, each led by its `[r:bars before/bars after]` countdown.
"""

import json
import lzma
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.model.patches import BOS_PATCH, EOS_PATCH, encode_body_line, encode_header

Row = dict[str, Any]
Patches = NDArray[np.uint8]  # (patches, 16)


def load_rows(path: Path) -> Iterator[Row]:
    """The rows of a `.jsonl.xz` corpus."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def prompt_lines(row: Row) -> list[str]:
    """The three style lines that NotaGen is prompted with."""
    return [f"%{row[name]}\n" for name in ("period", "composer", "instrumentation")]


@dataclass(frozen=True)
class EncodedTune:
    """One piece in patches.

    header (patches, 16) begins with the BOS patch; body (patches, 16) ends with the EOS patch; bar i of the body
    starts at body[bar_starts[i]], its countdown included.
    """

    header: Patches
    body: Patches
    bar_starts: tuple[int, ...]

    def window(self, first_bar: int, limit: int) -> Patches:
        """Header and the bars from `first_bar` on, at most `limit` patches of them: (patches, 16)."""
        start = self.bar_starts[first_bar]
        return np.concatenate((self.header, self.body[start : start + limit]))[:limit]

    def random_window(self, limit: int, rng: Random) -> Patches:
        """A window of a piece too long for the context starts at its head, its tail or in between, each as often.

        Source: NotaGen pretrain/utils.py, `encode_train` with streaming on.
        """
        excess = len(self.header) + len(self.body) - limit
        if excess <= 0:
            return self.window(0, limit)
        tail = next((i for i, start in enumerate(self.bar_starts) if start >= excess), len(self.bar_starts) - 1)
        return self.window(rng.choice((0, tail, rng.randint(0, tail))), limit)


def encode_tune(prompt: Sequence[str], abc: str) -> EncodedTune:
    """Patches of a piece of interleaved ABC; the `[r:i/n]` countdown is added here.

    Raises ValueError for text that is not ASCII or has no tune body.
    """
    lines = [line + "\n" for line in abc.split("\n") if line]
    first = next((i for i, line in enumerate(lines) if "[V:" in line), None)
    if first is None:
        raise ValueError("the piece has no tune body")
    bars = lines[first:]
    body: list[tuple[int, ...]] = []
    bar_starts = []
    for index, bar in enumerate(bars):
        bar_starts.append(len(body))
        body += encode_body_line(f"[r:{index}/{len(bars) - index - 1}]{bar}")
    header = [BOS_PATCH, *encode_header([*prompt, *lines[:first]])]
    return EncodedTune(np.array(header, np.uint8), np.array([*body, EOS_PATCH], np.uint8), tuple(bar_starts))
