"""Music that grows is cut into the same words as music that is there at once."""

from random import Random

import pytest

from generator.notation import tokens
from generator.notation.tokens import lex_music

CHARS = "cCdeg,'^_=[]|:123/-(){}\"!.~ >+&zZKV%\nu"
WORDS = ["[ce]2", "!p!", '"^a"', "|1", "(3:2", "[K:G]", "::1", "-2", "[V:", ".|", ":|", ",2"]


@pytest.mark.parametrize("seed", range(20))
def test_words_are_the_same_however_the_music_came(seed: int):
    rng = Random(seed)
    for _ in range(40):
        text = "".join(rng.choice(CHARS if rng.random() < 0.7 else WORDS) for _ in range(20))
        for end in range(len(text) + 1):
            at_once, *_ = tokens._lex_behind(tokens._NOTHING, text[:end])
            assert lex_music(text[:end]) == at_once
            assert "".join(token.text for token in at_once) == text[:end]


def test_an_ending_that_goes_on_is_still_one_word():
    texts = [[token.text for token in lex_music(text)] for text in ("c|1", "c|1-", "c|1-2", "c|1-2,", "c|1-2,3")]
    assert texts == [["c", "|1"], ["c", "|1", "-"], ["c", "|1-2"], ["c", "|1-2", ","], ["c", "|1-2,3"]]
