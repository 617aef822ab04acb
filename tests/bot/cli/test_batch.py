"""`notabot batch`, once with all that is real, else with pieces that need no model: stopped anywhere, begun again."""

import json
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest

from bot.cli import batch, run
from bot.making.batch.journal import Journal
from bot.making.batch.plan import read_plan
from bot.making.compose import Compose
from bot.making.files import Piece
from generator.catalogue.catalogue import load_catalogue
from generator.errors import BadRequest

PLAN = """
pause_s = 0
formats = ["abc"]
bars = 2
[[pieces]]
words = "chopin keyboard"
count = 3
"""


@pytest.fixture(autouse=True)
def plan(tiny_weights, tmp_path, monkeypatch):
    monkeypatch.setenv("NOTABOT_WEIGHTS", str(tiny_weights))
    monkeypatch.setenv("NOTABOT_THREADS", "1")
    monkeypatch.setenv("NOTABOT_TRIES_PER_BAR", "1")
    monkeypatch.chdir(tmp_path)
    Path("night.toml").write_text(PLAN)


def journal():
    return [json.loads(line) for line in Path("night.jsonl").read_text().splitlines()]


def ids():
    return sorted(path.stem.rpartition("_")[2] for path in Path("out").glob("*.json"))


class Killed(BaseException):
    pass


@pytest.fixture
def no_model(monkeypatch):
    """Pieces are made at once, of nothing."""

    @asynccontextmanager
    async def nothing(_settings):
        yield None

    async def make(self, _workshop, order):
        if self.request.seed in broken:
            raise BadRequest(reason="seed")
        record = {"id": order.id, "name": f"chopin_keyboard_{next(times)}_{order.id}", "title": "Waltz"}
        return Piece(record=record, files={".abc": b"X:1"})

    broken, times = set(), (f"20261130_0000{number:02}" for number in count())
    monkeypatch.setattr(batch, "_open_workshop", nothing)
    monkeypatch.setattr(Compose, "make", make)
    return broken


@pytest.mark.usefixtures("no_model")
@pytest.mark.parametrize("where", ["before the files", "after the files", "in the line"])
def test_stopped_anywhere_it_goes_on_and_nothing_is_lost_or_doubled(where, monkeypatch):
    note, write = Journal.note, batch.PieceFolder.write

    def die_writing(self, name, files, record=None):
        if where == "before the files" and list(Path("out").glob("*.json")):
            Path("out", f"{name}.abc").write_text("half a piece")
            raise Killed
        return write(self, name, files, record)

    def die_noting(self, line):
        if line["number"] == 2 and where != "before the files":
            if where == "in the line":
                self._file.write(b'{"id": "' + line["id"].encode())
                self._file.flush()
            raise Killed
        note(self, line)

    with monkeypatch.context() as dying:
        dying.setattr(Journal, "note", die_noting)
        dying.setattr(batch.PieceFolder, "write", die_writing)
        with pytest.raises(Killed):
            run(["batch", "night.toml"])
    assert len(journal()) == 1 if where != "in the line" else Path("night.jsonl").read_text().count("\n") == 1
    assert run(["batch", "night.toml"]) == 0
    lines = journal()
    assert sorted(line["number"] for line in lines) == [1, 2, 3]
    assert ids() == sorted(line["id"] for line in lines)
    assert len(list(Path("out").glob("*.abc"))) == 3


def test_what_cannot_be_made_is_counted_and_tried_again_when_asked(no_model, capsys):
    no_model.add(read_plan(Path("night.toml"), load_catalogue()).items[1].task.request.seed)
    assert run(["batch", "night.toml"]) == 0
    assert "2 of 3 pieces are made, 1 could not be" in capsys.readouterr().out
    assert journal()[1]["error"] == "BadRequest"
    assert run(["batch", "night.toml"]) == 0
    assert len(journal()) == 3
    no_model.clear()
    assert run(["batch", "night.toml", "--retry"]) == 0
    assert "3 of 3 pieces are made" in capsys.readouterr().out
    assert len(ids()) == 3


def test_a_wrong_file_is_said_before_the_model_is_loaded(capsys):
    Path("night.toml").write_text('[[pieces]]\nwords = "chopin keyboard"\ntemprature = 1')
    assert run(["batch", "night.toml"]) == 2
    assert "“temprature”" in capsys.readouterr().err
    assert not Path("night.jsonl").exists()
