"""What the network leans away from is worth choosing."""

from math import isfinite, nan
from pathlib import Path

import pytest

from generator.catalogue.catalogue import load_catalogue
from generator.composer import SHIPPED_WEIGHTS
from generator.critic.features import FEATURES
from generator.critic.judge import Critic
from generator.critic.leaning import FURTHEST, Lean, Leaning, parse_leaning, shipped_leaning
from generator.evaluation.pieces import fingerprint
from generator.notation import parse_tune

WALTZ = parse_tune((Path(__file__).parents[2] / "data" / "waltz.abc").read_text())
LEANING = Leaning("", {"chromatic_motion": Lean(0.1, 0.05, 2.0), "leaps": Lean(0.2, 0.1, -1.0)})


def test_more_of_what_the_network_seldom_writes_is_worth_more():
    assert LEANING.worth({"chromatic_motion": 0.15, "leaps": 0.2}) == pytest.approx(2.0)
    assert LEANING.worth({"chromatic_motion": 0.1, "leaps": 0.3}) == pytest.approx(-1.0)


def test_what_is_not_known_counts_as_usual_and_no_feature_decides_alone():
    assert LEANING.worth({"leaps": nan}) == 0
    assert LEANING.worth({"chromatic_motion": 1e9}) == pytest.approx(2 * FURTHEST)


def test_a_feature_that_never_varies_is_worth_nothing():
    assert Leaning("", {"leaps": Lean(0.0, 0.0, 3.0)}).worth({"leaps": 5.0}) == 0


def test_what_is_written_down_is_read_again():
    assert parse_leaning(LEANING.to_json()) == LEANING


def test_the_leaning_that_ships_is_of_the_weights_that_ship():
    shipped = shipped_leaning()
    assert shipped.weights == fingerprint(SHIPPED_WEIGHTS), "make it again: notabot train ship leaning CORPUS"
    assert set(shipped.features) < {feature.name for feature in FEATURES}
    assert all(isfinite(lean.worth) and lean.spread >= 0 for lean in shipped.features.values())


def test_what_other_weights_write_is_not_judged_by_it():
    chopin = load_catalogue().find("chopin keyboard")
    leaning, plain = (Critic(leans=leans).judge(WALTZ, chopin, seed=1).liking for leans in (True, False))
    assert leaning != plain
