"""From a corpus of pieces to training windows.

A *row* is one piece of the corpus: a dictionary with `abc` (interleaved, rests omitted), `period`, `composer`,
`instrumentation`, `split`, `work` and more. A *window* is what the network sees at once: prompt, tune header, and as
many bars as fit into the context, each led by its `[r:bars before/bars after]` countdown.

Promises: `load_corpus` refuses a corpus in which a work is both trained on and held out.
"""

import json
import lzma
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.model.patches import BOS_PATCH, EOS_PATCH, encode_body_line, encode_header
from generator.training.errors import CorpusError
from generator.training.prepare.licences import licence_tier

Row = dict[str, Any]
Patches = NDArray[np.uint8]  # (patches, 16)
STYLE_FIELDS = ("period", "composer", "instrumentation")
NOBODY = ("Unknown", "Anonymous", "Traditional")  # in place of a name
REQUIRED_FIELDS = ("abc", *STYLE_FIELDS, "split", "work")


def load_rows(path: Path) -> Iterator[Row]:
    """The rows of a `.jsonl` or `.jsonl.xz` corpus. Raises CorpusError, with the line, for what is no row."""
    read = 0
    try:
        with lzma.open(path, "rb") if path.suffix == ".xz" else path.open("rb") as file:
            for line in file:
                yield _checked_row(json.loads(line))
                read += 1
    except FileNotFoundError as error:
        raise CorpusError(reason="no_such_file", path=path) from error
    except (OSError, EOFError, lzma.LZMAError, ValueError) as error:
        raise CorpusError(reason="cut_off", path=path, line=read, why=error) from error


def _checked_row(row: Any) -> Row:
    if not isinstance(row, dict):
        raise ValueError("a line is not a JSON object")
    missing = [name for name in REQUIRED_FIELDS if not isinstance(row.get(name), str)]
    if missing:
        raise ValueError(f"a piece has no {', '.join(missing)}")
    return row


@dataclass(frozen=True)
class Corpus:
    """What can be trained on and what it is judged by. left_out counts the other rows by the reason."""

    train: tuple[Row, ...]
    held_out: tuple[Row, ...]
    left_out: Counter[str]

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.train + self.held_out

    def sources(self) -> list[tuple[str, str, int]]:
        """(source, licence, pieces trained on), the largest first."""
        counts = Counter((row.get("source", "unknown"), row.get("licence", "unknown")) for row in self.train)
        return [(source, licence, count) for (source, licence), count in counts.most_common()]

    @property
    def private(self) -> bool:
        """Whether a piece is trained on whose licence does not let everybody use it."""
        return any(tier_of(row) == "other" for row in self.train)


def load_corpus(path: Path, *, any_licence: bool = False) -> Corpus:
    """Read a corpus and sort out what cannot be used.

    Left out and counted: pieces with other characters than ASCII, pieces without music and, in training only, pieces
    whose voices were not equally long, and those whose licence does not let everybody use them, unless any_licence.
    (Held-out figures are comparable only if all of them are judged.)
    Raises CorpusError if nothing is left, nothing is held out, or a work stands on both sides.
    """
    corpus = sort_rows(load_rows(path), any_licence=any_licence)
    if not corpus.train:
        raise CorpusError(reason="nothing_to_train", path=path)
    if not corpus.held_out:
        raise CorpusError(reason="nothing_held_out", path=path)
    both = {row["work"] for row in corpus.train} & {row["work"] for row in corpus.held_out}
    if both:
        names = ", ".join(sorted(both)[:5])
        raise CorpusError(reason="in_both", n=len(both), path=path, names=names)
    return corpus


def sort_rows(rows: Iterable[Row], *, any_licence: bool = False) -> Corpus:
    """Train, held-out and left out."""
    train, held_out, left_out = [], [], Counter[str]()
    for row in rows:
        reason = why_left_out(row, any_licence=any_licence)
        if reason is not None:
            left_out[reason] += 1
        elif row["split"] == "train":
            train.append(row)
        else:
            held_out.append(row)
    return Corpus(tuple(train), tuple(held_out), left_out)


def why_left_out(row: Row, *, any_licence: bool = False) -> str | None:
    """The reason a row cannot be used, None if it can."""
    if row["split"] not in ("train", "held-out"):
        return "split is neither train nor held-out"
    if not all(row[name].isascii() for name in ("abc", *STYLE_FIELDS)):
        return "not plain ASCII"
    if "[V:" not in row["abc"]:
        return "no tune body"
    if row["split"] == "train" and not row.get("aligned", True):
        return "voices not equally long"
    if row["split"] == "train" and not any_licence and tier_of(row) == "other":
        return "licence does not let everybody use it"
    return None


def tier_of(row: Row) -> str:
    """permissive or other, as the row or its licence says. A row that names no licence says nothing against it."""
    return str(row.get("tier") or licence_tier(row.get("licence", "CC0")))


def prompt_lines(row: Row) -> list[str]:
    """The three style lines that NotaGen is prompted with."""
    return [f"%{row[name]}\n" for name in STYLE_FIELDS]


def tune_lines(abc: str) -> tuple[list[str], list[str]]:
    """Lines of the tune header and of the tune body, each bar led by its `[r:i/n]` countdown.

    Raises ValueError if there is no tune body.
    """
    lines = [line + "\n" for line in abc.split("\n") if line]
    first = next((i for i, line in enumerate(lines) if "[V:" in line), None)
    if first is None:
        raise ValueError("the piece has no tune body")
    bars = lines[first:]
    return lines[:first], [f"[r:{index}/{len(bars) - index - 1}]{bar}" for index, bar in enumerate(bars)]


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
        """A window of a piece too long for the context."""
        return self.window(self.random_first_bar(limit, rng), limit)

    def random_first_bar(self, limit: int, rng: Random) -> int:
        """Where a window of a piece too long for the context begins: its head three times in five, else its tail or in
        between.

        NotaGen takes each as often (pretrain/utils.py, `encode_train` with streaming on). Here every composed piece
        begins with a head, and is mostly short.
        """
        excess = len(self.header) + len(self.body) - limit
        if excess <= 0:
            return 0
        tail = next((i for i, start in enumerate(self.bar_starts) if start >= excess), len(self.bar_starts) - 1)
        return rng.choice((0, 0, 0, tail, rng.randint(0, tail)))


def encode_tune(prompt: Sequence[str], abc: str) -> EncodedTune:
    """Patches of a piece of interleaved ABC; the `[r:i/n]` countdown is added here.

    Raises ValueError for text that is not ASCII or has no tune body.
    """
    header_lines, bars = tune_lines(abc)
    body: list[tuple[int, ...]] = []
    bar_starts = []
    for bar in bars:
        bar_starts.append(len(body))
        body += encode_body_line(bar)
    header = [BOS_PATCH, *encode_header([*prompt, *header_lines])]
    return EncodedTune(np.array(header, np.uint8), np.array([*body, EOS_PATCH], np.uint8), tuple(bar_starts))
