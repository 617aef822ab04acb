"""`notabot bench`, on a network of two layers."""

import json
from pathlib import Path

import pytest

from bot.cli.guard import EXIT_DONE, EXIT_FIXABLE, run

TINY = ["bench", "--patches=1", "--precision=fp32"]


def test_every_combination_is_measured_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "bench.json"
    assert run([*TINY, "--size=1,1,64,64", "--slots=1", "--slots=2", "--out", str(out)]) == EXIT_DONE
    measured = json.loads(out.read_text())
    assert [(one["slots"], one["shape"]["context_patches"]) for one in measured] == [(1, 64), (2, 64)]
    assert [point["context_patches"] for point in measured[0]["points"]] == [16, 32, 52]
    assert capsys.readouterr().out.count("whole piece") == 2


@pytest.mark.parametrize("size", ["notagen-huge", "1,1,64", "1,1,65,64", "0,1,64,64", "1,1,64,20", "1,1,64,999999"])
def test_a_size_that_there_is_not_is_refused(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*TINY, "--size", size]) == EXIT_FIXABLE
    assert size in capsys.readouterr().err
