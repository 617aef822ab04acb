"""`notabot sweep`: sheets in a folder, marked and narrowed, with what was found kept for `notabot compose`."""

import json
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest

from bot.cli import run
from bot.making.compose import Compose
from bot.making.files import Piece
from bot.making.workshop import open_renderer_for
from generator import composer
from generator.catalogue.catalogue import load_catalogue
from tests.bot.commands.conftest import record_of


@pytest.fixture(autouse=True)
def no_model(tiny_weights, tmp_path, monkeypatch):
    """Pieces are made at once, of nothing; returns the requests."""

    class Nothing:
        catalogue = load_catalogue()
        guidable = True

    @asynccontextmanager
    async def nothing(_settings, _formats=()):
        yield Nothing()

    async def make(self, _workshop, order):
        asked.append(self.request)
        id_ = order.id or f"solo{next(numbers)}"
        return Piece(record=record_of(id_, self.request), files={".abc": b"X:1"})

    asked, numbers = [], count()
    monkeypatch.setattr(composer, "open_composer", nothing)
    monkeypatch.setattr("bot.making.workshop.open_renderer_for", nothing)
    monkeypatch.setattr(Compose, "make", make)
    monkeypatch.setenv("NOTABOT_WEIGHTS", str(tiny_weights))
    monkeypatch.chdir(tmp_path)
    assert open_renderer_for is not nothing
    return asked


def sheets():
    records = [json.loads(path.read_text()) for path in Path("out").glob("*.json")]
    return sorted((one for one in records if one.get("kind") == "sweep"), key=lambda one: one["asked"]["number"])


def test_marks_narrow_and_what_is_found_is_kept_until_it_is_forgotten(no_model, capsys):
    assert run(["sweep", "chopin", "keyboard", "--bars", "2", "--seed", "7"]) == 0
    (first,) = sheets()
    assert f"notabot sweep {first['id']} --rate" in capsys.readouterr().out
    assert run(["sweep", first["id"], "--rate", "1 5 2 1"]) == 0
    second = sheets()[1]
    assert second["asked"]["settings"][0] == first["sheet"][1]["sampling"]
    assert run(["sweep", first["id"], "--rate", "1=1"]) == 0
    assert second["id"] in capsys.readouterr().out
    assert len(sheets()) == 2
    assert run(["sweep", second["id"], "--rate", "5 1 2 1", "--done"]) == 0
    assert "suits you best" in capsys.readouterr().out
    assert run(["sweep"]) == 0
    assert "Chopin keyboard: temperature" in capsys.readouterr().out
    assert run(["compose", "chopin", "keyboard", "--bars", "2"]) == 0
    found = second["sheet"][0]["sampling"]
    assert (no_model[-1].sampling.temperature, no_model[-1].sampling.top_k) == (found["temperature"], found["top_k"])
    assert "As you found in your sweep" in capsys.readouterr().err
    assert run(["compose", "chopin", "keyboard", "--bars", "2", "--temperature", "1.5"]) == 0
    assert no_model[-1].sampling.temperature == 1.5
    assert run(["sweep", "--forget", "chopin", "keyboard"]) == 0
    assert run(["sweep"]) == 2
    assert "Nothing was found yet" in capsys.readouterr().err


def test_what_is_wrong_is_said_and_makes_nothing(capsys):
    assert run(["sweep", "chopin", "keyboard", "--bars", "2"]) == 0
    (first,) = sheets()
    for arguments, said in (
        (["nosuch", "--rate", "1 2 3 4"], "no sheet"),
        ([first["id"], "--rate", "9 9 9 9"], "no marks for 4 pieces"),
        ([first["id"], "--done"], "None of the pieces"),
        (["hello"], "Hello"),
    ):
        assert run(["sweep", *arguments]) == 2
        assert said in capsys.readouterr().err
    assert len(sheets()) == 1
