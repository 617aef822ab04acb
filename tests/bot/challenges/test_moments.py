"""Moments as people say them, and the next of a series, over changes of the clock."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.challenges.moments import NotAMoment, next_of_series, parse_moment, said_in
from bot.challenges.plan import Plan
from bot.challenges.stages import due, first_stage, next_stage

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 11, 30, 10, 0, tzinfo=ZoneInfo(BERLIN)).timestamp()  # a Monday


def at(*day):
    return datetime(*day, tzinfo=ZoneInfo(BERLIN)).timestamp()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("friday 18:00", "2026-12-04T18:00+01:00"),
        ("Freitag 18 Uhr", "2026-12-04T18:00+01:00"),
        ("周五18点", "2026-12-04T18:00+01:00"),
        ("週五18點30分", "2026-12-04T18:30+01:00"),
        ("tomorrow", "2026-12-01T23:59+01:00"),
        ("heute 20 Uhr", "2026-11-30T20:00+01:00"),
        ("6pm", "2026-11-30T18:00+01:00"),
        ("9:00", "2026-12-01T09:00+01:00"),
        ("monday 9:00", "2026-12-07T09:00+01:00"),
        ("in 3 days", "2026-12-03T10:00+01:00"),
        ("3 days from now", "2026-12-03T10:00+01:00"),
        ("一週", "2026-12-07T10:00+01:00"),
        ("zwei Wochen", "2026-12-14T10:00+01:00"),
        ("90 min", "2026-11-30T11:30+01:00"),
        ("3天后", "2026-12-03T10:00+01:00"),
        ("12月5日 18:00", "2026-12-05T18:00+01:00"),
        ("5.12. 18 Uhr", "2026-12-05T18:00+01:00"),
        ("2026-12-05 18:00", "2026-12-05T18:00+01:00"),
        ("24:00", "2026-12-01T00:00+01:00"),
        ("24 December", "2026-12-24T23:59+01:00"),
        ("December 24th, 18:00", "2026-12-24T18:00+01:00"),
        ("24. Dezember 2026 um 18 Uhr", "2026-12-24T18:00+01:00"),
        ("yesterday", "2026-11-29T23:59+01:00"),
        ("vorgestern 18 Uhr", "2026-11-28T18:00+01:00"),
        ("3 days ago", "2026-11-27T10:00+01:00"),
        ("vor drei Tagen", "2026-11-27T10:00+01:00"),
        ("3天前", "2026-11-27T10:00+01:00"),
        ("the 1st of march", "2027-03-01T23:59+01:00"),
    ],
)
def test_a_moment_is_read_by_the_clock_of_its_place(said, meant):
    assert said_in(parse_moment(said, now=NOW, zone=BERLIN, is_end=True), BERLIN) == meant


@pytest.mark.parametrize(
    "said", ["", "soon", "25:00", "13pm", "31.2.2027", "2026-13-01", "9999-01-01", "5000 weeks", "friday friday", "🎵"]
)
def test_what_is_no_moment_is_none(said):
    with pytest.raises(NotAMoment):
        parse_moment(said, now=NOW, zone=BERLIN, is_end=True)


def plan(opens, closes, ends, every="week"):
    return Plan(theme="x", opens=opens, closes=closes, ends=ends, every=every, zone=BERLIN)


def test_a_weekly_challenge_keeps_its_hour_when_summer_time_begins():
    first = plan(at(2027, 3, 26, 18), at(2027, 3, 27, 18), at(2027, 3, 28, 18))
    following = next_of_series(first, after=first.opens)
    assert said_in(following.opens, BERLIN) == "2027-04-02T18:00+02:00"
    assert said_in(following.ends, BERLIN) == "2027-04-04T18:00+02:00"


def test_a_series_that_was_away_for_long_goes_on_with_the_next_time_that_comes():
    first = plan(at(2026, 12, 4, 18), at(2026, 12, 5, 18), at(2026, 12, 6, 18))
    following = next_of_series(first, after=at(2027, 1, 20))
    assert said_in(following.opens, BERLIN) == "2027-01-22T18:00+01:00"


def test_a_monthly_one_on_the_31st_comes_on_the_last_day_of_a_short_month():
    first = plan(at(2027, 1, 31, 9), at(2027, 1, 31, 18), at(2027, 2, 1, 18), every="month")
    assert said_in(next_of_series(first, after=first.opens).opens, BERLIN) == "2027-02-28T09:00+01:00"


def test_what_happens_once_has_no_next_one():
    first = replace(plan(at(2026, 12, 4), at(2026, 12, 5), at(2026, 12, 6)), every="")
    assert next_of_series(first, after=first.opens) is None


@pytest.mark.parametrize("entries", [0, 1, 2, 9])
def test_stages_come_one_after_the_other_and_never_before_their_time(entries):
    held = plan(100.0, 200.0, 300.0, every="")
    stage, seen = first_stage(held, now=50.0), []
    for now in range(0, 400, 7):
        while (following := next_stage(stage, held, entries=entries, now=float(now))) is not None:
            assert now >= due(stage, held, created=0.0)
            stage = following
            seen.append(stage)
    assert seen == (["open", "voting", "closed"] if entries >= 2 else ["open", "closed"])


@pytest.mark.parametrize(
    "times", [(200.0, 100.0, 300.0), (100.0, 200.0, 150.0), (100.0, 100.0, 200.0), (0.0, 1.0, 4e7)]
)
def test_a_plan_whose_times_cannot_be_is_none(times):
    with pytest.raises(ValueError, match=r"times|long"):
        plan(*times)
