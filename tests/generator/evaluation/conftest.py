"""A tiny corpus of two styles that differ in every bar, and a tiny network that knows neither."""

import json
from pathlib import Path
from random import Random

import pytest

from generator.model.checkpoint import save_network
from generator.model.network import Network, Shape
from generator.training.corpus import Row

CHOPIN = ("Romantic", "Chopin, Frederic", "Keyboard")
BACH = ("Baroque", "Bach, Johann Sebastian", "Keyboard")
HEADER = '%%score {{ 1 | 2 }}\nL:1/8\nQ:1/4={tempo}\nM:4/4\nK:{key}\nV:1 treble nm="Piano"\nV:2 bass\n'


def make_row(number: int, style: tuple[str, str, str], *, split: str = "train", bars: int = 12, key: str = "C") -> Row:
    """Chopin: long chords under slow leaps; Bach: running quavers in both hands."""
    rng = Random(f"{number}{style}")
    lines = []
    for _ in range(bars):
        if style is CHOPIN:
            right = " ".join(f"{rng.choice('cegac')}'4" for _ in range(2))
            left = " ".join(rng.choice(("[C,E,G,]8", "[F,A,C]8", "[G,B,D]8")) for _ in range(1))
        else:
            right = "".join(rng.choice("CDEFGAB") for _ in range(8))
            left = "".join(f"{rng.choice('CDEFGAB')}," for _ in range(8))
        lines.append(f"[V:1]{right}|[V:2]{left}|")
    return {
        "id": f"own/{style[1][:4]}{number}",
        "corpus": "own",
        "source": "us/tunes@abc123",
        "licence": "CC0-1.0",
        **dict(zip(("period", "composer", "instrumentation"), style, strict=True)),
        "work": f"{style[1]}|work {number}",
        "split": split,
        "aligned": True,
        "abc": HEADER.format(tempo=60 + number, key=key) + "\n".join(lines) + "\n",
    }


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    styles = (CHOPIN, BACH)
    train = [make_row(number, style) for style in styles for number in range(18)]
    held_out = [make_row(number, style, split="held-out") for style in styles for number in range(18, 22)]
    return train + held_out


@pytest.fixture(scope="session")
def corpus_file(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "tunes.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    network = Network(Shape(patch_layers=1, char_layers=1, hidden=64, context_patches=128))
    network.init_weights(seed=3)
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_network(network, path, precision="fp32", metadata={})
    return path
