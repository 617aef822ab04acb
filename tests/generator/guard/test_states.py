"""States of music in the making: shared by all that goes on alike, and saying what the music itself says."""

import random
from fractions import Fraction

import pytest

from generator.guard import states
from generator.guard.states import State, States
from generator.guard.time_left import target_of
from generator.guard.words import fits, is_complete
from generator.notation.limits import parse_metre

EIGHTH, METRE = Fraction(1, 8), parse_metre("4/4")
BAR = target_of(longest=Fraction(1), exact=Fraction(1))
FREE = target_of(longest=Fraction(1), most_short=Fraction(3, 4), last=Fraction(7, 8), fixed=frozenset("K"))
WORDS = [
    *("c", "^c", "_B,", "=f''", "d/", "e3/2", "c2", "[CE]", "[^C_E]2", "[ceg,,,,,", "[!1!C", "(3", "(5:4:5", "(", ">"),
    *(
        "<",
        "-",
        ")",
        "z2",
        "x",
        "y",
        "{^f}",
        "!p!",
        "!>(!",
        "!>)!",
        ".",
        "&",
        "[K:bass]",
        "[K:D",
        "[L:1/16]",
        "|",
        "-2",
    ),
    *("[I:staff +1]", "[I:staff -1]", "[V:", "]", "^", ",", "2", "/", '"', '"^dolce"', "!fer", "+", "5", "%", " ", " "),
]


def state_of(table: States, music: str) -> State:
    state = table.start
    for char in music:
        state = state.then(char)
    return state


@pytest.mark.parametrize("seed", range(16))
def test_a_state_says_what_the_whole_music_says(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, table = random.Random(seed), States(EIGHTH, METRE)
    music = "".join(rng.choices(WORDS, k=24))
    ends = range(len(music) + 1)
    found = [state_of(table, music[:end]) for end in ends]
    said = [(fits(one, BAR), is_complete(one, BAR), fits(one, FREE), is_complete(one, FREE), one.now) for one in found]
    monkeypatch.setattr(states, "_shortened", lambda tokens, last: (*tokens, last))
    monkeypatch.setattr(State, "_tail_with", lambda self, char: self.tail + char)
    whole = [state_of(States(EIGHTH, METRE), music[:end]) for end in ends]
    assert said == [
        (fits(one, BAR), is_complete(one, BAR), fits(one, FREE), is_complete(one, FREE), one.now) for one in whole
    ]


@pytest.mark.parametrize("other", ["^d2 e'2 ", "[ce]2 d,2 ", '"^dolce"c2 (d2 ', "z2 !p!x2 ", "A B c2 "])
def test_music_that_takes_the_same_time_is_in_the_same_state(other: str) -> None:
    table = States(EIGHTH, METRE)
    assert state_of(table, f"{other}(g") is state_of(table, "c2 d2 (A")


def test_a_table_that_has_met_too_much_forgets_it_and_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "MOST_STATES", 16)
    table, music = States(EIGHTH, METRE), "!f!^c2 [ce]>d (3abc e2|"
    said = [fits(state_of(table, music[:end]), BAR) for end in range(len(music))]
    assert said == [fits(state_of(States(EIGHTH, METRE), music[:end]), BAR) for end in range(len(music))]
    assert table.number <= 16


def test_of_targets_that_come_and_go_a_state_remembers_a_few() -> None:
    state = state_of(States(EIGHTH, METRE), "c2 d2")
    for parts in range(1, 100):
        exact = Fraction(1, 2) if parts == 50 else Fraction(parts, 7)
        assert is_complete(state, target_of(longest=exact, exact=exact)) == (parts == 50)
        assert fits(state, target_of(longest=exact, exact=exact)) or exact < Fraction(1, 2)
    assert len(state.fits) <= 16
    assert len(state.ends) <= 16
