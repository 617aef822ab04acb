"""Parts are called as their person calls them, and the readers of scores still know who plays."""

import pytest

from bot.making.part_names import name_parts
from generator.catalogue.ensembles import load_ensembles
from generator.catalogue.ranges import find_range
from renderers.score.instruments import find_instrument


@pytest.mark.parametrize(
    ("language", "written", "named"),
    [
        ("de", 'nm="Piano" snm="Pno."', 'nm="Klavier" snm="Klav."'),
        ("de", 'nm="Violin II" snm="Vln. II"', 'nm="Violine II" snm="Viol. II"'),
        ("de", 'nm="Flute"', 'nm="Flöte"'),
        ("zh", 'nm="Violoncello" snm="Vc."', 'nm="大提琴" snm="大提琴"'),
        ("en", 'nm="Sopran/Alt" snm="S/A"', 'nm="Soprano/Alto" snm="S/A"'),
        ("en", 'nm="Piano" snm="Pno."', 'nm="Piano" snm="Pno."'),
        ("de", 'nm="Corni in Es"', 'nm="Corni in Es"'),
        ("de", 'nm="Something"', 'nm="Something"'),
    ],
)
def test_a_part_has_the_name_that_its_language_has_for_the_instrument(language, written, named):
    tune = 'X:1\nT:nm="Piano"\nK:C\nV:1 treble {}\n[V:1]c|\n'
    assert name_parts(tune.format(written), language) == tune.format(named)


def test_whoever_is_named_in_any_language_is_known_to_generator_and_renderers():
    for player in load_ensembles().players.values():
        for called in player.called.names.values():
            assert find_range(called) is not None, called
            known = find_instrument(player.name)
            assert known is None or find_instrument(called) is not None, called
