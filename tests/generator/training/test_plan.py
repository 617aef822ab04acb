import json
from pathlib import Path

import pytest

from generator.training.errors import PlanError
from generator.training.plan import Plan, load_plan
from tests.refusals import refuses


def test_a_saved_plan_is_read_back_the_same(tmp_path: Path) -> None:
    plan = Plan(hidden=128, original_key_share=0.25)
    plan.save(tmp_path / "plan.json")
    assert load_plan(tmp_path / "plan.json") == plan


def test_a_toml_plan_keeps_the_defaults_of_what_it_leaves_out(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text("patch_layers = 3\nbudget_s = 60\n")
    assert load_plan(path) == Plan(patch_layers=3, budget_s=60)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"hidden": 100}, "hidden has to be a multiple of 64"),
        ({"patch_layers": 0}, "patch_layers has to be at least 1"),
        ({"patch_layers": True}, "patch_layers has to be a int"),
        ({"patch_layers": "8"}, "patch_layers has to be a int"),
        ({"budget_s": 0.0}, "budget_s has to be more than 0 seconds"),
        ({"original_key_share": 1.5}, "original_key_share has to be from 0 to 1"),
        ({"peak_rate": 0.0}, "peak_rate has to be above 0"),
        ({"peak_rate": float("nan")}, "peak_rate has to be above 0"),
        ({"seed": -1}, "seed has to be 0 or more"),
        ({"learning_rate": 1.0}, "A plan has no learning_rate"),
    ],
)
def test_an_impossible_value_is_refused_with_its_name(options: dict[str, object], sentence: str) -> None:
    with refuses(PlanError, match=sentence):
        Plan().changed(options)


def test_options_that_are_none_change_nothing() -> None:
    assert Plan().changed({"hidden": None, "seed": 5}) == Plan(seed=5)


@pytest.mark.parametrize("text", ["{", "[1, 2]", json.dumps({"nonsense": 1})])
def test_a_broken_plan_file_is_one_clear_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(PlanError):
        load_plan(path)


def test_a_printed_plan_names_every_value() -> None:
    assert "original_key_share  0.6" in str(Plan())
