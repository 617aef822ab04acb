"""The cursor glides, jumps where the music does, and the page is turned before it is needed."""

import pytest

from renderers.video.cursor import EARLY_S, Cursor
from renderers.video.lines import Box, Line
from renderers.video.screens import Place
from renderers.video.timeline import Bar, Light, Timeline


def line(*measures, start=1):
    """Bars of 100 pixels, with a note at their beginning and one in their middle, named by the bar."""
    numbers = range(start, start + measures[0])
    boxes = {number: Box(100 * place, 10, 100 * place + 100, 50) for place, number in enumerate(numbers)}
    heads = {
        f"{number}{beat}": Box(box.left + at, 20, box.left + at + 10, 30)
        for number, box in boxes.items()
        for beat, at in (("a", 10), ("b", 50))
    }
    return Line(
        svg="",
        only_heads="",
        width=400,
        height=60,
        heads=heads,
        measures=boxes,
        staves=Box(0, 10, 100 * measures[0], 50),
    )


def played(*numbers, late=0.0):
    """Each bar takes two seconds. late: of the second note of each."""
    bars = [Bar(number, 2.0 * place, 2.0 * place + 2) for place, number in enumerate(numbers)]
    lights = [
        Light(f"{bar.number}{beat}", bar.start + at, bar.start + at + 1, 0)
        for bar in bars
        for beat, at in (("a", 0), ("b", 1 + late))
    ]
    return Timeline(lights=tuple(lights), bars=tuple(bars), num_voices=1)


TWO = [line(2), line(2, start=3)]


def on_screens(*numbers):
    return [Place(screen=number, x=0, y=0, zoom=1.0) for number in numbers]


def test_it_glides_from_note_to_note_and_to_the_end_of_the_line():
    cursor = Cursor(played(1, 2, 3, 4), TWO, on_screens(0, 0))
    assert cursor.at(0.0) == (0, 15)
    assert cursor.at(0.5) == (0, pytest.approx(35))
    assert cursor.at(1.0) == (0, 55)
    assert cursor.at(3.99)[0] == 0
    assert cursor.at(3.99)[1] == pytest.approx(200, abs=1)
    assert cursor.at(4.0) == (1, 15)


def test_it_goes_back_where_bars_are_repeated():
    cursor = Cursor(played(1, 2, 1, 2, 3), TWO, on_screens(0, 0))
    assert cursor.at(3.9)[1] > 190
    assert cursor.at(4.0) == (0, 15)
    assert cursor.at(5.0) == (0, 55)
    assert cursor.at(8.0) == (1, 15)


def test_a_page_is_turned_before_its_first_note_and_after_the_last_of_the_old_one():
    cursor = Cursor(played(1, 2, 3, 4), TWO, on_screens(0, 1))
    assert [turn.screen for turn in cursor.turns] == [0, 1]
    assert cursor.turns[1].at == pytest.approx(4 - EARLY_S)
    assert cursor.screen_at(3.6) == 0
    assert cursor.screen_at(3.7) == 1
    assert cursor.at(3.8) == (1, 15), "it waits for the first note"
    hurried = Cursor(played(1, 2, 3, 4, late=0.8), TWO, on_screens(0, 1))
    assert hurried.turns[1].at > 3.8, "the note before is seen first"


def test_a_bar_that_ends_between_hundredths_of_a_second_is_no_note_to_be_seen_first():
    """Notes are told to a hundredth: a bar's end came seven thousandths before the next; the page stayed till then."""
    bars = (Bar(1, 0, 1.99755), Bar(2, 1.99755, 3.9951), Bar(3, 3.9951, 6))
    lights = (Light("1a", 0, 1, 0), Light("2a", 1.99755, 3, 0), Light("3a", 3.9951, 5, 0))
    cursor = Cursor(Timeline(lights=lights, bars=bars, num_voices=1), TWO, on_screens(0, 1))
    assert cursor.turns[1].at == pytest.approx(4 - EARLY_S, abs=0.01)


def test_pages_are_turned_back_for_a_repeat():
    cursor = Cursor(played(1, 2, 3, 4, 1, 2), TWO, on_screens(0, 1))
    assert [turn.screen for turn in cursor.turns] == [0, 1, 0]


def test_who_plays_ahead_of_the_beat_still_plays_the_bar_to_come():
    ahead = Timeline(
        lights=(*played(1).lights, Light("2a", 1.96, 3, 0), Light("2b", 3, 4, 0)),
        bars=(Bar(1, 0, 2), Bar(2, 2, 4)),
        num_voices=1,
    )
    cursor = Cursor(ahead, [line(1), line(1, start=2)], on_screens(0, 0))
    assert cursor.at(1.9)[0] == 0
    assert cursor.at(1.97) == (1, pytest.approx(15, abs=1))
    assert cursor.at(2.0)[0] == 1


def test_without_notes_nothing_is_pointed_at():
    assert Cursor(Timeline(lights=(), bars=(), num_voices=1), TWO, on_screens(0, 0)).at(1.0) is None


def test_a_bar_of_rests_is_passed_too():
    rest = Timeline(lights=played(1).lights, bars=played(1, 2).bars, num_voices=1)
    cursor = Cursor(rest, TWO, on_screens(0, 0))
    assert cursor.at(2.0) == (0, 100)
    assert cursor.at(3.99)[1] == pytest.approx(200, abs=1)
