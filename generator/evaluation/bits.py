"""The door to held-out bits per character: a network beside others, a 6-gram, xz and one that has learnt nothing.

Promises: all of them are asked about the same characters (`generator.training.held_out`).
Not covered: what the composed music is like; that is `figures.py`.
"""

import lzma
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from generator.evaluation.ngram import NgramModel
from generator.guard.recall import trust_of
from generator.model.checkpoint import load_network
from generator.model.network import Network
from generator.training.bits import score_network, untrained_like
from generator.training.commands import metadata_of, set_up_device, today, writes_at_home
from generator.training.corpus import Corpus, Row, load_corpus, prompt_lines, tune_lines
from generator.training.errors import CorpusError
from generator.training.held_out import held_out_windows, window_text

NGRAM_ORDER = 6


def measure_bits(
    weights: Path,
    corpus: Path,
    *,
    compare: Mapping[str, Path] | None = None,
    baselines: bool = True,
    added: str | None = None,
    device: str = "cpu",
    threads: int | None = None,
    bf16: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Held-out bits per character of a network, as JSON-ready figures.

    weights: NotaGen `.pth`, our `.safetensors`, or the `.pt` checkpoint of a training run. compare: other networks to
    set beside it, by name. baselines: also a character 6-gram, xz, and an untrained network of the same size.
    added: ask about the held-out pieces with this date alone, on which earlier figures stand.
    progress: called with pieces done and pieces in all.
    Raises CorpusError, CheckpointError, ResumeError.
    """
    started = time.monotonic()
    set_up_device(device, threads)
    pieces = load_corpus(corpus)
    if added is not None:
        pieces = replace(pieces, held_out=tuple(row for row in pieces.held_out if row.get("added") == added))
        if not pieces.held_out:
            raise CorpusError(reason="nothing_held_out", path=corpus)
    network = load_network(weights, device=device)
    count = len(pieces.held_out)
    scores = score_network(
        network, pieces.held_out, bf16=bf16, progress=None if progress is None else lambda done: progress(done, count)
    )
    figures: dict[str, Any] = {
        "date": today().isoformat(),
        "weights": {"file": weights.name, "bytes": weights.stat().st_size, **describe(network)},
        "metadata": metadata_of(weights),
        "corpus": {
            "file": corpus.name,
            "train": len(pieces.train),
            "held_out": count,
            "left_out": dict(pieces.left_out),
        },
        "sources": [list(source) for source in pieces.sources()],
        "held_out": scores.to_json(),
        "compared": {},
    }
    home, trust = writes_at_home(figures["metadata"]), trust_of(weights)
    if home:
        figures["at_home"] = score_network(network, pieces.held_out, bf16=bf16, home=True).to_json()
    if trust is not None:
        figures["recalling"] = score_network(network, pieces.held_out, home=home, trust=trust).to_json()
    for name, path in (compare or {}).items():
        other = load_network(path, device=device)
        figures["compared"][name] = score_network(other, pieces.held_out, bf16=bf16).to_json()
        if writes_at_home(metadata_of(path)):
            at_home = score_network(other, pieces.held_out, bf16=bf16, home=True).to_json()
            figures["compared"][f"{name} in C major and A minor"] = at_home
    if baselines:
        untrained = score_network(untrained_like(network), pieces.held_out, bf16=bf16)
        figures["untrained"] = untrained.overall.to_json()
        figures |= text_baselines(pieces)
    figures["seconds"] = round(time.monotonic() - started, 1)
    return figures


def text_baselines(corpus: Corpus) -> dict[str, Any]:
    """A 6-gram trained on the same pieces in their original keys, and xz on the held-out text alone."""
    texts = [window_text(window) for window in held_out_windows(corpus.held_out)]
    ngram = NgramModel(map(whole_text, corpus.train), order=NGRAM_ORDER)
    everything = b"".join(texts)
    packed = lzma.compress(everything, preset=9 | lzma.PRESET_EXTREME)
    return {
        "ngram": {"order": NGRAM_ORDER, "bits_per_character": round(ngram.bits_per_character(texts), 4)},
        "xz": {"bits_per_character": round(8 * len(packed) / len(everything), 4)},
    }


def whole_text(row: Row) -> bytes:
    """A piece as the network reads it: prompt, tune header and bars with their countdown."""
    header, bars = tune_lines(row["abc"])
    return "".join((*prompt_lines(row), *header, *bars)).encode("ascii")


def report_lines(figures: Mapping[str, Any]) -> list[str]:
    """What `measure_bits` found, for a person to read: a line for everything that was asked."""
    overall = figures["held_out"]["overall"]
    low, high = overall["interval"]
    named = [
        ("in C major and A minor", figures.get("at_home", {}).get("overall")),
        ("with its piece's memory", figures.get("recalling", {}).get("overall")),
        *((name, scores["overall"]) for name, scores in figures["compared"].items()),
        ("untrained", figures.get("untrained")),
        (f"{NGRAM_ORDER}-gram", figures.get("ngram")),
        ("xz", figures.get("xz")),
    ]
    return [
        f"{figures['weights']['file']}: {overall['bits_per_character']:.4f} bits per character "
        f"({low:.4f} to {high:.4f}) over {overall['pieces']} held-out pieces",
        *(f"  {name}: {score['bits_per_character']:.4f}" for name, score in named if score is not None),
    ]


def describe(network: Network) -> dict[str, int]:
    """Sizes of a network."""
    return {**asdict(network.shape), "parameters": sum(parameter.numel() for parameter in network.parameters())}
