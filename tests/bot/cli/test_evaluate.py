"""`notabot evaluate`: what the person gets of an evaluation, samples that open among it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli import evaluate as door
from bot.cli.evaluate import choose_samples, make_samples
from bot.cli.evaluate_music import chosen_groups, read_result
from bot.cli.guard import run
from bot.errors import BadInput
from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.evaluation.figures import Evaluation
from generator.evaluation.pieces import ComposedPiece
from tests.refusals import refuses

STYLES = [load_catalogue().find(words) for words in ("chopin keyboard", "bach choral", "schubert art song")]
ABC = "X:1\nT:A title\nC:A credit\nL:1/8\nQ:1/4=120\nM:4/4\nK:C\nV:1 treble\n[V:1]c8|\n[V:1]c8|]\n"


def piece(number: int, style: int = 0) -> ComposedPiece:
    return ComposedPiece(
        style=STYLES[style],
        seed=number,
        bars_asked=2,
        abc=ABC,
        title="A title",
        credit="A credit",
        counts={},
        compose_s=1.0,
        date="2026-01-02",
    )


def evaluation(*pieces: ComposedPiece) -> Evaluation:
    liking = [{"name": one.name, "liking": -float(place)} for place, one in enumerate(pieces)]
    return Evaluation({"pieces": liking}, pieces)


def names(pieces: tuple[ComposedPiece, ...]) -> list[tuple[str, int]]:
    return [(rank, one.seed) for rank, one in choose_samples(pieces)]


def test_samples_are_the_best_and_the_worst_of_different_styles() -> None:
    pieces = (piece(1, 0), piece(2, 0), piece(3, 1), piece(4, 2), piece(5, 1), piece(6, 2), piece(7, 2), piece(8, 0))
    assert names(pieces) == [("best 1", 1), ("worst 1", 8), ("best 2", 3), ("worst 2", 7), ("best 3", 4)]


def test_long_pieces_are_no_samples_where_there_are_short_ones() -> None:
    long = replace(piece(1, 0), bars_asked=24)
    assert names((long, piece(2, 1), piece(3, 2))) == [("best 1", 2), ("best 2", 3)]
    assert names((long,)) == [("best 1", 1)]


def test_of_few_pieces_none_is_shown_twice() -> None:
    assert names((piece(1, 0), piece(2, 1))) == [("best 1", 1), ("best 2", 2)]
    assert names(()) == []


def test_samples_can_be_opened_and_take_the_place_of_older_ones(tmp_path: Path) -> None:
    (tmp_path / "best_1_old.mp3").write_bytes(b"old")
    (tmp_path / "page.png").write_bytes(b"somebody else's")
    (sample,) = asyncio.run(make_samples(evaluation(piece(1)), Settings(_env_file=None), folder=tmp_path))
    assert (sample["rank"], sample["seed"], sample["liking"]) == ("best 1", 1, 0)
    stem = "best_1_chopin_keyboard_2_1"
    assert sample["files"] == [f"{stem}.abc", f"{stem}.mp3", f"{stem}.png"]
    assert {path.name for path in tmp_path.iterdir()} == {*sample["files"], "page.png"}
    assert (tmp_path / f"{stem}.abc").read_text().startswith("X:1\n")
    assert (tmp_path / f"{stem}.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / f"{stem}.mp3").read_bytes()[:3] == b"ID3"


def test_samples_that_would_be_too_large_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MAX_SAMPLES_BYTES", 10)
    assert asyncio.run(make_samples(evaluation(piece(1)), Settings(_env_file=None), folder=tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["evaluate", "no.jsonl"], "There is no corpus at no.jsonl"),
        (["evaluate", "no.jsonl", "--pieces", "2"], "At least 4 pieces"),
        (["evaluate", "no.jsonl", "--compare", "first"], "NAME=FILE"),
        (["evaluate", "music", "no.jsonl"], "There is no corpus at no.jsonl"),
        (["evaluate", "music", "no.jsonl", "--groups", "opera"], "Choose from keyboard, song, quartet, chorale"),
        (["evaluate", "music", "no.jsonl", "--beside", "no.json"], "no.json cannot be read"),
    ],
)
def test_what_the_person_can_fix_is_one_sentence(
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("groups", "chosen"), [(None, ("keyboard", "song", "quartet", "chorale")), ("chorale, song", ("song", "chorale"))]
)
def test_groups_of_music_are_chosen_by_name(groups: str | None, chosen: tuple[str, ...]) -> None:
    assert chosen_groups(groups) == chosen


def test_a_result_of_music_is_set_beside_another_only_if_it_is_one(tmp_path: Path) -> None:
    path = tmp_path / "music.json"
    path.write_text('{"groups": {}}')
    assert read_result(path) == {"groups": {}}
    path.write_text("{}")
    with refuses(BadInput, match="does not hold a result"):
        read_result(path)
    with refuses(BadInput, match="cannot be read"):
        read_result(tmp_path / "no.json")
