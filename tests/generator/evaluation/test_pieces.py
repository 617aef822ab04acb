import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.own_styles import NO_OPENINGS, OwnStyles, entries_of, save_own_styles
from generator.evaluation import pieces
from generator.evaluation.excerpts import style_of
from generator.evaluation.pieces import ComposedPiece, Shelf, batch_settings, best_covered, compose_all, requests_for
from generator.request import Request
from generator.training.corpus import Row
from tests.generator.evaluation.conftest import BACH, CHOPIN, make_row

CATALOGUE = load_catalogue()
STYLE = CATALOGUE.find("chopin keyboard")


def piece(request: Request, *, failure: str = "") -> ComposedPiece:
    abc = "X:1\nL:1/8\nM:4/4\nK:C\nV:1\n[V:1]c8|]\n"
    return ComposedPiece(
        style=request.style,
        seed=request.seed,
        bars_asked=request.bars,
        abc=abc,
        title="A title",
        credit="A credit",
        counts={"bars": 1},
        compose_s=1.5,
        date="2026-01-02",
        failure=failure,
    )


def test_the_best_covered_styles_come_first_and_nobodys_never(rows: list[Row]) -> None:
    nobody = [make_row(number, ("Romantic", "Anonymous", "Keyboard")) for number in range(50)]
    unknown = [make_row(number, ("Romantic", "Nobody, Known", "Keyboard")) for number in range(50)]
    found = best_covered([*rows, *nobody, *unknown, make_row(1, BACH)], 20)
    assert found == [style_of(make_row(1, BACH)), style_of(make_row(1, CHOPIN))]
    assert found[0].family == "keyboard"
    assert best_covered(rows, 1) != []


def test_styles_that_weights_bring_along_are_evaluated_too(tmp_path: Path) -> None:
    own, weights = ("Romantic", "Doe, Jane", "Guitar"), tmp_path / "mine.safetensors"
    taught = [make_row(number, own) for number in range(3)]
    assert best_covered(taught, 20, weights=weights) == []
    save_own_styles(OwnStyles(entries_of([own]), NO_OPENINGS), weights)
    assert [style.composer for style in best_covered(taught, 20, weights=weights)] == ["Doe, Jane"]


def test_requests_go_round_styles_then_lengths_with_seeds_that_count_up() -> None:
    styles = [STYLE, CATALOGUE.find("bach choral")]
    requests = requests_for(styles, 7, seed=100, candidates=2)
    assert [request.style for request in requests] == [*styles * 3, styles[0]]
    assert [request.bars for request in requests] == [8, 8, 16, 16, 24, 24, 8]
    assert [request.seed for request in requests] == list(range(100, 107))
    preset = CATALOGUE.preset(STYLE)
    assert (requests[0].sampling.temperature, requests[0].sampling.top_p) == (preset.temperature, preset.top_p)
    assert requests[0].candidates == 2


def test_many_pieces_are_composed_at_once_in_the_numbers_that_few_are() -> None:
    shipped = batch_settings(Settings(device="cpu", slots=4, _env_file=None))
    assert (shipped.slots, shipped.precision) == (16, "int8")
    chosen = batch_settings(Settings(device="cpu", slots=20, precision="fp32", _env_file=None))
    assert (chosen.slots, chosen.precision) == (20, "fp32")


def test_a_kept_piece_is_found_again_for_the_same_request_alone(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "pieces")
    (request,) = requests_for([STYLE], 1, seed=5, candidates=1)
    assert shelf.find(request) is None
    shelf.keep(request, piece(request))
    assert shelf.find(request) == piece(request)
    hotter = replace(request, sampling=replace(request.sampling, temperature=1.9))
    for other in (replace(request, seed=6), replace(request, candidates=2), hotter):
        assert shelf.find(other) is None
    shelf.clear()
    assert shelf.find(request) is None


def test_a_piece_that_failed_or_is_not_whole_is_composed_again(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    (request,) = requests_for([STYLE], 1, seed=5, candidates=1)
    shelf.keep(request, piece(request, failure="no"))
    assert shelf.find(request) is None
    shelf.keep(request, piece(request))
    next(tmp_path.glob("*.json")).write_text('{"request":')
    assert shelf.find(request) is None


def test_a_second_run_composes_only_what_is_missing(
    tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [replace(request, bars=1) for request in requests_for([STYLE], 3, seed=5, candidates=1)]
    settings = Settings(weights=weights, slots=2, threads=1, tries_per_bar=1, _env_file=None)
    shelf, seen = Shelf(tmp_path), []
    shelf.keep(requests[1], piece(requests[1]))

    def run() -> list[ComposedPiece]:
        return asyncio.run(
            compose_all(requests, settings=settings, shelf=shelf, progress=lambda *now: seen.append(now))
        )

    first = run()
    assert [one.seed for one in first] == [5, 6, 7]
    assert first[1] == piece(requests[1])
    assert len(first[0].tune.bars) == 1
    assert first[0].counts["patches"] > 0
    assert seen == [(2, 3), (3, 3)]
    monkeypatch.setattr(pieces, "open_composer", None)
    assert run() == first


def test_a_failure_is_written_down_and_stops_nobody(tmp_path: Path, weights: Path) -> None:
    requests = [
        replace(request, bars=bars)
        for request, bars in zip(requests_for([STYLE], 2, seed=5, candidates=1), (9, 1), strict=True)
    ]
    settings = Settings(weights=weights, slots=2, threads=1, tries_per_bar=1, max_bars=8, _env_file=None)
    failed, made = asyncio.run(
        compose_all(requests, settings=settings, shelf=Shelf(tmp_path), progress=lambda *_: None)
    )
    assert "most_bars" in failed.failure
    assert made.failure == ""
