import io
import logging
import sys

import pytest

from generator.training.progress import LogLines, open_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar_with_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with open_progress() as progress:
        progress.show(0.25, "step 1, 6.9 bits", elapsed_s=1)
        progress.show(1.0, "step 4, 1.2 bits", elapsed_s=4)
    assert "100.0 %|" in terminal.getvalue()
    assert "step 4, 1.2 bits" in terminal.getvalue()


def test_without_a_terminal_there_is_one_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with open_progress() as progress:
        assert isinstance(progress, LogLines)
        for second in range(130):
            progress.show(second / 200, f"step {second}", elapsed_s=second)
        progress.show(1.0, "the last", elapsed_s=131)
    lines = [record.getMessage().split("  ")[-1] for record in caplog.records]
    assert lines == ["step 0", "step 60", "step 120", "the last"]
