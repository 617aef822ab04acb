"""`notabot bench`, on a network of two layers."""

import json
from pathlib import Path

import pytest

from bot.cli.guard import EXIT_DONE, EXIT_FIXABLE, run

TINY = ["bench", "engine", "--patches=1", "--precision=fp32"]


def test_every_combination_is_measured_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "bench.json"
    assert run([*TINY, "--size=1,1,64,64", "--slots=1", "--slots=2", "--out", str(out)]) == EXIT_DONE
    measured = json.loads(out.read_text())["engine"]["figures"]
    assert [(one["slots"], one["shape"]["context_patches"]) for one in measured] == [(1, 64), (2, 64)]
    assert [point["context_patches"] for point in measured[0]["points"]] == [16, 32, 52]
    assert capsys.readouterr().out.count("whole piece") == 2


@pytest.mark.parametrize("size", ["notagen-huge", "1,1,64", "1,1,65,64", "0,1,64,64", "1,1,64,20", "1,1,64,999999"])
def test_a_size_that_there_is_not_is_refused(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*TINY, "--size", size]) == EXIT_FIXABLE
    assert size in capsys.readouterr().err


def test_a_part_that_there_is_not_is_refused_before_anything_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "engine", "cooking"]) == EXIT_FIXABLE
    said = capsys.readouterr()
    assert "cooking" in said.err
    assert not said.out


def test_a_folder_without_a_version_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "cold", "--before", str(tmp_path)]) == EXIT_FIXABLE
    assert str(tmp_path) in capsys.readouterr().err.replace("\n", "")


def test_bits_without_a_corpus_are_refused_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "bits"]) == EXIT_FIXABLE
    assert "--corpus" in capsys.readouterr().err


def test_plots_of_a_file_without_figures_are_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.bench.plots.check_plotter", lambda _folder: None)
    monkeypatch.setattr("bot.bench.plots.draw_plots", lambda _parts, _folder: [])
    assert run(["bench", "plots", "--out", str(tmp_path / "none.json")]) == EXIT_FIXABLE
    assert "--out" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--out={0}/file/bench.json", "--out={0}", "--plots={0}/file", "--corpus={0}/none"])
def test_what_cannot_be_written_or_read_is_said_before_anything_is_measured(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def measure(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("bot.bench.cold.measure_cold", measure)
    (tmp_path / "file").touch()
    assert run(["bench", "cold", option.format(tmp_path)]) == EXIT_FIXABLE
    assert "Traceback" not in capsys.readouterr().err


def test_a_checkout_without_notagen_is_refused_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*TINY, "--notagen", str(tmp_path)]) == EXIT_FIXABLE
    said = capsys.readouterr()
    assert "inference/utils.py" in said.err.replace("\n", " ")
    assert not said.out


def test_the_engine_comes_last_however_parts_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds gigabytes, which others may want."""
    measured: list[str] = []
    monkeypatch.setattr("bot.cli.bench._measure", lambda _report, part, *_, **__: measured.append(part))
    monkeypatch.setattr("bot.cli.bench._engine", lambda *_: measured.append("engine"))
    assert run(["bench", "engine", "rendering", "cold"]) == 0
    assert measured == ["cold", "rendering", "engine"]
