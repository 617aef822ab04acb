import numpy as np
import pytest

from generator.guard.recall import Passages, Trust
from generator.model.network import Network, Shape
from generator.model.patches import decode_patch
from generator.training.bits import score_network
from generator.training.corpus import Row, encode_tune, prompt_lines
from generator.training.lessons import Lesson
from generator.training.matches import (
    FIRST_TRUST,
    Answers,
    Question,
    answers,
    expected_in,
    fit,
    learn_trust,
    questions_of,
    saved_nats,
)


@pytest.fixture
def network() -> Network:
    network = Network(Shape(1, 1, 64, 128))
    network.init_weights(seed=3)
    return network.eval()


@pytest.fixture
def repeating(rows: list[Row]) -> Row:
    """A piece whose second half is its first."""
    head, _, body = rows[0]["abc"].partition("[V:1]")
    return {**rows[0], "abc": f"{head}[V:1]{body}[V:1]{body}"}


def test_what_is_expected_of_a_repetition_comes(repeating: Row) -> None:
    window = encode_tune(prompt_lines(repeating), repeating["abc"]).window(0, 512)
    hits = {True: 0, False: 0}
    for number, place, expected in expected_in(window):
        sure = [char for char, passages in expected.items() if passages.score >= 24]
        for char in sure:
            hits[char == window[number, place]] += 1
    characters = sum(len(decode_patch(patch)) for patch in window.tolist())
    assert hits[True] > characters / 5
    assert hits[False] < hits[True] / 10


def test_a_piece_that_repeats_itself_is_cheaper_with_its_memory(network: Network, repeating: Row) -> None:
    alone, remembering = (score_network(network, [repeating], trust=trust).overall for trust in (None, FIRST_TRUST))
    assert remembering.characters == alone.characters
    assert remembering.bits_per_character < 0.8 * alone.bits_per_character


def test_probabilities_with_a_memory_still_sum_to_one(network: Network, repeating: Row) -> None:
    window = encode_tune(prompt_lines(repeating), repeating["abc"]).window(0, 128)
    one = next(question for question in questions_of(network, Lesson(patches=window)) if len(question.expected) == 1)
    (char,) = one.expected
    own = one.log_probabilities[char]
    hit = Question(char, own, one.expected, one.log_probabilities)
    missed = Question(char + 1, float(np.log1p(-np.exp(own))), one.expected, one.log_probabilities)
    with_memory = [question.log_probability + saved_nats([question], FIRST_TRUST) for question in (hit, missed)]
    assert np.exp(with_memory).sum() == pytest.approx(1)
    assert with_memory[0] != pytest.approx(own)


def test_trust_is_learnt_from_what_came_true() -> None:
    rng = np.random.default_rng(1)
    true = Trust(
        voice=(0.5, 0.1), steps=(-0.4, 0.3), score=(-1.2, 0.5), tie=2.0, network=0.8, longest=-0.05, beside_tie=-0.3
    )
    questions = []
    for _ in range(6000):
        passages = Passages(*(int(rng.choice([0, 4, 16, 64])) for _ in range(3)), tie=int(rng.choice([0, 1])))
        if not any(passages):
            continue
        own = float(np.log(rng.uniform(0.05, 0.95)))
        hint = true.hint({1: passages})
        assert hint is not None
        odds = hint.offset + hint.slope * (own - np.log1p(-np.exp(own)))
        came = 1 if rng.uniform() < 1 / (1 + np.exp(-odds)) else 2
        cost = own if came == 1 else float(np.log1p(-np.exp(own)))
        questions.append(Question(came, cost, {1: passages}, {1: own}))
    learnt = fit(answers(questions, FIRST_TRUST))
    assert learnt.network == pytest.approx(true.network, abs=0.3)
    assert saved_nats(questions, learnt) >= saved_nats(questions, true)
    assert saved_nats(questions, true) > 0


def test_nothing_to_learn_from_leaves_the_network_its_opinion() -> None:
    nothing = Answers(np.zeros((0, 10)), np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool))
    assert fit(nothing) == Trust(
        voice=(0.0, 0.0), steps=(0.0, 0.0), score=(0.0, 0.0), tie=0.0, network=1.0, longest=0.0, beside_tie=0.0
    )
    assert saved_nats([], FIRST_TRUST) == 0


def test_learning_is_repeatable_and_counts_the_pieces(network: Network, rows: list[Row]) -> None:
    seen: list[int] = []
    one = learn_trust(network, rows, pieces=3, progress=seen.append)
    assert one == learn_trust(network, rows, pieces=3)
    assert one != learn_trust(network, rows, pieces=3, seed=2)
    assert seen == [1, 2, 3]
