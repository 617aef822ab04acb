"""Votes: which of two pieces somebody liked better, one JSON object a line.

    {"id": "...", "time": "2026-11-29T21:30:00Z", "style": ["Romantic", "Chopin, Frederic", "Keyboard"],
     "a": {"abc": "...", "seed": 7, "weights": "40df..."}, "b": {...}, "first": "a", "verdict": "b",
     "voter": "5f1c...", "consent": true, "licence": "CC0"}

verdict: a, b, both or neither. What has to be there: style, a.abc, b.abc and verdict; a line without consent is a yes,
as in a file that somebody made of their own votes. voter: a hash; nobody has to know who it was.

Promises: `load_votes` says what became of every line; each vote's pair goes to one side of the split by its id, or by
its pieces where it has none, so that the same votes always test what others taught.
Not covered: what is learnt from them (`prefer.py`).
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.catalogue.style import Style
from generator.errors import GeneratorError
from generator.notation import parse_tune, reduce_rests
from generator.training.corpus import NOBODY, Row
from generator.training.errors import CorpusError
from generator.training.prepare.licences import licence_tier

TEST_SHARE = 0.1
SPLIT_STEPS = 1000
OF_THE_PAGE = ("X:", "T:", "C:", "W:", "w:", "Z:", "N:", "S:")  # header lines that the network does not read


@dataclass(frozen=True, kw_only=True)
class Pair:
    """What one vote says. chosen, rejected: interleaved ABC as the network reads it; tests: not to be learnt from."""

    style: Style
    chosen: str
    rejected: str
    tests: bool

    def rows(self) -> tuple[Row, Row]:
        """Both as rows of a corpus, the chosen one first."""
        style = self.style
        labels = {"period": style.period, "composer": style.composer, "instrumentation": style.instrumentation}
        chosen, rejected = ({**labels, "abc": abc} for abc in (self.chosen, self.rejected))
        return chosen, rejected


@dataclass(frozen=True)
class Votes:
    """The pairs, and how many lines were left out for which reason."""

    pairs: tuple[Pair, ...]
    left_out: Counter[str]

    @property
    def to_learn(self) -> list[Pair]:
        return [pair for pair in self.pairs if not pair.tests]

    @property
    def to_test(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.tests]


class _Useless(Exception):
    """A vote from which nothing can be learnt; says why."""


def load_votes(path: Path) -> Votes:
    """Read a `.jsonl` or `.jsonl.xz` file. Raises CorpusError if it cannot be read or no vote decides."""
    pairs: list[Pair] = []
    left_out = Counter[str]()
    seen: set[tuple[str, str, str]] = set()
    for vote in _objects(path):
        try:
            pair = _pair_of(vote)
            said = (str(vote.get("voter", "")), pair.chosen, pair.rejected)
            if said in seen:
                raise _Useless("said twice")
        except _Useless as reason:
            left_out[str(reason)] += 1
        else:
            seen.add(said)
            pairs.append(pair)
    if not any(pair.tests for pair in pairs) or all(pair.tests for pair in pairs):
        pairs = _with_a_test(pairs)
    if len(pairs) < 2:
        raise CorpusError(reason="no_votes", path=path, n=sum(left_out.values()))
    return Votes(tuple(pairs), left_out)


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    number = 0
    try:
        with lzma.open(path, "rb") if path.suffix == ".xz" else path.open("rb") as file:
            for line in file:
                if line.strip():
                    found = json.loads(line)
                    if not isinstance(found, dict):
                        raise ValueError("a line is not a JSON object")
                    yield found
                number += 1
    except FileNotFoundError as error:
        raise CorpusError(reason="no_such_votes", path=path) from error
    except (OSError, EOFError, lzma.LZMAError, ValueError) as error:
        raise CorpusError(reason="votes_cut_off", path=path, line=number + 1, why=error) from error


def _pair_of(vote: dict[str, Any]) -> Pair:
    """Raises _Useless."""
    if vote.get("consent", True) is not True:
        raise _Useless("no consent")
    if licence_tier(str(vote.get("licence", "CC0"))) == "other":
        raise _Useless("licence does not let everybody use it")
    verdict = vote.get("verdict")
    if verdict in ("both", "neither"):
        raise _Useless("undecided")
    if verdict not in ("a", "b"):
        raise _Useless("no verdict")
    try:
        period, composer, instrumentation = map(str, vote["style"])
        one, other = (_as_the_network_reads(vote[name]["abc"]) for name in ("a", "b"))
    except (KeyError, TypeError, ValueError, GeneratorError) as error:
        raise _Useless("no style, or no music") from error
    if not f"{period}{composer}{instrumentation}{one}{other}".isascii():
        raise _Useless("not plain ASCII")
    if one == other:
        raise _Useless("the same piece twice")
    chosen, rejected = (one, other) if verdict == "a" else (other, one)
    style = Style(period or NOBODY[0], composer or NOBODY[0], instrumentation or NOBODY[0])
    return Pair(style=style, chosen=chosen, rejected=rejected, tests=_is_a_test(str(vote.get("id", one + other))))


def _is_a_test(name: str) -> bool:
    digest = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest())
    return digest % SPLIT_STEPS < TEST_SHARE * SPLIT_STEPS


def _with_a_test(pairs: list[Pair]) -> list[Pair]:
    """Few votes: the last of them tests, the others teach."""
    last = len(pairs) - 1
    return [
        Pair(style=pair.style, chosen=pair.chosen, rejected=pair.rejected, tests=place == last)
        for place, pair in enumerate(pairs)
    ]


def _as_the_network_reads(abc: str) -> str:
    """A delivered piece as pieces of a corpus are: without title and credit, silent voices left out. Raises errors."""
    if not isinstance(abc, str):
        raise TypeError("no text")
    lines = [line for line in abc.split("\n") if line and not line.startswith(OF_THE_PAGE)]
    tune = reduce_rests(parse_tune("\n".join(lines) + "\n"))
    if not any(voice.sounds for bar in tune.bars for voice in bar.voices):
        raise ValueError("silence")
    return str(tune)
