import copy
from typing import Any

import pytest

from generator.evaluation.demands import demands

GOOD: dict[str, Any] = {
    "validity": {
        "repair_cost": [1.3, 1.2, 1.4],
        "bars_by_rule": [0.0099, 0, 0.1],
        "aligned": [1.0, 0.99, 1.0],
    },
    "held_out": {"overall": {"bits_per_character": 1.0}},
    "classifiers": {"period": {"of_its_own": [0.85, 0.8, 0.9]}, "composer": {"of_its_own": [0.6, 0.5, 0.7]}},
    "borrowing": {"ours": {"copies": 0}},
    "speed": {"median_s": 10.0},
    "weights": {"bytes": 24_000_000},
}
WORSE = {
    "repair_cost": ("validity", "repair_cost", [1.31, 1.2, 1.4]),
    "bars_by_rule": ("validity", "bars_by_rule", [0.01, 0, 0.1]),
    "aligned": ("validity", "aligned", [0.9975, 0.98, 1.0]),
    "bits": ("held_out", "overall", {"bits_per_character": 1.0001}),
    "period": ("classifiers", "period", {"of_its_own": [0.8499, 0.8, 0.9]}),
    "composer": ("classifiers", "composer", {"of_its_own": [0.5999, 0.5, 0.7]}),
    "copies": ("borrowing", "ours", {"copies": 1}),
    "speed": ("speed", "median_s", 10.1),
    "bytes": ("weights", "bytes", 24_000_001),
}


def met(figures: dict[str, Any]) -> dict[str, bool]:
    return {demand["key"]: demand["met"] for demand in demands(figures)}


def test_at_the_limit_everything_holds() -> None:
    assert met(GOOD) == dict.fromkeys(WORSE, True)


@pytest.mark.parametrize("key", sorted(WORSE))
def test_beyond_the_limit_exactly_that_demand_is_not_met(key: str) -> None:
    figures = copy.deepcopy(GOOD)
    outer, inner, value = WORSE[key]
    figures[outer][inner] = value
    assert met(figures) == dict.fromkeys(WORSE, True) | {key: False}


def test_what_was_not_measured_is_not_met() -> None:
    figures = copy.deepcopy(GOOD)
    figures |= {"speed": None, "classifiers": {"period": None, "composer": None}, "borrowing": {"ours": None}}
    figures["validity"]["aligned"] = None
    assert {key for key, holds in met(figures).items() if not holds} == {
        "speed",
        "period",
        "composer",
        "copies",
        "aligned",
    }
