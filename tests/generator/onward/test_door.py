"""Work on a piece: what stands must stand, and what is new must fit."""

from contextlib import aclosing
from dataclasses import replace

import pytest

from generator.catalogue.style import Style
from generator.errors import BadRequest
from generator.notation import check_bars
from generator.onward.brought import bring
from generator.onward.door import Worked
from generator.onward.work import How, Kind, Work
from generator.request import Progress
from tests.generator.onward.conftest import WALTZ
from tests.refusals import refuses

NOBODY = Style("", "", "Keyboard")


def work(kind, seed=7, **asked):
    return Work(kind=kind, style=NOBODY, seed=seed, **asked)


async def done(composer, asked, abc=WALTZ):
    async with aclosing(composer.work_on(bring(abc), asked)) as found:
        events = [event async for event in found]
    *progress, worked = events
    assert all(isinstance(event, Progress) for event in progress)
    assert isinstance(worked, Worked)
    return worked


def lines(abc):
    return [line for line in abc.splitlines() if line.startswith("[V:")]


def assert_all_others_stand(worked, abc=WALTZ):
    """Every bar that is not said to be new prints as it did, and the head of the tune does."""
    old, new = lines(str(bring(abc).tune)), lines(worked.abc)
    changed = set(worked.changed)
    kept = [(number, line) for number, line in enumerate(old[: len(new)], start=1) if number not in changed]
    assert kept == [(number, new[number - 1]) for number, _ in kept]
    assert worked.abc.partition("[V:1]")[0] == abc.partition("[V:1]")[0]


@pytest.mark.parametrize(("first", "last"), [(1, 1), (3, 4), (6, 6), (8, 9)])
async def test_bars_written_anew_leave_all_others_as_they_are_and_every_bar_right(composer, first, last):
    worked = await done(composer, work(Kind.REWRITE, first=first, last=last))
    assert worked.changed == tuple(range(first, last + 1))
    assert_all_others_stand(worked)
    assert check_bars(worked.tune) == []


async def test_new_bars_keep_the_barlines_and_lengths_and_what_holds_behind_them(composer):
    worked = await done(composer, work(Kind.REWRITE, first=5, last=6))
    again, modulating = lines(worked.abc)[4:6]
    assert again.endswith(":|"), "the repeat ends where it did"
    assert modulating.count("[K:D]") == 2, "what follows relies on the key that began in these bars"


async def test_a_sign_that_went_over_the_edge_has_its_other_end_in_the_new_bars(composer):
    worked = await done(composer, work(Kind.REWRITE, first=3, last=3))
    top, bass = lines(worked.abc)[2].split("|[V:2]")
    assert ")" in top or not any(char.isalpha() for char in top.partition("]")[2].replace("z", "").replace("x", ""))
    if any(char in "ABCDEFGabcdefg" for char in bass):
        assert "!ped-up!" in bass


async def test_a_piece_goes_on_behind_its_last_bar_or_any_other(composer):
    further = await done(composer, work(Kind.CONTINUE, bars=2))
    assert further.changed == (10, 11)
    assert_all_others_stand(further)
    assert further.abc.rstrip().endswith(("|]", ":|"))
    early = await done(composer, work(Kind.CONTINUE, bars=3, first=4))
    assert early.changed == (4, 5, 6)
    assert len(early.tune.bars) == 6
    assert_all_others_stand(early)
    assert check_bars(early.tune) == []


@pytest.mark.parametrize("how", [how for how in How if how is not How.ORNAMENT])
async def test_a_variation_changes_so_many_bars_as_were_asked_for(composer, how):
    worked = await done(composer, work(Kind.VARY, how=how, how_far=0.3))
    assert len(worked.changed) == 3
    assert_all_others_stand(worked)
    assert check_bars(worked.tune) == []


@pytest.mark.parametrize("asked", [{"kind": Kind.SIMPLIFY}, {"kind": Kind.VARY, "how": How.ORNAMENT, "how_far": 1}])
async def test_by_rule_every_bar_stays_as_long_as_it_was_and_those_that_need_nothing_stay(composer, asked):
    thick = WALTZ.replace("[CF]4", "[A,CF]4")
    worked = await done(composer, work(**asked), thick)
    assert 0 < len(worked.changed) < 9
    assert_all_others_stand(worked, thick)
    assert check_bars(worked.tune) == []
    with refuses(BadRequest, match="nothing in these bars"):
        await done(composer, work(Kind.SIMPLIFY, first=1, last=1))


async def test_a_theme_from_the_middle_begins_a_piece_in_its_own_key(composer):
    worked = await done(composer, work(Kind.RESTYLE, first=6, last=7, bars=2))
    assert worked.changed == (3, 4)
    theme = lines(worked.abc)[:2]
    assert theme[0] == lines(WALTZ)[5]
    assert theme[1] == lines(WALTZ)[6]


async def test_a_melody_is_kept_note_for_note_below_others(composer):
    melody = WALTZ.replace("[K:D]", "")
    choir = replace(work(Kind.HARMONISE), style=composer.catalogue.find("bach chorale"))
    worked = await done(composer, choir, melody)
    kept = [bar.voices[0].music for bar in worked.tune.bars]
    assert kept == [bar.voices[0].music for bar in bring(melody).bars]
    assert len(worked.tune.header.voices) >= 3
    assert any(bar.voices[-1].sounds for bar in worked.tune.bars)
    assert check_bars(worked.tune) == []


async def test_the_same_work_gives_the_same_bars_and_another_seed_others(composer):
    asked = work(Kind.REWRITE, first=6, last=7)
    once, again, other = [await done(composer, one) for one in (asked, asked, replace(asked, seed=8))]
    assert once.abc == again.abc
    assert once.abc != other.abc


async def test_what_is_done_is_written_down_complete(composer):
    worked = await done(composer, work(Kind.RESTYLE, bars=1))
    assert Work.from_json(worked.done()) == worked.work
    assert (worked.work.first, worked.work.last) == (1, 8), "the theme is the first eight bars if nobody says"
    assert worked.counts.bars_given == 8
