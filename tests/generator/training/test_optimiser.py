import pytest
import torch

from generator.model.network import Network, Shape
from generator.training.optimiser import Average, Optimiser, cosine_factor, plateau_factor, split_parameters


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


def test_a_plateau_keeps_the_rate_and_falls_to_zero_in_its_last_share() -> None:
    factors = [plateau_factor(step / 100, step=step, warmup_steps=10, cooldown_share=0.2) for step in range(101)]
    assert factors[0] == pytest.approx(0.1)
    assert set(factors[9:81]) == {1.0}
    assert factors[80:] == sorted(factors[80:], reverse=True)
    assert factors[85] == pytest.approx(0.5)
    assert factors[100] == pytest.approx(0)


def test_ears_are_trained_with_the_rest_and_what_they_say_moves_at_once() -> None:
    network = Network(Shape(1, 1, 64, 32, 64))
    network.init_weights(seed=1)
    optimiser = Optimiser(network, peak_rate=0.1)
    given = [p for part in optimiser.parts for group in part.param_groups for p in group["params"]]
    assert {id(p) for p in given} == {id(p) for p in network.parameters()}
    heard = torch.ones(1, 4, 16, 8, dtype=torch.uint8)
    network.teacher_forced(torch.ones(1, 4, 16, dtype=torch.int64), heard)[1].square().mean().backward()
    optimiser.step(1.0)
    assert network.hearing is not None
    assert network.hearing.outer.weight.any()


def test_an_average_follows_the_weights_and_forgets_what_they_began_with() -> None:
    network = torch.nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        network.weight.fill_(100.0)
        average = Average(network, 10)
        network.weight.fill_(1.0)
        for _ in range(60):
            average.take(network)
    assert float(average.weights["weight"]) == pytest.approx(1.0, abs=0.05)
    again = Average(network, 10)
    again.load_state_dict(average.state_dict())
    assert again.taken == 60
    assert torch.equal(again.weights["weight"], average.weights["weight"])
