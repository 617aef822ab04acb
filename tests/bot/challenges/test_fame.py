"""Who is famous: wins, podiums and rows of challenges."""

import random

from bot.challenges.fame import Honour, Streak, famous, streaks


def honour(challenge, person, place=None, *, series="", over=None):
    return Honour(
        challenge=challenge,
        person=person,
        scope="test:77",
        series=series,
        theme="Rain",
        name=person.capitalize(),
        piece=f"{challenge}{person}",
        place=place,
        votes=1,
        over=float(challenge[1:]) if over is None else over,
    )


def test_the_order_in_which_honours_come_changes_nothing():
    honours = [honour(f"c{n}", who, n % 4 + 1) for n in range(9) for who in ("ann", "bea", "cyd")[: n % 3 + 1]]
    expected = famous(honours)
    for _ in range(5):
        random.shuffle(honours)
        assert famous(honours) == expected


def test_wins_count_before_podiums_and_these_before_challenges():
    honours = [honour("c1", "ann", 1), *(honour(f"c{n}", "bea", 2) for n in (1, 2, 3))]
    honours += [honour(f"c{n}", "cyd", 4) for n in (1, 2, 3, 4)] + [honour("c1", "dan", 4)]
    assert [(one.rank, one.person, one.wins, one.podiums, one.entered) for one in famous(honours)] == [
        (1, "ann", 1, 1, 1),
        (2, "bea", 0, 3, 3),
        (3, "cyd", 0, 0, 4),
        (4, "dan", 0, 0, 1),
    ]


def test_who_has_the_same_shares_a_rank():
    assert [one.rank for one in famous([honour("c1", "ann", 1), honour("c2", "bea", 1), honour("c2", "cyd", 2)])] == [
        1,
        1,
        3,
    ]


def test_a_row_ends_where_somebody_was_missing():
    honours = [honour(f"c{n}", "ann") for n in (1, 2, 3, 5)] + [honour(f"c{n}", "bea") for n in (4, 5)]
    assert streaks(honours) == {"ann": Streak(now=1, best=3), "bea": Streak(now=2, best=2)}


def test_a_challenge_held_once_does_not_break_the_row_of_a_series():
    honours = [honour(f"c{n}", "ann", series="c1") for n in (1, 2, 4)] + [honour("c3", "bea")]
    assert streaks(honours)["ann"] == Streak(now=3, best=3)
