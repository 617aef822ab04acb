"""The measurements work, on as little as can be measured."""

import json
import lzma
import subprocess
import sys
from pathlib import Path

import pytest

from tests.measure.__main__ import EXIT_DONE, EXIT_FIXABLE, main, names

DATA = Path(__file__).parents[1] / "data"


def test_all_are_listed_with_what_they_measure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == EXIT_DONE
    told = capsys.readouterr().out
    assert {"chaos", "load", "notation", "rendering", "speed"} <= set(names())
    assert all(f"NAME={name} " in told for name in names())


def test_a_name_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spede"]) == EXIT_FIXABLE
    told = capsys.readouterr().err
    assert "Choose from " in told
    assert "chaos" in told


@pytest.mark.parametrize("name", names())
def test_each_explains_its_arguments(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    assert f"make measure NAME={name}" in capsys.readouterr().out


def test_notation_is_compared_with_the_second_opinion(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waltz = (DATA / "waltz.abc").read_text()
    (tmp_path / "examples" / "notagen").mkdir(parents=True)
    (tmp_path / "examples" / "notagen" / "waltz.abc").write_text(waltz)
    (tmp_path / "data").mkdir()
    with lzma.open(tmp_path / "data" / "scores.jsonl.xz", "wt") as rows:
        rows.write(json.dumps({"id": "broken", "abc": "no music"}) + "\n")
    assert main(["notation", str(tmp_path)]) == EXIT_DONE
    told = capsys.readouterr().out
    assert "pieces: 2, printed as read: 1, without defect: 1, unreadable: 1" in told
    assert "same verdict: 1" in told


def test_a_tune_is_rendered_and_a_refusal_is_no_crash(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.abc").write_text("X:1\nT:One bar\nM:4/4\nL:1/4\nK:C\nCDEF|]\n")
    (tmp_path / "b.abc").write_text("X:1\nM:none of these\nK:C\n")
    assert main(["rendering", str(tmp_path), "--formats", "mid", "--keep", str(tmp_path / "kept")]) == EXIT_DONE
    assert "1 of 2 rendered to mid" in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["a.mid"]


def test_it_runs_as_a_program() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.measure", "nothing"], check=False, timeout=60)
    assert done.returncode == EXIT_FIXABLE


def test_sound_tells_loudness_and_width_of_a_tune(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sound", str(DATA / "song.abc")]) == EXIT_DONE
    told = capsys.readouterr().out
    assert "-16." in told
    assert "left/right 0." in told
