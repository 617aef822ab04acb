"""Folding: what people type without accents is what was written with them."""

import pytest

from config.letters import fold


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Dvořák", "dvorak"),
        ("Żabiński", "zabinski"),
        ("Łabuński", "labunski"),
        ("Sjögren", "sjogren"),
        ("Straße", "strasse"),
        ("Ｆｌｕｔｅ", "flute"),
        ("肖邦", "肖邦"),
    ],
)
def test_accents_and_capitals_go(written, typed):
    assert fold(written) == typed
    assert fold(typed) == typed


def test_another_script_keeps_its_letters():
    assert fold("ド") != fold("ト")
