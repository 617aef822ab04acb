"""What a field offers from the first letter on."""

import pytest

from bot.commands.completing import MAX_SUGGESTIONS, complete_style
from config.letters import fold
from generator.catalogue.catalogue import load_catalogue

CATALOGUE = load_catalogue()


def composers(typed):
    return [style.composer for style in complete_style(CATALOGUE, typed)]


@pytest.mark.parametrize(
    ("typed", "composer"),
    [
        ("moz", "Mozart"),
        ("tch", "Tchaikovsky"),
        ("viv", "Vivaldi"),
        ("deb", "Debussy"),
        ("肖", "Chopin"),
        ("莫扎", "Mozart"),
        ("貝多", "Beethoven"),
        ("be", "Beethoven"),
        ("Чай", "Tchaikovsky"),
    ],
)
def test_what_begins_as_typed_comes_first_in_any_script(typed, composer):
    assert composers(typed)[0].startswith(composer)


@pytest.mark.parametrize(
    ("typed", "instrumentation"), [("钢", "Keyboard"), ("gui", "Guitar"), ("pian", "Keyboard"), ("合唱", "Choral")]
)
def test_instruments_complete_too(typed, instrumentation):
    found = complete_style(CATALOGUE, typed)
    assert {style.instrumentation for style in found} == {instrumentation}


def test_after_three_letters_95_of_100_composers_are_among_the_first_three_and_all_their_styles_among_the_25():
    styles_of = {}
    for style in CATALOGUE.styles:
        styles_of.setdefault(style.composer, set()).add(style)
    late, lost = [], []
    for composer, styles in styles_of.items():
        found = complete_style(CATALOGUE, fold(composer)[:3])
        assert len(found) <= MAX_SUGGESTIONS
        late += [composer] if composer not in [style.composer for style in found[:3]] else []
        lost += [composer] if not styles <= set(found) else []
    assert len(late) <= 0.05 * len(styles_of), late
    assert lost == []


def test_nothing_typed_offers_what_is_popular_and_nonsense_nothing():
    assert complete_style(CATALOGUE, "")
    assert complete_style(CATALOGUE, "xq") == []
