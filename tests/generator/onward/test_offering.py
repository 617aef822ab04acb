"""Bars that somebody offers to a chain: brought into its form, or refused with what does not fit."""

import pytest

from generator.catalogue.style import Style
from generator.onward.chain import Chain
from generator.onward.offering import NotFitting, fit_bars

HEAD = "L:1/8\nM:3/4\nK:C\nV:1 treble\nV:2 bass\n"
CHAIN = Chain(style=Style("", "", "Keyboard"), head=HEAD, bars=("[V:1]c2 e2 g2|[V:2]C,6|",))
TWO = "[V:1]c2 B2 c2|[V:2]C,6|\n[V:1]e4 c2|[V:2]C,6|\n"


def fitted(body=TWO, head=HEAD, **how):
    return fit_bars(CHAIN, head + body, bars=2, is_last=False, **how)


def test_bars_in_the_chains_own_form_stay_and_do_not_end_it():
    offered = fitted(TWO.replace("c2|[V:2]C,6|\n", "c2|][V:2]C,6|]\n"))
    assert [bar.replace(" ", "") for bar in offered.bars] == [bar.replace(" ", "") for bar in TWO.splitlines()]
    assert (offered.moved, offered.alone, offered.cut) == (False, False, 0)


def test_another_key_is_moved_to_that_of_the_chain_by_the_nearest_way():
    other = fitted("[V:1]d2 c2 d2|[V:2]D,6|\n[V:1]f4 d2|[V:2]D,6|\n", HEAD.replace("K:C", "K:D"))
    assert other.moved
    assert other.bars == fitted().bars


def test_a_single_line_is_the_first_voice_and_the_other_rests():
    offered = fitted("[V:1]c2 B2 c2|\n[V:1]e4 c2|\n", HEAD.replace("V:2 bass\n", ""))
    assert offered.alone
    assert all("[V:2]z6|" in bar for bar in offered.bars)


def test_another_unit_of_length_sounds_as_long():
    offered = fitted("[V:1]c B c|[V:2]C,3|\n[V:1]e2 c|[V:2]C,3|\n", HEAD.replace("L:1/8", "L:1/4"))
    assert offered.bars == fitted().bars
    inside = fitted(TWO.replace("c2 B2 c2", "c2 [L:1/4]B c").replace("e4 c2", "e2 c"))
    assert inside.bars == fitted().bars


@pytest.mark.parametrize(("bars", "cut"), [(1, -1), (2, 0), (3, 1)])
def test_where_any_length_will_do_bars_are_cut_or_rests_put_behind(bars, cut):
    offered = fitted("".join(f"{bar}\n" for bar in (TWO * 2).splitlines()[:bars]), any_length=True)
    assert (len(offered.bars), offered.cut) == (2, cut)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("M:3/4", "M:4/4", "metre"),
        ("[V:1]e4 c2|[V:2]C,6|\n", "", "bars"),
        ("e4 c2", "e4 c4", "uneven"),
        ("e4 c2", "[K:G]e4 c2", "changes"),
        ("e4 c2", "[M:2/4]e4", "changes"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(old, new, reason):
    with pytest.raises(NotFitting) as refused:
        fit_bars(CHAIN, (HEAD + TWO).replace(old, new), bars=2, is_last=False)
    assert refused.value.reason == reason
