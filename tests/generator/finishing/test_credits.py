"""Titles and credits are pleasant and honest."""

import pytest

from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.style import Style
from generator.finishing.credits import MANNERS, credit_line, piece_title

CATALOGUE = load_catalogue()


@pytest.mark.parametrize(
    ("words", "credit"),
    [
        ("chopin keyboard", "Notabot, after Chopin"),
        ("bach choral", "Notabot, after Bach"),
        ("clara schumann", "Notabot, after Clara Schumann"),
        ("anonymous polish keyboard", "Notabot, after anonymous Polish composers"),
    ],
)
def test_the_credit_says_that_notabot_wrote_it(words, credit):
    assert credit_line(CATALOGUE.find(words)) == credit


def test_the_title_names_kind_and_key():
    assert piece_title(Style("Romantic", "Chopin, Frederic", "Keyboard"), "A minor") == "Keyboard piece in A minor"
    assert piece_title(Style("Romantic", "Schubert, Franz", "Art Song"), None) == "Art song"


def test_a_title_names_the_players_that_were_asked_for():
    style = Style("Classical", "Haydn, Joseph", "Chamber")
    assert piece_title(style, "D major", players=("flute", "piano")) == "Piece for flute and piano in D major"
    assert piece_title(style, "D major", players=("cello",)) == "Piece for cello in D major"
    assert piece_title(style, "D major", players=("violin", "viola", "cello")) == "String trio in D major"


def test_no_title_in_the_catalogue_claims_a_composer():
    for style in CATALOGUE.styles:
        surname = style.composer.split(",")[0]
        assert surname not in piece_title(style, "C major")
        assert credit_line(style).startswith("Notabot, ")


def test_a_style_that_is_not_known_is_not_credited_to_its_composer():
    scarlatti = CATALOGUE.find("scarlatti keyboard")
    assert credit_line(scarlatti, known=False) == "Notabot, in the manner of the Baroque"
    assert {style.period for style in CATALOGUE.styles} <= MANNERS.keys()
