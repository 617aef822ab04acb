"""Votes: what holds for every way of voting, whoever votes in whatever order."""

import random

import pytest

from bot.challenges.tally import chosen, compared, tally, without

VOTINGS = ("one", "approval", "ranking", "pairs")
OWNERS = {number: f"owner{number}" for number in range(1, 7)}
SEEDS = range(25)


def ballot(rng, voting, numbers):
    if voting == "pairs":
        pairs = [sorted(rng.sample(numbers, 2)) for _ in range(rng.randint(0, 6))]
        found = []
        for first, second in pairs:
            found = compared(found, first, second, rng.choice((0, first, second)))
        return found
    found = []
    for number in rng.sample(numbers, rng.randint(0, len(numbers))):
        found = chosen(voting, found, number)
    return found


def ballots(rng, voting):
    """Of entrants and of others; entrants may have named themselves, which must not count."""
    voters = [*OWNERS.values(), *(f"voter{number}" for number in range(8))]
    return {voter: ballot(rng, voting, list(OWNERS)) for voter in voters}


@pytest.mark.parametrize("voting", VOTINGS)
def test_places_follow_scores_and_equal_scores_share_theirs(voting):
    for seed in SEEDS:
        found = tally(voting, ballots(random.Random(seed), voting), OWNERS)
        assert {standing.number for standing in found} in (set(OWNERS), set()), seed
        for one in found:
            assert one.place == 1 + sum(other.score > one.score for other in found), seed
            assert one.score >= 0, seed


@pytest.mark.parametrize("voting", VOTINGS)
def test_the_order_of_voters_and_entries_changes_nothing(voting):
    for seed in SEEDS:
        rng = random.Random(seed)
        cast = ballots(rng, voting)
        voters, numbers = list(cast), list(OWNERS)
        rng.shuffle(voters)
        rng.shuffle(numbers)
        turned = tally(voting, {voter: cast[voter] for voter in voters}, {number: OWNERS[number] for number in numbers})
        assert turned == tally(voting, cast, OWNERS), seed


@pytest.mark.parametrize("voting", VOTINGS)
def test_nobodys_vote_for_themselves_counts(voting):
    for seed in SEEDS:
        cast = ballots(random.Random(seed), voting)
        clean = dict(cast)
        for number, owner in OWNERS.items():
            clean[owner] = without(voting, cast[owner], number)
        if voting != "one":  # with one vote, whoever gives it to themselves has none
            assert tally(voting, cast, OWNERS) == tally(voting, clean, OWNERS), seed
        only_own = {owner: chosen("approval", [], number) for number, owner in OWNERS.items()}
        assert tally("approval", only_own, OWNERS) == (), seed


@pytest.mark.parametrize("voting", VOTINGS)
def test_an_entry_that_is_out_is_as_if_it_had_never_been_there(voting):
    for seed in SEEDS:
        rng = random.Random(seed)
        cast, gone = ballots(rng, voting), rng.choice(list(OWNERS))
        left = {number: owner for number, owner in OWNERS.items() if number != gone}
        struck = {voter: without(voting, ballot, gone) for voter, ballot in cast.items()}
        assert tally(voting, cast, left) == tally(voting, struck, left), seed


@pytest.mark.parametrize("voting", ["approval", "ranking", "pairs"])
def test_one_more_vote_never_makes_an_entry_worse(voting):
    for seed in SEEDS:
        rng = random.Random(seed)
        cast = ballots(rng, voting)
        number, other = rng.sample(list(OWNERS), 2)
        more = compared([], number, other, number) if voting == "pairs" else [number]
        before = {one.number: one for one in tally(voting, cast, OWNERS)}
        after = {one.number: one for one in tally(voting, {**cast, "late": more}, OWNERS)}
        assert not before or after[number].place <= before[number].place, seed


def test_choosing_again_changes_nothing_and_a_comparison_replaces_the_one_before():
    assert chosen("one", [3], 5) == [5]
    assert chosen("approval", [3], 3) == [3]
    assert chosen("ranking", [3, 1], 3) == [3, 1]
    assert compared([[1, 2, 1]], 2, 1, 2) == [[1, 2, 2]]


def test_points_of_an_order_are_borda_s():
    found = tally("ranking", {"a": [2, 1, 3], "b": [2]}, {1: "x", 2: "y", 3: "z"})
    assert [(one.number, int(one.score)) for one in found] == [(2, 4), (1, 1), (3, 0)]
