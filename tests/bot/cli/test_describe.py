"""`notabot describe`: what a piece or a file is, in words."""

import json

from bot.cli import run
from tests.bot.cli.test_transpose import RECORD, TUNE


def test_a_piece_of_the_folder_is_described_with_what_to_write_for_another(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    name = "chopin_keyboard_20261121_142310_k3f9"
    (tmp_path / "out" / f"{name}.abc").write_text(TUNE)
    (tmp_path / "out" / f"{name}.json").write_text(json.dumps(RECORD | {"id": "k3f9", "name": name}))
    assert run(["describe", "k3f9"]) == 0
    said = capsys.readouterr().out
    assert "k3f9" in said
    assert "Chopin" in said


def test_a_file_from_elsewhere_is_read_first(tmp_path, capsys):
    tune = tmp_path / "dance.abc"
    tune.write_text("X:1\nT:Little Dance\nC:Anna Blume\nM:3/4\nL:1/4\nQ:1/4=96\nK:G\nGAB|d2B|AFD|G3|\n")
    assert run(["describe", str(tune)]) == 0
    said = capsys.readouterr().out
    assert "“Little Dance”, composer: Anna Blume" in said
    assert "G major, 3/4" in said
    assert "4 bars" in said


def test_what_is_no_file_and_no_piece_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["describe", "nosuch"]) == 2
    assert "nosuch" in capsys.readouterr().err
