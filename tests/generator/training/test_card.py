import copy
import re
from typing import Any

import pytest

from generator.training.card import UNMEASURED, render_card


def group(bits: float, characters: int = 1000, pieces: int = 3) -> dict[str, float]:
    return {"bits_per_character": bits, "characters": characters, "pieces": pieces}


def scores(overall: float, chorales: float, others: float) -> dict[str, Any]:
    return {
        "overall": group(overall),
        "by_instrumentation": {"Keyboard": group(others), "Choral": group(chorales)},
        "by_corpus": {"own": group(others, 300), "more": group(others, 100), "dcml-bach_chorales": group(chorales)},
    }


@pytest.fixture
def evaluation() -> dict[str, Any]:
    return {
        "date": "2026-01-02",
        "weights": {
            "file": "notabot.safetensors",
            "bytes": 8_100_000,
            "patch_layers": 8,
            "char_layers": 1,
            "hidden": 256,
            "context_patches": 512,
            "parameters": 7_801_600,
        },
        "metadata": {"seconds": "7300", "steps": "8123", "characters": "99000111", "hardware": "2 CPU cores"},
        "corpus": {"file": "scores.jsonl.xz", "train": 4171, "held_out": 206, "left_out": {}},
        "sources": [["us/tunes@abc123", "CC0-1.0", 4000], ["a friend", "CC BY 4.0", 171]],
        "held_out": scores(1.0912, 0.8, 1.2),
        "compared": {"the first network": scores(1.231, 0.7, 1.4)},
        "untrained": group(7.5),
        "ngram": {"order": 6, "bits_per_character": 1.826},
        "xz": {"bits_per_character": 1.948},
    }


PIECES = {
    "date": "2026-01-03",
    "seed": 1000,
    "temperatures": {
        name: {
            "pieces": 200,
            "styles": 20,
            "bars": 3200,
            "aligned": 1.0,
            "aligned_abctoolkit": 0.995,
            "rendered": rendered,
            "empty": 0,
            "over_bar_count": 0,
            "bars_first_try": 0.614,
            "bars_repaired": 0.003,
            "patches_per_kept_patch": 1.42,
        }
        for name, rendered in (("1.2", 1.0), ("2.0", None))
    },
}


def test_the_card_shows_the_figures_of_the_evaluation(evaluation: dict[str, Any]) -> None:
    card = render_card(evaluation, PIECES)
    for expected in (
        "| **these weights** | **1.091** |",
        "| these weights, without the Bach chorales | 1.200 |",
        "| the first network | 1.231 |",
        "| character 6-gram | 1.826 |",
        "| untrained network of the same size | 7.500 |",
        "| parameters | 7,801,600 |",
        "| time | 2.03 hours |",
        "| steps | 8,123 |",
        "| [us/tunes@abc123](https://github.com/us/tunes/tree/abc123) | CC0-1.0 | 4,000 |",
        "| a friend | CC BY 4.0 | 171 |",
        "| bars right at the first try | 61.4 % | 61.4 % |",
        f"| pieces rendered in all formats | 100.0 % | {UNMEASURED} |",
    ):
        assert expected in card


def test_a_card_begins_with_its_licence(evaluation: dict[str, Any]) -> None:
    assert render_card(evaluation).startswith("---\nlicense: cc-by-sa-4.0\n")


def test_what_was_not_measured_says_so(evaluation: dict[str, Any]) -> None:
    bare = copy.deepcopy(evaluation)
    for name in ("ngram", "xz", "untrained"):
        del bare[name]
    bare["metadata"], bare["compared"] = {}, {}
    card = render_card(bare)
    assert f"| hardware | {UNMEASURED} |" in card
    assert f"| xz | {UNMEASURED} |" in card
    assert f"Composed pieces: {UNMEASURED}." in card


def test_every_table_has_as_many_cells_in_each_row(evaluation: dict[str, Any]) -> None:
    for block in re.findall(r"(?:^\|.*\n)+", render_card(evaluation, PIECES), flags=re.MULTILINE):
        assert len({line.count("|") for line in block.splitlines()}) == 1, block
