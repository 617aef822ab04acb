"""Made-up vectors whose answers are known."""

import builtins
from typing import Any

import numpy as np
import pytest

from generator.evaluation.classifiers import Labelled, common_labels, hear_labels, out_of_fold
from generator.evaluation.errors import ToolMissing
from tests.refusals import refuses


def pieces(
    labels: list[str], *, seed: int, looks_like: list[str] | None = None, works: list[str] | None = None
) -> Labelled:
    """Vectors around a place that belongs to the label (or to what the piece looks like)."""
    rng = np.random.default_rng(seed)
    places = {label: np.random.default_rng(sum(map(ord, label))).normal(0, 3, 6) for label in "abcdef"}
    vectors = np.array([places[look] + rng.normal(0, 0.3, 6) for look in looks_like or labels])
    return Labelled(vectors, labels, works or [f"{seed}/{number}" for number in range(len(labels))], labels)


TRAIN = pieces(["a", "b"] * 20, seed=1)
HELD_OUT = pieces(["a", "b"] * 5, seed=2)


def test_what_is_like_human_pieces_is_heard_as_them() -> None:
    heard = hear_labels(TRAIN, HELD_OUT, pieces(["a"] * 6 + ["b"] * 6, seed=3))
    assert heard is not None
    assert heard["held_out"][0] == heard["ours"][0] == heard["of_its_own"][0] == heard["of_same_styles"][0] == 1
    assert (heard["trained_on"], heard["held_out_pieces"], heard["our_pieces"]) == (40, 10, 12)
    assert heard["by_style"] == {"a": 1, "b": 1}
    assert heard["commonest"] == 0.5


def test_what_sounds_like_somebody_else_is_heard_as_somebody_else() -> None:
    ours = pieces(["a"] * 9 + ["b"], seed=3, looks_like=["b"] * 10)
    heard = hear_labels(TRAIN, HELD_OUT, ours)
    assert heard is not None
    assert heard["ours"][0] == heard["of_its_own"][0] == 0.1
    assert heard["balanced_ours"] == 0.5
    assert heard["by_style"] == {"b": 1, "a": 0}
    low, high = heard["of_its_own"][1:]
    assert 0 <= low < 0.1 < high < 0.5


def test_labels_that_are_rare_or_nobodys_are_left_out() -> None:
    labels = ["a"] * 15 + ["b"] * 14 + ["Unknown"] * 20 + ["Anonymous"] * 20
    assert common_labels(pieces(labels, seed=1, looks_like=["a"] * 69)) == {"a"}
    assert hear_labels(pieces(["a"] * 40, seed=1), HELD_OUT, HELD_OUT) is None


def test_a_work_is_never_on_both_sides() -> None:
    """Each work has a vector and a label of its own, at random: who knows the work knows the label of its movements."""
    rng = np.random.default_rng(4)
    works = [f"work {number // 4}" for number in range(120)]
    by_work = {work: (rng.normal(0, 1, 150), str(rng.choice(["a", "b"]))) for work in works}
    vectors = np.array([by_work[work][0] + rng.normal(0, 0.01, 150) for work in works])
    labels = [by_work[work][1] for work in works]
    right = out_of_fold(Labelled(vectors, labels, works, labels))
    assert right is not None
    assert right.mean() < 0.8
    alone = out_of_fold(Labelled(vectors, labels, [str(number) for number in range(120)], labels))
    assert alone is not None
    assert alone.mean() > 0.95


def test_the_same_styles_count_as_much_as_among_ours() -> None:
    """Style c cannot be told from a; ours are three quarters of c, human pieces a tenth."""
    looks = ["a"] * 45 + ["b"] * 20 + ["a"] * 5
    labels = ["a"] * 45 + ["b"] * 20 + ["b"] * 5
    styles = ["a"] * 45 + ["b"] * 20 + ["c"] * 5
    made = pieces(labels, seed=1, looks_like=looks)
    train = Labelled(made.vectors, labels, made.works, styles)
    mine = pieces(["a"] * 5 + ["b"] * 15, seed=2, looks_like=["a"] * 5 + ["a"] * 15)
    ours = Labelled(mine.vectors, mine.labels, mine.works, ["a"] * 5 + ["c"] * 15)
    heard = hear_labels(train, HELD_OUT, ours)
    assert heard is not None
    assert heard["same_styles"][0] == pytest.approx(0.25, abs=0.02)
    assert heard["ours"][0] == 0.25


def test_without_scikit_learn_a_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    load = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("sklearn"):
            raise ImportError(name)
        return load(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with refuses(ToolMissing, match=r"pip install 'notabot\[training\]'"):
        hear_labels(TRAIN, HELD_OUT, HELD_OUT)
