"""How long the rest of a piece takes: endings, drawing and playing are part of it."""

from bot.jobs.order import Pace
from bot.jobs.stages import USUAL, Shares, Watch
from generator.request import Progress

SHARES = Shares(bars=0.25, ending=0.15, drawing=0.6)


class Clock:
    """A clock that stands where it is put."""

    def __init__(self):
        self.s = 100.0

    def __call__(self):
        return self.s

    def at(self, seconds):
        self.s = 100.0 + seconds


def watched(*moments, drawn=None):
    """A watch that saw bars of 64 finished at such moments; its clock."""
    clock = Clock()
    watch = Watch(now=clock)
    for seconds, bar in moments:
        clock.at(seconds)
        watch.bar(Progress(bar, 64, seconds, 2.0))
    if drawn is not None:
        clock.at(drawn)
        watch.draw()
    return watch, clock


def test_bars_that_are_nearly_finished_do_not_mean_that_the_piece_is():
    watch, _ = watched((17, 56))
    assert 50 < watch.remaining_s(100.0, SHARES) < 90, "an ending, and 60 s of drawing and playing, are still to come"


def test_while_endings_are_tried_the_time_left_goes_on_falling():
    watch, clock = watched((25, 55))
    first = watch.remaining_s(100.0, SHARES)
    clock.at(35)
    assert 9 < first - watch.remaining_s(100.0, SHARES) < 11


def test_drawing_and_playing_have_a_time_left_that_falls_to_nothing():
    watch, clock = watched((25, 64), drawn=40)
    assert 55 < watch.remaining_s(100.0, SHARES) < 65
    clock.at(90)
    assert 5 < watch.remaining_s(100.0, SHARES) < 15
    clock.at(500)
    assert watch.remaining_s(100.0, SHARES) == 0


def test_a_slow_machine_makes_the_rest_as_slow_as_what_was():
    quick, slow = (watched((seconds, 32))[0].remaining_s(100.0, SHARES) for seconds in (14, 28))
    assert 1.8 < slow / quick < 2.2


def test_what_was_just_begun_takes_as_long_as_usual():
    watch, _ = watched()
    assert watch.remaining_s(100.0, SHARES) == 100


def test_the_shares_of_a_piece_are_learnt():
    watch, clock = watched((25, 55), drawn=40)
    clock.at(100)
    assert watch.shares() == Shares(bars=0.25, ending=0.15, drawing=0.6)
    pace = Pace()
    for _ in range(30):
        pace.learn(bars=64, seconds=100, shares=watch.shares())
    assert abs(pace.shares.drawing - 0.6) < 0.01
    assert watched()[0].shares() is None


def test_the_first_piece_of_all_has_a_guess_too():
    assert Pace().expected_s(place=0, slots=4, bars=16) > 0
    assert round(USUAL.bars + USUAL.ending + USUAL.drawing, 6) == 1
