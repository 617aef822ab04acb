import math

import numpy as np
import pytest
import torch

from generator.model.network import Network, Shape
from generator.training.corpus import Row, encode_tune, prompt_lines, tune_lines
from generator.training.lessons import stack_lessons, study_tune
from generator.training.loss import batch_loss
from generator.training.matches import expected_in, questions_of, saved_nats
from generator.training.memory import USUAL_TRUST, expectations, longest_matches
from tests.generator.training.conftest import HEADER


@pytest.fixture
def repeating(rows: list[Row]) -> Row:
    """A piece with a repeated phrase, a sequence, ties, a chord, and bars that go round."""
    bars = [
        "[V:1]c2 d2 e2 f2-|[V:2]C,2 E,2 [G,B,]4|",
        "[V:1]f2 e2 d2 c2-|[V:2]C,2 E,2 [G,B,]4|",
        "[V:1]c2 c2 d2 e2-|[V:2]D,2 F,2 [A,C]4-|",
        "[V:1]e2 g2 ^f2 g2|[V:2][A,C]4 G,2 F,2|",
    ]
    return {**rows[0], "abc": HEADER + "\n".join([*bars, *bars[:3], *[bars[3]] * 3, *bars[1:]]) + "\n"}


def test_the_longest_and_latest_passage_is_followed() -> None:
    text = "abcdefghijklmnop-abcdefghijklm!abcdefghijklmnop"
    places, lengths = longest_matches(text)
    assert lengths[29] == 12
    assert places[29] == 12
    assert (lengths[44], places[44]) == (13, 30)
    assert (lengths[45], places[45]) == (14, 14)
    assert lengths[28] == 0


def test_a_whole_piece_expects_what_it_does_while_it_is_composed(repeating: Row) -> None:
    tune = encode_tune(prompt_lines(repeating), repeating["abc"])
    _, lines = tune_lines(repeating["abc"])
    found = expectations(lines, USUAL_TRUST)
    assert len(found.chars) == len(tune.body) - 1
    wanted = {(number, place): USUAL_TRUST.hint(expected) for number, place, expected in expected_in(tune.body[:-1])}
    assert len(wanted) > 100
    for place in {*wanted, *zip(*np.nonzero(found.chars), strict=True)}:
        hint = wanted[place]
        assert hint is not None
        assert found.chars[place] == hint.char
        assert (found.offsets[place], found.slopes[place]) == pytest.approx((hint.offset, hint.slope), abs=1e-4)


def test_the_loss_with_a_memory_is_what_sampling_with_it_costs(repeating: Row) -> None:
    network = Network(Shape(1, 1, 64, 256))
    network.init_weights(seed=1)
    lesson = study_tune(prompt_lines(repeating), repeating["abc"], trust=USUAL_TRUST).window(0, 256)
    plain = study_tune(prompt_lines(repeating), repeating["abc"]).window(0, 256)
    with torch.no_grad():
        alone, helped = (batch_loss(network, stack_lessons([one])) for one in (plain, lesson))
    saved = saved_nats(questions_of(network, plain), USUAL_TRUST)
    assert saved > 50
    assert math.isclose(alone.nats.item() - helped.nats.item(), saved, rel_tol=1e-3)
