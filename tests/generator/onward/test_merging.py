"""Two changes of the same tune put together: byte for byte each one's bars, and clashes named."""

import random
from dataclasses import replace

import pytest

from generator.notation import parse_bar, parse_tune
from generator.onward.merging import merge

HEAD = 'X:1\nT:Walk\nC:Ann\nL:1/4\nQ:1/4=90\nM:4/4\nK:C\nV:1 treble nm="Piano"\nV:2 bass\n'
BARS = ["[V:1]c4|[V:2]C,4|", "[V:1]d4|[V:2]D,4|", "[V:1]e4|[V:2]E,4|", "[V:1]f4|[V:2]F,4|", "[V:1]g4|]"]


def tune_of(*bars, head=HEAD):
    return parse_tune(head + "\n".join(bars or BARS) + "\n")


BASE = tune_of(*BARS[:4], "[V:1]g4|][V:2]G,4|]")


def with_bars(tune, **new):
    """with_bars(BASE, b2="...") has another second bar."""
    bars = list(tune.bars)
    for name, music in new.items():
        bars[int(name[1:]) - 1] = parse_bar(music)
    return replace(tune, bars=tuple(bars))


def test_bars_that_only_one_changed_are_that_ones_and_all_others_stand():
    mine = with_bars(BASE, b1="[V:1]c2 e2|[V:2]C,4|")
    theirs = with_bars(BASE, b3="[V:1]e2 g2|[V:2]E,4|")
    done = merge(BASE, mine, theirs)
    assert (done.mine, done.theirs, done.clashes) == ((1,), (3,), ())
    printed = [str(bar) for bar in done.tune.bars]
    assert printed == [str(bar) for bar in with_bars(mine, b3="[V:1]e2 g2|[V:2]E,4|").bars]
    assert done.tune.header == mine.header


def test_the_same_change_by_both_is_no_clash():
    both = with_bars(BASE, b2="[V:1]d2 a2|[V:2]D,4|")
    done = merge(BASE, both, both)
    assert (done.clashes, done.tune) == ((), both)


@pytest.mark.parametrize(("take", "second"), [("", "d2 a2"), ("mine", "d2 a2"), ("theirs", "d3 c")])
def test_bars_that_both_changed_are_named_and_one_of_them_is_taken(take, second):
    mine = with_bars(BASE, b2="[V:1]d2 a2|[V:2]D,4|", b1="[V:1]c2 e2|[V:2]C,4|")
    theirs = with_bars(BASE, b2="[V:1]d3 c|[V:2]D,4|", b4="[V:1]f2 a2|[V:2]F,4|")
    done = merge(BASE, mine, theirs, take=take)
    assert done.clashes == (2,)
    assert [bar.voices[0].music for bar in done.tune.bars] == ["c2 e2|", f"{second}|", "e4|", "f2 a2|", "g4|]"]


def test_a_tie_that_would_lead_nowhere_is_a_clash():
    mine = with_bars(BASE, b2="[V:1]d4-|[V:2]D,4|", b3="[V:1]d2 e2|[V:2]E,4|")
    theirs = with_bars(BASE, b3="[V:1]g4|[V:2]E,4|")
    assert merge(BASE, mine, theirs).clashes == (3,)
    tied = with_bars(BASE, b2="[V:1]d2 e2-|[V:2]D,4|")
    beside = with_bars(BASE, b3="[V:1]g4|[V:2]E,4|")
    done = merge(BASE, tied, beside)
    assert set(done.clashes) == {2, 3}
    assert merge(BASE, tied, beside, take="theirs").tune.bars == beside.bars


def test_tempo_goes_together_with_bars_and_a_key_does_not():
    faster = replace(BASE, header=parse_tune(str(BASE).replace("1/4=90", "1/4=120")).header)
    other = with_bars(BASE, b2="[V:1]d2 a2|[V:2]D,4|")
    for mine, theirs in ((faster, other), (other, faster)):
        done = merge(BASE, mine, theirs)
        assert not done.clashes
        assert done.tune.header.field("Q") == "1/4=120"
        assert done.tune.bars == other.bars
    minor = parse_tune(str(BASE).replace("K:C", "K:Cmin"))
    assert merge(BASE, minor, other).clashes
    assert merge(BASE, other, minor, take="theirs").tune.header.field("K") == "Cmin"
    assert merge(BASE, other, minor, take="mine").tune == other


def test_bars_behind_the_end_go_together_with_bars_before_it_but_not_with_others_behind_it():
    longer = tune_of(*map(str, BASE.bars[:4]), "[V:1]g4|[V:2]G,4|", "[V:1]c4|][V:2]C,4|]")
    other = with_bars(BASE, b2="[V:1]d2 a2|[V:2]D,4|")
    for mine, theirs in ((longer, other), (other, longer)):
        done = merge(BASE, mine, theirs)
        assert not done.clashes
        assert [str(bar) for bar in done.tune.bars] == [
            str(bar) for bar in with_bars(longer, b2="[V:1]d2 a2|[V:2]D,4|").bars
        ]
    also = with_bars(longer, b6="[V:1]e4|][V:2]C,4|]")
    assert merge(BASE, longer, also).clashes


def test_whoever_changes_whatever_every_bar_is_somebodys_and_untouched_ones_stand():
    rng = random.Random(1)
    for _ in range(60):
        sides = []
        for notes in ("c2 g2", "e2 c2"):
            changed = {n: f"[V:1]{notes}|{']' if n == 5 else ''}[V:2]C,4|{']' if n == 5 else ''}" for n in range(1, 6)}
            chosen = {f"b{n}": music for n, music in changed.items() if rng.random() < 0.4}
            sides.append(with_bars(BASE, **chosen))
        mine, theirs = sides
        for take in ("", "mine", "theirs"):
            done = merge(BASE, mine, theirs, take=take)
            for n, bar in enumerate(done.tune.bars):
                before, own, other = (str(tune.bars[n]) for tune in (BASE, mine, theirs))
                if own == before == other:
                    assert str(bar) == before
                elif n + 1 in done.clashes:
                    assert str(bar) == (other if take == "theirs" else own)
                else:
                    assert str(bar) == (own if own != before else other)
