import copy
import re
from typing import Any

import pytest

from generator.evaluation.card import render_card
from generator.evaluation.card_numbers import UNMEASURED
from generator.evaluation.demands import demands


def group(bits: float, characters: int = 1000, pieces: int = 3) -> dict[str, Any]:
    return {
        "bits_per_character": bits,
        "characters": characters,
        "pieces": pieces,
        "interval": [bits - 0.1, bits + 0.1],
    }


def scores(overall: float, chorales: float, others: float) -> dict[str, Any]:
    return {
        "overall": group(overall, pieces=206),
        "by_instrumentation": {"Keyboard": group(others), "Choral": group(chorales)},
        "by_corpus": {"own": group(others, 300), "more": group(others, 100), "dcml-bach_chorales": group(chorales)},
    }


def heard(ours: float, held_out: float) -> dict[str, Any]:
    return {
        "labels": ["a", "b", "c"],
        "commonest": 0.5,
        "ours": [ours, 0.1, 0.9],
        "held_out": [held_out, 0.2, 0.8],
        "of_its_own": [ours / held_out, 0.3, 1.2],
        "balanced_ours": 0.31,
        "balanced_held_out": 0.41,
        "same_styles": [0.55, 0.5, 0.6],
        "of_same_styles": [0.77, 0.7, 0.8],
    }


def borrowed(copies: int) -> dict[str, Any]:
    return {"pieces": 400, "copies": copies, "notes_median": 9.0, "notes_95": 14.0, "notes_most": 21}


def variety(repeated: float) -> dict[str, Any]:
    return {"distance": [1.1, 1.0, 1.2], "shared_grams": [0.021, 0.01, 0.03], "repeated_bars": [repeated, 0.1, 0.3]}


@pytest.fixture
def figures() -> dict[str, Any]:
    found: dict[str, Any] = {
        "date": "2026-01-02",
        "seed": 1000,
        "plan": {"pieces": 400, "candidates": 1, "seed": 1000},
        "styles": {"Chopin keyboard": 200, "Bach choral": 200},
        "device": {"processors": 2, "precision": "int8"},
        "weights": {
            "file": "notabot.safetensors",
            "bytes": 8_100_000,
            "sha256": "0123456789abcdef" * 4,
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
        "ngram": {"order": 6, "bits_per_character": 1.826},
        "xz": {"bits_per_character": 1.948},
        "speed": {"median_s": 6.24, "longest_s": 7.5, "pieces": 3, "load": 0.4},
        "validity": {
            "pieces": 400,
            "failed": 0,
            "empty": 1,
            "wrong_length": 2,
            "unreadable_abctoolkit": 3,
            "bars_first_try": [0.614, 0.6, 0.63],
            "pieces_right_at_once": [0.25, 0.2, 0.3],
            "bars_by_rule": [0.003, 0.002, 0.004],
            "patches_per_kept_patch": [1.82, 1.8, 1.85],
            "repair_cost": [1.42, 1.4, 1.45],
            "composed": 403,
            "copies_rejected": 3,
            "aligned": [1.0, 0.99, 1.0],
            "aligned_abctoolkit": [0.995, 0.98, 1.0],
        },
        "features": {"count": 43},
        "frechet": {"alike": {"ours": [5.5, 5.0, 6.0], "others": [1.5, 1.2, 1.8], "shuffled": [9.0, 8.0, 10.0]}},
        "inside": {"ours": [0.8, 0.79, 0.81], "held_out": [0.88, 0.87, 0.89]},
        "classifiers": {
            "period": heard(0.75, 0.88),
            "composer": heard(0.2, 0.45),
            "period_keyboard": heard(0.7, 0.9),
            "composer_keyboard": None,
        },
        "borrowing": {"ours": borrowed(2), "held_out": borrowed(3)},
        "variety": {"ours": variety(0.2), "alike": variety(0.15)},
        "samples": [
            {
                "rank": "best 1",
                "style": "Chopin keyboard",
                "bars": 16,
                "seed": 1003,
                "liking": -0.712,
                "files": ["best_1_chopin.abc", "best_1_chopin.mp3"],
            }
        ],
    }
    return found | {"must_hold": demands(found)}


def test_the_card_shows_the_figures_of_the_evaluation(figures: dict[str, Any]) -> None:
    card = render_card(figures)
    for expected in (
        "| these weights, all held-out pieces | 1.091 (0.99–1.19) |  | at most 1.0: **not met** |",
        "| — Keyboard (3) | 1.200 (1.10–1.30) |  |  |",
        "| beside it: the first network | 1.231 (1.13–1.33) |  |  |",
        "| without the Bach chorales: these weights | 1.200 |",
        "| without the Bach chorales: the first network | 1.400 |",
        "| beside it: a character 6-gram | 1.826 |",
        "| beside it: xz | 1.948 |",
        "| bars right at the first try | 61.4 % (60.0–63.0) |",
        "| bars completed by rule | 0.30 % (0.20–0.40) |  | below 0.01: **met** |",
        "| patches sampled for each that was needed | 1.42 (1.40–1.45) |  | at most 1.3: **not met** |",
        "| pieces with all bars aligned, after repair | 100.0 % (99.0–100.0) |  | at least 1.0: **met** |",
        "| the same by abctoolkit (3 it cannot read) | 99.5 %",
        "| Fréchet distance to human pieces of the same styles | 5.50 (5.00–6.00) | 1.50 (1.20–1.80) |  |",
        "| — of human pieces whose bars are shuffled |  | 9.00 (8.00–10.00) |  |",
        "| period: heard rightly | 75.0 % (10.0–90.0) | 88.0 % (20.0–80.0) |  |",
        "| — ours of its own accuracy | 85.2 % (30.0–120.0) |  | at least 0.85: **met** |",
        "| — ours of its own accuracy | 44.4 % (30.0–120.0) |  | at least 0.6: **not met** |",
        f"| composer, keyboard alone: heard rightly | {UNMEASURED} | {UNMEASURED} |  |",
        "| pieces that copy | 2 of 400 | 3 of 400 | at most 0: **not met** |",
        "| pieces composed again since they copied | 3 of 403 |",
        "| longest run shared, in notes: median, 95th percentile, most | 9, 14, 21 | 9, 14, 21 |  |",
        "| bars that repeat an earlier bar | 20.0 % (10.0–30.0) | 15.0 % (10.0–30.0) |  |",
        "| 16 piano bars, 2 processors | 6.2 s (longest 7.5) |  | at most 10: **met** |",
        "| weights | 8.1 MB |  | at most 24,000,000: **met** |",
        "| parameters | 7,801,600 |",
        "| time | 2.03 hours |",
        "| [us/tunes@abc123](https://github.com/us/tunes/tree/abc123) | CC0-1.0 | 4,000 |",
        "| a friend | CC BY 4.0 | 171 |",
        "on 2026-01-02 on `notabot.safetensors` (SHA-256 `0123456789abcdef…`)",
        "[mp3](samples/best_1_chopin.mp3)",
    ):
        assert expected in card


def test_the_card_tells_how_windows_were_drawn(figures: dict[str, Any]) -> None:
    figures["metadata"] |= {
        "home_key_share": "0.75",
        "focus_share": "0.8",
        "unnamed_share": "0.0",
        "story": "in two parts",
    }
    figures["at_home"] = scores(0.9421, 0.8, 1.2)
    figures["recalling"] = scores(0.8321, 0.7, 0.9)
    card = render_card(figures)
    for expected in (
        "| windows moved to C major or A minor | 75.0 % |",
        "| windows from the best covered styles | 80.0 % |",
        "| how it went | in two parts |",
        "| — the same pieces moved to C major or A minor | 0.942 (",
        "| — as it composes, remembering the piece's own bars | 0.832 (",
    ):
        assert expected in card
    assert "does not name" not in card


def test_a_card_begins_with_its_licence(figures: dict[str, Any]) -> None:
    assert render_card(figures).startswith("---\nlicense: cc-by-sa-4.0\n")


def test_what_was_not_measured_says_so(figures: dict[str, Any]) -> None:
    bare = copy.deepcopy(figures)
    for name in ("ngram", "xz", "samples"):
        del bare[name]
    bare |= {"metadata": {}, "compared": {}, "speed": None, "borrowing": {"ours": None, "held_out": None}}
    bare["must_hold"] = demands(bare)
    card = render_card(bare)
    for expected in (
        f"| hardware | {UNMEASURED} |",
        f"| beside it: xz | {UNMEASURED} |",
        f"| 16 piano bars, 2 processors | {UNMEASURED} |  | at most 10: **not met** |",
        f"| pieces that copy | {UNMEASURED} | {UNMEASURED} | at most 0: **not met** |",
    ):
        assert expected in card
    assert "Samples" not in card
    assert "chorales" not in card.partition("## Evaluation")[2].partition("## Sources")[0]


def test_a_time_taken_beside_other_work_says_so(figures: dict[str, Any]) -> None:
    figures["speed"]["load"] = 9.3
    assert "| 16 piano bars, 2 processors (busy with other work: load 9) | 6.2 s" in render_card(figures)


def test_every_table_has_as_many_cells_in_each_row(figures: dict[str, Any]) -> None:
    for block in re.findall(r"(?:^\|.*\n)+", render_card(figures), flags=re.MULTILINE):
        assert len({line.count("|") for line in block.splitlines()}) == 1, block
