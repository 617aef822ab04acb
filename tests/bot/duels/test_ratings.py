"""How strong contestants are by votes: in the right order, with intervals that hold, whatever order votes come in."""

import math
import random
from dataclasses import replace

import pytest

from bot.duels.ratings import LEAST_DUELS, Vote, rate, student_975
from tests.measure.duels import HIDDEN, Gathering, gather, hidden_strengths, hold_duels


def votes_of(*verdicts, duel="d", a="x", b="y"):
    return [Vote(duel=duel, voter=f"v{number}", a=a, b=b, verdict=verdict) for number, verdict in enumerate(verdicts)]


def test_500_voters_of_a_hidden_taste_put_four_settings_in_order():
    ratings = rate(hold_duels(Gathering(), seed=1))
    assert [rating.name for rating in ratings] == sorted(HIDDEN, key=lambda name: -HIDDEN[name])
    assert all(rating.low < rating.strength < rating.high for rating in ratings)


def test_intervals_hold_what_they_promise():
    """The long form is `make measure NAME=duels`; of 240 intervals 12 are to miss, and 30 or none are far from it."""
    outcome = gather(Gathering(voters=120, duels=24), simulations=60, seed=5)
    assert 0.90 <= outcome.covered <= 0.995


def test_pieces_that_differ_within_a_setting_make_intervals_wider():
    """Many votes about few pieces say much about these pieces, and little about what made them."""
    alike = rate(hold_duels(Gathering(duels=12, of_pieces=0.0, of_people=0.0), seed=3))
    unlike = rate(hold_duels(Gathering(duels=12, of_pieces=1.0, of_people=0.0), seed=3))
    width = [sum(rating.high - rating.low for rating in ratings) for ratings in (alike, unlike)]
    assert width[1] > 1.5 * width[0]


def test_what_pieces_and_people_differ_by_brings_settings_nearer_to_each_other():
    near, far = (hidden_strengths(Gathering(of_pieces=noise, of_people=0.0)) for noise in (1.0, 0.0))
    assert near.max() < far.max()
    assert far == pytest.approx([*HIDDEN.values()], abs=1e-3)


def test_the_order_of_votes_changes_nothing():
    votes = list(hold_duels(Gathering(voters=40), seed=2))
    shuffled = random.Random(1).sample(votes, len(votes))
    for one, other in zip(rate(votes), rate(shuffled), strict=True):
        assert one.name == other.name
        assert one.strength == pytest.approx(other.strength)


def test_a_and_b_may_change_places():
    other = {"a": "b", "b": "a", "both": "both", "neither": "neither"}
    votes = list(hold_duels(Gathering(voters=40), seed=2))
    turned = [replace(vote, a=vote.b, b=vote.a, verdict=other[vote.verdict]) for vote in votes]
    assert [rating.strength for rating in rate(turned)] == pytest.approx([rating.strength for rating in rate(votes)])


def test_both_and_neither_say_that_the_two_are_alike():
    decided, tied = votes_of("a", "a", "b"), votes_of("a", "a", "b", "both", "neither", "both")
    assert rate(votes_of("both", "neither"))[0].strength == pytest.approx(0)
    assert 0 < rate(tied)[0].strength <= rate(decided)[0].strength + 1e-9


def test_whoever_always_wins_is_not_infinitely_strong():
    best = rate(votes_of(*"a" * 30))[0]
    assert best.name == "x"
    assert 1 < best.strength < 5


def test_few_duels_have_no_interval_and_nobody_none():
    votes = [vote for number in range(LEAST_DUELS) for vote in votes_of("a", "b", "a", duel=f"d{number}")]
    assert rate(votes)[0].low is not None
    assert rate(votes_of("a", "b", "a"))[0].low is None
    assert rate([]) == ()
    assert rate(votes_of("a", a="x", b="x")) == ()


def test_what_no_chain_of_votes_connects_is_not_compared():
    apart = [*votes_of("a", "b", "a"), *votes_of("a", "b", a="p", b="q")]
    assert {rating.name for rating in rate(apart)} == {"x", "y"}
    joined = [*apart, *votes_of("b", duel="e", a="y", b="p")]
    assert {rating.name for rating in rate(joined)} == {"x", "y", "p", "q"}


@pytest.mark.parametrize(("degrees", "quantile"), [(3, 3.182), (5, 2.571), (11, 2.201), (30, 2.042), (1000, 1.962)])
def test_students_quantile_is_that_of_the_tables(degrees, quantile):
    assert math.isclose(student_975(degrees), quantile, abs_tol=0.01)
