import pytest
import torch

from generator.model.network import Network, Shape
from generator.training.lora import (
    AdapterOptimiser,
    adapter_weights,
    add_adapters,
    load_adapters,
    merged_weights,
)

SHAPE = Shape(2, 1, 64, 32)
PATCHES = torch.randint(3, 127, (2, 12, 16), generator=torch.Generator().manual_seed(1))


def network() -> Network:
    made = Network(SHAPE)
    made.init_weights(seed=1)
    return made


def taught(*, rank: int = 4, steps: int = 5) -> Network:
    """A network whose adapters have learned something."""
    made = network()
    add_adapters(made, rank, seed=1)
    optimiser = AdapterOptimiser(made, peak_rate=0.01)
    for _ in range(steps):
        made.teacher_forced(PATCHES)[1].square().mean().backward()
        optimiser.step(1.0)
    return made


def test_adapters_that_have_learned_nothing_change_nothing() -> None:
    made = network()
    before = made.teacher_forced(PATCHES)[1]
    add_adapters(made, 4, seed=1)
    assert torch.equal(made.teacher_forced(PATCHES)[1], before)


def test_merged_weights_compute_what_the_adapters_do() -> None:
    made = taught()
    plain = Network(SHAPE)
    plain.load_state_dict(merged_weights(made))
    learned, merged, untaught = (one.teacher_forced(PATCHES)[1] for one in (made, plain, network()))
    assert torch.allclose(learned, merged, atol=1e-5)
    assert not torch.allclose(learned, untaught, atol=1e-3)


def test_only_the_adapters_learn_and_they_are_few() -> None:
    made, start = taught(rank=4), network().state_dict()
    merged = merged_weights(made)
    changed = {name for name, tensor in merged.items() if not torch.equal(tensor, start[name])}
    assert changed == {name for name in start if name.endswith(".weight") and start[name].dim() == 2}
    learned = sum(parameter.numel() for parameter in made.parameters() if parameter.requires_grad)
    # 3 layers 64 wide at rank 4; of the weights that ship, at rank 16, it is 8 %
    assert learned == 3 * 4 * (64 + 192 + 64 + 64 + 64 + 256 + 256 + 64)
    assert learned / sum(parameter.numel() for parameter in network().parameters()) < 0.05


def test_adapters_can_be_put_down_and_taken_up() -> None:
    made, fresh = taught(), network()
    add_adapters(fresh, 4, seed=2)
    load_adapters(fresh, adapter_weights(made))
    assert torch.equal(fresh.teacher_forced(PATCHES)[1], made.teacher_forced(PATCHES)[1])
    other = network()
    add_adapters(other, 8, seed=1)
    with pytest.raises(ValueError, match="another rank"):
        load_adapters(other, adapter_weights(made))
