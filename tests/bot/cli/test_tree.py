"""`notabot tree`: the family of a piece in a folder."""

import json

import pytest

from bot.cli import run
from tests.bot.cli.test_transpose import RECORD, TUNE


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    for number, (id_, parent, way) in enumerate(
        [("k3f9", "gone", "again"), ("aaaa", "k3f9", "hotter"), ("bbbb", "aaaa", "again"), ("zzzz", None, "")]
    ):
        name = f"chopin_keyboard_20261121_14231{number}_{id_}"
        record = RECORD | {"id": id_, "name": name, "parent": parent, "way": way, "made": f"2026-11-21T14:23:1{number}"}
        (tmp_path / "out" / f"{name}.abc").write_text(TUNE)
        (tmp_path / "out" / f"{name}.json").write_text(json.dumps(record))
    (tmp_path / "out" / "other.json").write_text("[1]")
    return tmp_path / "out"


def test_it_shows_parents_and_children(folder, capsys):
    assert run(["tree", "aaaa"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [next(id_ for id_ in ("gone", "k3f9", "aaaa", "bbbb") if f"{id_} ·" in line) for line in lines] == [
        "gone",
        "k3f9",
        "aaaa",
        "bbbb",
    ]
    assert "bolder" in lines[2]
    assert "zzzz" not in "".join(lines)


def test_as_json_it_is_one_line_a_piece(folder, capsys):
    assert run(["tree", str(folder / "chopin_keyboard_20261121_142310_k3f9.abc"), "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["id"], row["parent"]) for row in rows] == [
        ("gone", None), ("k3f9", "gone"), ("aaaa", "k3f9"), ("bbbb", "aaaa"),
    ]  # fmt: skip


def test_an_unknown_id_is_said(folder, capsys):
    assert run(["tree", "nope"]) != 0
    assert "nope" in capsys.readouterr().err
