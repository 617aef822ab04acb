import pytest
import torch

from generator.model.network import Network, Shape
from generator.training.optimiser import Optimiser, cosine_factor, split_parameters


def test_muon_gets_the_matrices_of_the_blocks_and_nothing_is_left_out() -> None:
    network = Network(Shape(2, 1, 64, 32))
    matrices, rest = split_parameters(network)
    assert len(matrices) == 3 * 4
    assert {id(p) for p in matrices} | {id(p) for p in rest} == {id(p) for p in network.parameters()}
    assert any(parameter is network.char_table for parameter in rest)


def test_the_rate_warms_up_and_falls_to_zero() -> None:
    factors = [cosine_factor(step / 100, step=step, warmup_steps=10) for step in range(101)]
    assert factors[0] == pytest.approx(0.1)
    assert max(factors) == factors[9]
    assert factors[50] == pytest.approx(0.5)
    assert factors[100] == 0
    assert factors[10:] == sorted(factors[10:], reverse=True)


def test_a_step_at_rate_zero_changes_nothing_and_forgets_the_gradients() -> None:
    network = Network(Shape(1, 1, 64, 32))
    network.init_weights(seed=1)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    _, logits = network.teacher_forced(torch.ones(1, 4, 16, dtype=torch.int64))
    logits.square().mean().backward()
    Optimiser(network, peak_rate=0.1).step(0.0)
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())
