import math

import numpy as np
import pytest

from generator.evaluation.ngram import VOCABULARY, NgramModel

TEXTS = [b"abracadabra", b"abba", b"cadabra"]


@pytest.mark.parametrize("order", [1, 2, 3, 6])
@pytest.mark.parametrize("context", [b"", b"ab", b"zzz", b"cadab"])
def test_the_probabilities_of_all_characters_sum_to_one(order: int, context: bytes) -> None:
    model = NgramModel(TEXTS, order=order)
    total = sum(model.probabilities(context + bytes([code]))[-1] for code in range(1, VOCABULARY))
    assert total == pytest.approx(1)


def test_kneser_ney_of_two_characters_is_the_textbooks() -> None:
    # bigrams of "aab", the beginning written ^: ^a, aa, ab, each once; so the discount is 1 / (1 + 0)
    model = NgramModel([b"aab"], order=2)
    assert model.tables[1].discount == 1
    # With all counts discounted away, only the lower order speaks: a was seen behind 2 characters, b behind 1,
    # with their discount 1 / (1 + 2) mixed with equal chances for all 127 characters.
    lower = (np.array([2, 1]) - 1 / 3 + 1 / 3 * 2 / 127) / 3
    assert model.probabilities(b"ab")[1] == pytest.approx(lower[1])
    assert model.probabilities(b"aa")[1] == pytest.approx(lower[0])


def test_a_longer_context_predicts_repeated_text_better() -> None:
    text = b"the quick brown fox jumps over the lazy dog. " * 20
    bits = [NgramModel([text], order=order).bits_per_character([text]) for order in (1, 2, 4)]
    assert bits == sorted(bits, reverse=True)
    assert bits[-1] < 0.5


def test_what_was_never_seen_costs_but_is_possible() -> None:
    nats = NgramModel(TEXTS).nats(b"~")
    assert math.log(2) < nats < math.inf


def test_texts_do_not_run_into_each_other() -> None:
    across = ord("b") << 7 | ord("c")
    assert across in NgramModel([b"abcd"], order=2).tables[1].keys
    assert across not in NgramModel([b"ab", b"cd"], order=2).tables[1].keys


@pytest.mark.parametrize("order", [0, 10])
def test_an_impossible_order_is_refused(order: int) -> None:
    with pytest.raises(ValueError, match="1 to 9"):
        NgramModel(TEXTS, order=order)
