"""The table of formats: what is in a row holds, and a file is told by its ending."""

import pytest

from renderers.formats import AUDIO, FORMATS, PAGES, PDF, SMALL_AUDIO, format_of, in_order, without_ending
from renderers.recipe import Recipe


def test_every_row_can_be_made_and_has_an_ending_of_its_own():
    assert all(callable(getattr(Recipe, row.made_by)) for row in FORMATS)
    assert len({row.name for row in FORMATS}) == len({row.ending for row in FORMATS}) == len(FORMATS)
    assert {row.spare for row in FORMATS} - {None} <= {row.name for row in FORMATS}


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("_p1.png", PAGES),
        ("chopin_keyboard_20261121_142312_k3f9_p12.png", PAGES),
        ("chopin_keyboard_20261121_142312_k3f9.mp3", AUDIO),
        ("chopin_keyboard_20261121_142312_k3f9_small.mp3", SMALL_AUDIO),
        ("a.pdf", PDF),
        ("_p0.png", None),
        ("_p1.png.exe", None),
        ("_p٣.png", None),
        ("holiday.png", None),
        ("", None),
    ],
)
def test_a_file_is_told_by_its_ending(name, row):
    assert format_of(name) is row


@pytest.mark.parametrize("ending", ["_p1.png", "_p12.png", ".mp3", "_small.mp3", ".abc", ".json", ".txt", ""])
def test_all_files_of_a_piece_begin_alike(ending):
    assert without_ending(f"chopin_keyboard_20261121_142312_k3f9{ending}") == "chopin_keyboard_20261121_142312_k3f9"


def test_an_unknown_name_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="docx, wav"):
        in_order(["wav", "docx", AUDIO.name])
