"""Settings to try: each round narrower around what was liked, and a taste is found."""

import math
import random

import pytest

from generator.catalogue.sweeping import MOST_ROUNDS, Rated, best_of, settings_to_try
from generator.model.sampling_settings import Sampling

USUAL = Sampling(temperature=1.4, top_k=9, top_p=0.9, guidance=1.25)


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("round_", [1, 2, 10])
@pytest.mark.parametrize("middle", [USUAL, Sampling(2.0, 0, 1.0), Sampling(0.1, 1, 0.01), Sampling(1.9, 128, 0.99)])
def test_a_round_has_so_many_settings_that_differ(middle, round_, count):
    assert len(set(settings_to_try(middle, count=count, round_=round_))) == count


def test_later_rounds_try_the_middle_again_and_lie_nearer_to_it():
    def spread(round_):
        tried = settings_to_try(USUAL, count=6, round_=round_)
        return max(abs(math.log(each.temperature / USUAL.temperature)) for each in tried)

    assert USUAL not in settings_to_try(USUAL, count=4, round_=1)
    assert settings_to_try(USUAL, count=4, round_=2)[0] == USUAL
    assert spread(1) > spread(2) > spread(4)


def test_four_settings_tell_the_three_directions_apart():
    tried = settings_to_try(USUAL, count=4, round_=1)
    for name in ("temperature", "top_p", "top_k"):
        values = [getattr(each, name) > getattr(USUAL, name) for each in tried]
        assert values.count(True) == 2
    assert all(each.guidance == USUAL.guidance for each in tried)


def test_without_marks_nothing_is_found_and_equal_marks_are_not_clear():
    assert best_of([], USUAL) is None
    tried = settings_to_try(USUAL, count=4, round_=1)
    assert not best_of([Rated(each, 3) for each in tried], USUAL).is_clear
    assert not best_of([Rated(tried[0], 5)], USUAL).is_clear


def test_several_good_marks_near_each_other_weigh_more_than_a_lone_high_one():
    far, near = Sampling(0.8, 9, 0.9), [Sampling(1.6, 9, 0.9), Sampling(1.62, 9, 0.9), Sampling(1.58, 9, 0.9)]
    low = [Sampling(0.82, 9, 0.9), Sampling(0.78, 9, 0.9)]
    rated = [Rated(far, 5), *(Rated(each, 4) for each in near), *(Rated(each, 1) for each in low)]
    assert best_of(rated, USUAL).sampling in near


def test_a_taste_is_found_through_marks_that_waver():
    """Somebody likes it cooler than is usual, and gives a mark more or less by mood."""
    taste = Sampling(0.95, 18, 0.95)
    mood = random.Random(3)

    def mark(sampling):
        off = abs(math.log(sampling.temperature / taste.temperature)) / math.log(1.4)
        return max(1, min(5, round(5 - 2 * off + mood.choice((-1, 0, 0, 1)))))

    rated, middle = [], USUAL
    for round_ in range(1, MOST_ROUNDS + 1):
        rated += [Rated(each, mark(each)) for each in settings_to_try(middle, count=4, round_=round_)]
        middle = best_of(rated, USUAL).sampling
    assert abs(math.log(middle.temperature / taste.temperature)) < abs(math.log(USUAL.temperature / taste.temperature))
    assert best_of(rated, USUAL).is_clear
