"""The whole evaluation, from a corpus file and weights to figures, with everything small and nothing replaced."""

import json
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from generator.evaluation import figures
from generator.evaluation.card import render_card
from generator.evaluation.card_numbers import UNMEASURED
from generator.evaluation.errors import TooFewPieces
from generator.evaluation.figures import Evaluation, EvaluationPlan, evaluate, write_json
from tests.refusals import refuses

PLAN = EvaluationPlan(pieces=4, styles=2, bars=(2,), seed=7, timed=0)


@pytest.fixture(scope="module")
def settings(weights: Path) -> Settings:
    return Settings(weights=weights, slots=4, threads=1, tries_per_bar=1, _env_file=None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evaluation")


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def done(corpus_file: Path, weights: Path, settings: Settings, folder: Path, told: list[str]) -> Evaluation:
    return evaluate(
        corpus_file,
        settings=settings,
        folder=folder,
        plan=PLAN,
        compare={"itself": weights},
        tell=lambda what, _done, _count: told.append(what),
    )


def test_every_figure_of_the_card_is_there(done: Evaluation, told: list[str]) -> None:
    found = done.figures
    assert json.loads(json.dumps(found)) == found
    assert found["styles"] == {"J. S. Bach keyboard": 2, "Chopin keyboard": 2} or len(found["styles"]) == 2
    assert found["validity"]["pieces"] == 4
    assert found["validity"]["aligned"][0] == 1
    assert found["held_out"] == found["compared"]["itself"]
    assert found["ngram"]["bits_per_character"] < found["held_out"]["overall"]["bits_per_character"]
    assert found["frechet"]["alike"]["others"][0] < found["frechet"]["alike"]["ours"][0]
    assert found["classifiers"]["period"]["held_out"][0] == 1
    assert found["classifiers"]["period"]["our_pieces"] == 4
    assert found["borrowing"]["ours"]["pieces"] == 4
    assert found["variety"]["ours"]["distance"] is not None
    assert len(found["weights"]["sha256"]) == len(found["corpus"]["sha256"]) == 64
    assert {"composed piece", "held-out piece", "our pieces measured,", "human pieces (train) measured,"} <= set(told)


def test_the_card_can_be_written_from_the_figures(done: Evaluation, tmp_path: Path) -> None:
    write_json(tmp_path / "figures.json", done.figures)
    card = render_card(json.loads((tmp_path / "figures.json").read_text()))
    assert done.figures["weights"]["sha256"][:16] in card
    assert f"| 16 piano bars, {done.figures['device']['processors']} processors | {UNMEASURED} |" in card


def test_pieces_are_ranked_by_the_critics_liking(done: Evaluation) -> None:
    liking = {piece["name"]: piece["liking"] for piece in done.figures["pieces"]}
    ranked = [liking[piece.name] for piece in done.by_liking]
    assert ranked == sorted(ranked, reverse=True)
    assert len(ranked) == 4


def test_a_second_run_takes_everything_from_the_folder(
    done: Evaluation,
    corpus_file: Path,
    weights: Path,
    settings: Settings,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(figures, "measure_bits", None)
    monkeypatch.setattr(figures, "text_baselines", None)
    monkeypatch.setattr("generator.evaluation.pieces.open_composer", None)
    monkeypatch.setattr("generator.evaluation.measuring.measure_excerpt", None)
    again = evaluate(corpus_file, settings=settings, folder=folder, plan=PLAN, compare={"itself": weights})
    assert without_dates(again.figures) == without_dates(done.figures)


def without_dates(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "date"}


def test_a_piece_or_two_are_too_few_to_compare(corpus_file: Path, settings: Settings, tmp_path: Path) -> None:
    with refuses(TooFewPieces, match="At least 4 pieces"):
        evaluate(corpus_file, settings=settings, folder=tmp_path, plan=EvaluationPlan(pieces=3))
    assert not list(tmp_path.iterdir())
