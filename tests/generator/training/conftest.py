"""A tiny corpus of our own and a plan for a tiny network."""

import json
from pathlib import Path
from random import Random

import pytest

from generator.training.corpus import Row
from generator.training.plan import Plan

HEADER = '%%score { 1 | 2 }\nL:1/8\nQ:1/4=90\nM:4/4\nK:C\nV:1 treble nm="Piano"\nV:2 bass\n'


def make_row(number: int, *, split: str = "train", bars: int = 6) -> Row:
    """A little piece of random crotchets for piano."""
    rng = Random(number)
    lines = []
    for _ in range(bars):
        right = " ".join(f"{rng.choice('CDEFGABcdefg')}2" for _ in range(4))
        left = " ".join(f"{rng.choice('CDEFGAB')},2" for _ in range(4))
        lines.append(f"[V:1]{right}|[V:2]{left}|")
    return {
        "id": f"own/{number}",
        "corpus": "own" if number % 2 else "other",
        "source": "us/tunes@abc123",
        "licence": "CC0-1.0",
        "period": "Romantic",
        "composer": "Nobody, Known",
        "instrumentation": "Keyboard" if number % 2 else "Chamber",
        "work": f"work {number}",
        "split": split,
        "aligned": True,
        "abc": HEADER + "\n".join(lines) + "\n",
    }


def write_corpus(path: Path, rows: list[Row]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def rows() -> list[Row]:
    return [make_row(i) for i in range(10)] + [make_row(i, split="held-out") for i in range(10, 13)]


@pytest.fixture
def corpus_file(tmp_path: Path, rows: list[Row]) -> Path:
    return write_corpus(tmp_path / "tunes.jsonl", rows)


@pytest.fixture
def tiny_plan() -> Plan:
    return Plan(
        patch_layers=1,
        hidden=64,
        context_patches=48,
        batch_patches=96,
        warmup_steps=2,
        budget_steps=8,
        pool_pieces=4,
        bf16=False,
        original_key_share=1.0,
    )
