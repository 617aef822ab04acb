import time
from collections import Counter
from random import Random

import pytest

from generator.notation.transpose import home_key
from generator.training.augment import random_key
from tests.generator.notation.heard import hear

WALTZ = """L:1/8
M:3/4
K:Emin
V:1 treble nm="Piano"
V:2 bass
[V:1]!p! B2 (e^d)ef|[V:2]E,2 [G,B,]2 [G,B,]2|
[V:1]=d2- d/c/B A2|[V:2]^F,2 [A,C]2 z2|
[V:1](3BcB ^AB g'2|[V:2]G,,2 x4|]
"""


def test_all_other_signatures_come_up_and_the_own_one_never():
    rng = Random(1)
    keys = Counter(home_key(random_key(WALTZ, rng)).fifths for _ in range(1400))
    assert set(keys) == set(range(-7, 8)) - {1}
    assert min(keys.values()) > 50


def test_minor_pieces_stay_minor():
    rng = Random(2)
    assert {home_key(random_key(WALTZ, rng)).mode for _ in range(50)} == {"min"}


def test_a_piece_elsewhere_is_the_same_music_at_most_a_tritone_away():
    rng = Random(3)
    here = hear(WALTZ)
    for _ in range(50):
        there = hear(random_key(WALTZ, rng))
        moves = {b - a for voice in here for a, b in zip(here[voice], there[voice], strict=True) if a is not None}
        assert len(moves) == 1
        assert moves <= set(range(-5, 7))


def test_the_same_seed_gives_the_same_key():
    assert random_key(WALTZ, Random(4)) == random_key(WALTZ, Random(4))


def test_an_atonal_piece_moves_too():
    there = random_key(WALTZ.replace("K:Emin", "K:none"), Random(5))
    assert "K:none" in there
    assert there != WALTZ.replace("K:Emin", "K:none")


@pytest.mark.parametrize(
    "abc", ["", "L:1/8\n[V:1]C|\n", WALTZ.replace("K:Emin", "K:D =c"), "no music at all", "K:HP\n"]
)
def test_what_cannot_be_read_stays_as_it_is(abc):
    assert random_key(abc, Random(6)) == abc


def test_a_long_piece_moves_faster_than_a_trainer_reads():
    """A trainer reads about 15,000 characters a second on a core and must not spend a tenth of it here."""
    header, body = WALTZ[: WALTZ.index("[V:1]")], WALTZ[WALTZ.index("[V:1]") :]
    piece = header + body * 500
    took_s = []
    for _ in range(3):  # the best of them: another test's rubbish may be collected meanwhile
        start = time.process_time()
        random_key(piece, Random(7))
        took_s.append(time.process_time() - start)
    assert len(piece) / min(took_s) > 150_000
