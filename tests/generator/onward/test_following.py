"""What stands behind a gap: read first where the network was taught to, and weighed as if it had not been."""

import pytest

from generator.catalogue.catalogue import load_catalogue
from generator.composer import Composer
from generator.model.patches import BOS_PATCH, decode_patch
from generator.notation import parse_tune
from generator.onward.reading import read_tune
from generator.planning.stay import Stay
from generator.request import Request
from generator.writing.candidate import Candidate, Watch
from generator.writing.following import cost_behind
from generator.writing.given import Given

MINUET = """L:1/8
M:3/4
K:C
V:1 treble
[V:1]c2 e2 g2|
[V:1]f2 d2 B2|
[V:1]c2 e2 c2|
[V:1]d4 G2|
[V:1]c6|]
"""


@pytest.fixture
def read(composer: Composer):
    """Bars 1 and 2 of the minuet, with or without having read bars 4 and 5 first."""

    def read(*, shown: bool) -> Candidate:
        reading = read_tune(parse_tune(MINUET), at_home=composer.at_home)
        style = load_catalogue(None).find("chopin keyboard")
        given = Given(
            stays={number: Stay(whole=bar) for number, bar in enumerate(reading.bars[:2])},
            stop=2,
            follows=reading.bars[3:],
            quiet=True,
            shown=reading.bars[3:] if shown else (),
        )
        request = Request(style=style, seed=1, bars=5)
        candidate = Candidate(request, reading.tune.header.lines, Watch(), at_home=composer.at_home, given=given)
        candidate.open(composer.engine, tries_per_bar=1)
        return candidate

    return read


async def test_the_network_that_ships_reads_what_follows_first_and_each_bar_says_its_number(composer, read):
    assert composer.fills

    text = "".join(decode_patch(patch) for patch in read(shown=True).draft.slot.patches if patch != BOS_PATCH)

    assert text.index("%fill") < text.index("L:1/8") < text.index("[r:3/1]") < text.index("[r:4/0]")
    assert "%fill" not in "".join(map(decode_patch, read(shown=False).draft.slot.patches))


async def test_what_follows_costs_the_same_whether_it_was_read_before_or_not(composer, read):
    """Else the versions of a gap were weighed by how easily what was just read is said again."""
    blind, seeing = read(shown=False), read(shown=True)

    plain = cost_behind(blind.draft, blind.given.follows)
    again = cost_behind(seeing.draft, seeing.given.follows, opening=seeing.opening_without_shown)

    assert plain > 10
    assert again == plain
    assert cost_behind(read(shown=True).draft, blind.given.follows) != plain, "it has been read"
