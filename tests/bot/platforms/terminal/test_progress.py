import io

import pytest
from rich.console import Console

from bot.platforms.terminal.progress import ProgressLine, left, size_in_words


def run_through(console, *, bars=16):
    with ProgressLine(console) as line:
        for bar in range(1, bars + 1):
            line.show_bar(bar, bars, remaining_s=(bars - bar) * 0.5)
        line.show_step("drawing ...")


def test_without_a_terminal_there_are_few_lines_among_them_the_last_bar():
    out = io.StringIO()
    run_through(Console(file=out, force_terminal=False))
    lines = out.getvalue().splitlines()
    assert lines == ["bar 1 of 16 · 8 s left", "bar 16 of 16 · 0 s left", "drawing ..."]


def test_on_a_terminal_the_line_is_live_and_gone_at_the_end():
    out = io.StringIO()
    run_through(Console(file=out, force_terminal=True, width=80))
    assert "bar 1 of 16" in out.getvalue() or "drawing" in out.getvalue()
    assert out.getvalue().rstrip().endswith("\x1b[2K")  # "erase the line" is the last thing said


def test_the_terminal_gets_its_cursor_back_after_an_interruption():
    out = io.StringIO()

    def show_one_and_stop(line):
        line.show_bar(1, 16, remaining_s=None)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), ProgressLine(Console(file=out, force_terminal=True)) as line:
        show_one_and_stop(line)
    assert out.getvalue().rfind("\x1b[?25h") > out.getvalue().rfind("\x1b[?25l")


@pytest.mark.parametrize(
    ("remaining_s", "words"),
    [(None, ""), (3.4, " · 3 s left"), (-1.0, " · 0 s left"), (125.0, " · 2 min 5 s left")],
)
def test_the_time_left_is_said_in_minutes_and_seconds(remaining_s, words):
    assert left(remaining_s) == words


@pytest.mark.parametrize(("size", "words"), [(999, "999 B"), (1234, "1.2 kB"), (3_456_789, "3.5 MB")])
def test_sizes_are_said_in_the_fitting_unit(size, words):
    assert size_in_words(size) == words
