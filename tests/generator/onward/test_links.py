"""The bars that come next in a chain: takes that differ, end nothing, and are the same for the same seed."""

from generator.catalogue.catalogue import load_catalogue
from generator.onward.chain import Chain
from generator.onward.links import NextBars, Takes, uneven

HEAD = "L:1/8\nM:3/4\nK:C\nV:1 treble\nV:2 bass\n"
BEGUN = ("[V:1]c2 e2 g2|[V:2]C,6|", "[V:1]f2 d2 B2|[V:2]G,,6|")


async def takes_of(composer, chain, asked):
    async for event in composer.next_bars(chain, asked):
        if isinstance(event, Takes):
            return event.takes
    raise AssertionError("it ends with takes")


async def test_takes_differ_are_as_long_as_the_metre_says_and_the_same_for_the_same_seed(composer):
    chain = Chain(style=load_catalogue().find("chopin keyboard"), head=HEAD, bars=BEGUN)
    asked = NextBars(seed=1, bars=1, total=6, takes=2)
    takes = await takes_of(composer, chain, asked)
    assert len(set(takes)) == 2
    for take in takes:
        assert len(take) == 1
        assert not uneven(chain, take)
        assert "|]" not in take[0], "nothing ends before the last bars"
    assert await takes_of(composer, chain, asked) == takes
