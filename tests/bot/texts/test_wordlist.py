"""A server's own words are found in what people write, in simple disguises too, and not where they are not."""

import pytest

from bot.texts import clean
from bot.texts.wordlist import found_in

WORDS = ("darn", "ass", "rotten egg", "blast*", "坏蛋", "ひどい", "дурак")


@pytest.mark.parametrize(
    "text",
    [
        "darn",
        "A DARN waltz",
        "dárn",
        "d4rn it",
        "daaarn!",
        "d.a.r.n",
        "d a r n",
        "d\u200ba\u2060r\u00adn",
        "dаrn",  # with a Cyrillic letter
        "ｄａｒｎ",
        "𝒹𝒶𝓇𝓃",
        "🅳🅰🆁🅽",
        "da\u0336r\u0336n",
        "d-arn",
        "da\u3164rn",
        "a$$",
        "rotten   egg",
        "Rotten-Egg",
        "blasted",
        "这个坏蛋的曲子",
        "坏 蛋",
        "これはひどい曲",
        "ДУРАК",
    ],
)
def test_a_word_is_found_however_simply_it_is_disguised(text):
    assert found_in(text, WORDS) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Waltz in A minor",
        "bass and brass for an assembly",
        "as a class",
        "darning needle",
        "an egg that is rotten",
        "a last blas",
        "好的圆舞曲",
        "!!! $$$ ***",
        "1 2 3 4",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text):
    assert found_in(text, WORDS) is None


def test_a_star_finds_a_word_within_others():
    assert found_in("undarned", ("*darn*",)) == "*darn*"
    assert found_in("undarned", ("darn*",)) is None


@pytest.mark.parametrize("word", ["", "*", "…", "\u200b", " "])
def test_a_word_of_nothing_is_found_nowhere(word):
    assert found_in("anything at all", (word,)) is None


def test_what_is_said_back_has_nothing_unseen_in_it_and_no_piles_of_marks():
    assert clean("a\u3164b\u200bc\u2800d") == "a b c d"
    assert clean("Z" + "\u0334" * 30 + "x") == "Z\u0334\u0334x"
    assert clean("Dvořák, Ngô, ệ") == "Dvořák, Ngô, ệ"
