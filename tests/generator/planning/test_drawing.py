"""Plans for pieces of every length: whole, going back only to what is there, with new closes."""

from dataclasses import replace

import pytest

from generator.planning.drawing import Habits, draw_plan, habits_of
from generator.planning.form import parse_form
from generator.planning.plan import Area, Cadence, Keep

COPIES = Habits(phrase_bars=4, returns=1.0, copies=1.0, most_equal=1.0)
MELODIES = Habits(phrase_bars=2, returns=1.0, copies=0.0, most_equal=1.0)


def test_plans_of_every_length_fill_it_and_go_back_to_earlier_bars_only():
    for bars in range(1, 161):
        plan = draw_plan(None, bars=bars, habits=COPIES if bars % 2 else MELODIES, seed=bars)
        for one in (plan, plan.after_pickup()):
            first = one.phrases[0].first
            assert first + sum(phrase.bars for phrase in one.phrases) == bars
            assert all(again.source < bar < bars for bar, again in one.returns.items())
            assert not set(one.returns) & set(one.closes)


def test_thirty_two_bars_of_aba_are_periods_of_four_and_four():
    plan = draw_plan(parse_form("ABA"), bars=32, habits=COPIES, seed=2)
    assert [(str(section), first) for section, first in plan.sections] == [("A", 0), ("B", 8), ("A", 24)]
    assert {phrase.bars for phrase in plan.phrases} == {4}
    assert [plan.returns[bar].source for bar in (24, 25, 26, 28, 29, 30)] == [0, 1, 2, 4, 5, 6]
    assert plan.barlines == {7: "||", 23: "||"}
    assert plan.phrases[-1].cadence is Cadence.AUTHENTIC


def test_repeat_signs_stand_where_they_are_asked_for_and_behind_a_pickup():
    plan = draw_plan(parse_form("|:A:||:B:|A"), bars=24, habits=COPIES, seed=1)
    assert plan.barlines == {7: "::", 15: ":|"}
    assert plan.after_pickup().barlines == {0: "|:", 8: "::", 16: ":|"}
    assert draw_plan(parse_form("|:A:|"), bars=8, habits=COPIES, seed=1).barlines == {7: ":|"}


def test_a_varied_section_keeps_its_melody_only():
    plan = draw_plan(parse_form("ABA'"), bars=24, habits=COPIES, seed=1)
    assert {again.keep for bar, again in plan.returns.items() if bar >= 16} == {Keep.MELODY}


def test_bars_that_are_equal_to_others_are_planned_within_what_people_write_and_the_theme_is_known_again():
    habits = replace(COPIES, most_equal=0.25)
    for form in ("AABA", "rondo", "strophes", "ABA"):
        for seed in range(20):
            returns = draw_plan(parse_form(form), bars=32, habits=habits, seed=seed).returns
            assert sum(again.keep is Keep.ALL for again in returns.values()) <= 0.25 * 32
            assert any(
                again.keep in (Keep.ALL, Keep.MELODY) and bar + 1 in returns and bar - again.source >= 6
                for bar, again in returns.items()
            )


def test_each_variation_keeps_something_else_of_the_theme():
    plan = draw_plan(parse_form("variations"), bars=32, habits=MELODIES, seed=1)
    kept = {first: plan.returns[first].keep for section, first in plan.sections if section.varied}
    assert kept == {8: Keep.MELODY, 16: Keep.ACCOMPANIMENT, 24: Keep.RHYTHM}
    assert plan.barlines == {7: "||", 15: "||", 23: "||"}


def test_a_section_in_another_key_that_comes_back_is_not_moved_again():
    plan = draw_plan(parse_form("ABAB"), bars=64, habits=COPIES, seed=1)
    away = {phrase.first for phrase in plan.phrases if phrase.section == 3 and phrase.area is not Area.HOME}
    assert away
    assert {plan.returns[first].area for first in away} == {Area.HOME}


def test_long_pieces_go_to_another_key_and_come_back():
    areas = [draw_plan(parse_form("ABACA"), bars=96, habits=COPIES, seed=seed).phrases for seed in range(4)]
    for phrases in areas:
        away = [phrase for phrase in phrases if phrase.area is not Area.HOME]
        assert away
        assert phrases[-1].area is Area.HOME
    assert len({phrase.area for phrases in areas for phrase in phrases}) > 1


def test_the_same_seed_draws_the_same_plan_and_another_seed_another_one():
    plans = [draw_plan(None, bars=64, habits=COPIES, seed=seed).to_json() for seed in (1, 1, 2, 3, 4)]
    assert plans[0] == plans[1]
    assert any(plan != plans[0] for plan in plans[2:])


@pytest.mark.parametrize(("composer", "instrumentation"), [("Chopin, Frederic", "Keyboard"), ("Nobody", "Kazoo")])
def test_every_style_has_habits(composer, instrumentation):
    habits = habits_of(composer, instrumentation)
    assert 0 <= habits.copies <= 1
    assert 0 <= habits.returns <= 1
    assert habits.phrase_bars >= 1
