import sys

import pytest

from generator.catalogue.catalogue import load_catalogue
from generator.evaluation.errors import ToolMissing
from generator.evaluation.pieces import ComposedPiece
from generator.evaluation.validity import abctoolkit_agrees, check_piece, share, validity
from tests.refusals import refuses

STYLE = load_catalogue().find("chopin keyboard")
HEADER = "%%score { 1 | 2 }\nL:1/8\nM:4/4\nK:C\nV:1 treble\nV:2 bass\n"


def piece(*bars: str, asked: int | None = None, failure: str = "", **counts: int) -> ComposedPiece:
    work = {"patches": 10, "kept_patches": 10, "bars": len(bars), "bars_first_try": len(bars), "bars_repaired": 0}
    text = "X:1\n" + HEADER + "\n".join(bars) + "\n" if bars else ""
    asked = len(bars) if asked is None else asked
    return ComposedPiece(
        style=STYLE,
        seed=1,
        bars_asked=asked,
        abc=text,
        title="",
        credit="",
        counts={**work, **counts},
        compose_s=1.0,
        date="2026-01-02",
        failure=failure,
    )


RIGHT = "[V:1]c4 e4|[V:2]C,8|"
UNEVEN = "[V:1]c4 e2|[V:2]C,8|"
SHORT = "[V:1]c4 e2|[V:2]C,6|"


def figures(*pieces: ComposedPiece) -> dict:
    return validity(pieces, [check_piece(one) for one in pieces])


def test_pieces_are_aligned_if_the_voices_agree_with_each_other_and_with_the_metre() -> None:
    found = figures(piece(RIGHT, RIGHT), piece(RIGHT, UNEVEN, RIGHT), piece(RIGHT, SHORT, RIGHT), piece(RIGHT))
    assert found["aligned"][0] == 0.5
    assert found["aligned_abctoolkit"][0] == 0.75  # it does not know the metre
    assert len(found["defects"]) == 2
    assert found["defects"][0].startswith("bar 2: ")


def test_shares_are_of_all_bars_and_all_patches() -> None:
    found = figures(
        piece(*[RIGHT] * 8, patches=30, kept_patches=20, bars_first_try=4, bars_repaired=1),
        piece(*[RIGHT] * 2, patches=10, kept_patches=10),
    )
    assert found["bars_first_try"][0] == 0.6
    assert found["bars_by_rule"][0] == 0.1
    assert found["patches_per_kept_patch"][0] == pytest.approx(4 / 3, abs=1e-4)
    assert (found["composed"], found["copies_rejected"]) == (2, 0)
    assert found["pieces_right_at_once"][0] == 0.5
    low, high = found["patches_per_kept_patch"][1:]
    assert 1 <= low < 4 / 3 < high <= 1.5


def test_other_versions_of_an_ending_are_no_repair() -> None:
    found = figures(piece(RIGHT, patches=26, kept_patches=10, ending_patches=10, pieces=3, copies_rejected=2))
    assert found["repair_cost"][0] == 1.3
    assert found["patches_per_kept_patch"][0] == 2.6
    assert (found["composed"], found["copies_rejected"]) == (3, 2)


def test_failures_empty_pieces_and_wrong_lengths_are_counted() -> None:
    found = figures(piece(failure="it broke", asked=8), piece("[V:1]z8|[V:2]z8|"), piece(RIGHT, asked=2), piece(RIGHT))
    assert (found["failed"], found["empty"], found["wrong_length"]) == (1, 2, 2)
    assert found["aligned"][0] == 0.75
    assert "it broke" in found["defects"]
    assert found["pieces_right_at_once"][0] == 0.75


def test_abctoolkit_has_an_opinion_on_what_it_can_read() -> None:
    assert abctoolkit_agrees(HEADER + RIGHT + "\n") is True
    assert abctoolkit_agrees(HEADER + UNEVEN + "\n") is False
    assert abctoolkit_agrees("") is None


def test_a_share_of_nothing_is_not_known() -> None:
    assert share([]) is None
    assert share([True, False, True, True])[0] == 0.75


def test_without_the_packages_of_an_evaluation_a_sentence_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("abctoolkit.check", "abctoolkit.utils"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "unidecode", None)
    with refuses(ToolMissing, match="training"):
        abctoolkit_agrees(HEADER + RIGHT + "\n")
