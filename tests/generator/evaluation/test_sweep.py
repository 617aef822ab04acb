"""A sweep over two settings, with everything small and nothing replaced."""

import json
from pathlib import Path

import pytest

from config.settings import Settings
from generator.critic.human import Spread
from generator.evaluation.sweep import SweepPlan, deviation, sweep
from generator.evaluation.sweep_table import ALL, HEADINGS
from generator.training.errors import CorpusError
from tests.refusals import refuses

PLAN = SweepPlan(
    families=("keyboard",),
    styles=2,
    temperatures=(0.8, 1.2),
    top_ks=(0,),
    top_ps=(0.9,),
    guidances=(0.0,),
    rounds=((2, 1), (1, 1)),
    most_patches=100.0,
    bars=4,
    seed=7,
)


def test_the_better_half_goes_on_and_the_best_is_named(corpus_file: Path, weights: Path, tmp_path: Path) -> None:
    told: list[str] = []
    seen: list[tuple[int, int, int]] = []
    out = tmp_path / "sweep.json"
    sweep(
        corpus_file,
        settings=Settings(weights=weights, slots=4, threads=1, tries_per_bar=1, _env_file=None),
        folder=tmp_path,
        plan=PLAN,
        out=out,
        tell=told.append,
        progress=lambda *count: seen.append(count),
    )
    assert seen[-1] == (2, 1, 1), "one setting is left for the second round"
    assert [count for number, _, count in seen if number == 1] == [4] * 4
    figures = json.loads(out.read_text())
    assert len(figures["pieces"]) == 5
    assert {row["family"] for row in figures["rows"]} == {"keyboard", ALL}
    best = figures["chosen"]["keyboard"]
    assert best["temperature"] in (0.8, 1.2)
    assert told[0] == HEADINGS
    assert told[-1] == f"keyboard = {{ temperature = {best['temperature']}, top_k = 0, top_p = 0.9, guidance = 0.0 }}"


def test_a_corpus_without_the_families_is_refused(corpus_file: Path, tmp_path: Path) -> None:
    plan = SweepPlan(families=("choral",))
    with refuses(CorpusError, match="no piece in any style of the families choral"):
        sweep(corpus_file, settings=Settings(_env_file=None), folder=tmp_path, plan=plan, tell=print)


@pytest.mark.parametrize(("value", "deviations"), [(5.0, 0.0), (10.0, 1.645), (0.0, -1.645), (1000.0, 4.0)])
def test_a_deviation_is_that_of_its_side_of_the_middle_and_one_odd_feature_does_not_decide(
    value: float, deviations: float
) -> None:
    spread = Spread(low=0.0, lower=2.5, middle=5.0, upper=7.5, high=10.0)
    assert deviation(value, spread) == pytest.approx(deviations)
