import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.own_styles import NO_OPENINGS, OwnStyles, entries_of, path_beside, save_own_styles
from generator.errors import CheckpointError
from tests.refusals import refuses

OPENINGS: dict[str, Any] = {
    "layouts": [["", ['V:1 treble nm="Guitar"']]],
    "styles": {
        "Romantic|Doe, Jane|Guitar": {"pieces": 7, "layouts": [[0, 7]], "signatures": [["3/8", "Emin", 66, 7]]},
        "Romantic|Chopin, Frederic|Keyboard": {"pieces": 3, "layouts": [], "signatures": []},
    },
    "families": {},
    "tempos": {},
}


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Where weights would be, with styles beside them."""
    path = tmp_path / "mine.safetensors"
    entries = entries_of([("Romantic", "Doe, Jane", "Guitar"), ("Romantic", "Chopin, Frederic", "Keyboard")])
    entries[0]["aliases"] = ["Jenny"]
    entries[0]["names"] = {"zh": ["多伊"]}
    save_own_styles(OwnStyles(entries, OPENINGS), path)
    return path


def test_a_composer_nobody_knew_is_found_by_every_name(weights: Path) -> None:
    catalogue = load_catalogue(weights)
    style = catalogue.find("doe guitar")
    assert {catalogue.find(words) for words in ("Jane Doe", "jenny", "多伊", style.name)} == {style}
    assert (style.composer_in("zh"), style.instrumentation_in("zh")) == ("多伊", "吉他")
    assert style.origin == "own"
    assert "Doe, Jane" in catalogue.composers("Romantic")
    assert catalogue.instrumentations("Romantic", "Doe, Jane") == ("Guitar",)


def test_own_pieces_open_as_their_corpus_does(weights: Path) -> None:
    catalogue = load_catalogue(weights)
    opening = catalogue.opening(catalogue.find("doe"), rng=Random(1))
    assert opening.lines == ("L:1/8", "Q:1/8=132", "M:3/8", "K:Emin", 'V:1 treble nm="Guitar"')


def test_a_style_that_was_there_is_listed_once_and_still_opens(weights: Path) -> None:
    catalogue = load_catalogue(weights)
    chopin = catalogue.find("chopin keyboard")
    assert catalogue.styles.count(chopin) == 1
    assert len(catalogue.styles) == len(load_catalogue().styles) + 1
    assert catalogue.opening(chopin, rng=Random(1)).lines[0].startswith("%%score")


def test_weights_without_such_a_file_know_the_usual_styles(tmp_path: Path) -> None:
    assert load_catalogue(tmp_path / "bare.safetensors") is load_catalogue()


def test_a_file_that_was_edited_is_read_again(weights: Path) -> None:
    before = load_catalogue(weights)
    text = path_beside(weights).read_text("utf-8")
    path_beside(weights).write_text(text.replace("Doe, Jane", "Roe, Jane") + "\n", "utf-8")
    assert "Doe, Jane" in before.composers()
    assert "Roe, Jane" in load_catalogue(weights).composers()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        json.dumps({"composers": []}),
        json.dumps({"composers": [{"name": "Doe"}], "openings": NO_OPENINGS}),
        json.dumps({"composers": [{"name": 1, "period": "x", "own": []}], "openings": NO_OPENINGS}),
        json.dumps({"composers": list(entries_of([("Romantic", "Doe", "Banjo")])), "openings": NO_OPENINGS}),
        json.dumps({"composers": [], "openings": {**NO_OPENINGS, "layouts": {}}}),
        json.dumps({"composers": [], "openings": {**NO_OPENINGS, "styles": {"x": 1}}}),
    ],
)
def test_a_broken_file_is_refused_with_a_sentence(weights: Path, text: str) -> None:
    path_beside(weights).write_text(text)
    with refuses(CheckpointError, match="Correct the file, or take it away"):
        load_catalogue(weights)
