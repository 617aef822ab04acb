import pytest
import torch

from generator.model.network import Network, Shape
from generator.training.grow import grow, sources

SHAPE = Shape(2, 1, 64, 8)


def network(shape: Shape, seed: int) -> Network:
    made = Network(shape)
    made.init_weights(seed=seed)
    return made.eval()


@pytest.mark.parametrize("layers", [2, 3, 5])
def test_a_grown_network_computes_what_the_shallow_one_did(layers: int) -> None:
    small, large = network(SHAPE, 1), network(Shape(layers, 1, 64, 8), 2)
    patches = torch.randint(1, 128, (2, 5, 16))
    before = large.teacher_forced(patches)[1]
    grow(small, large)
    assert not torch.equal(before, large.teacher_forced(patches)[1])
    torch.testing.assert_close(large.teacher_forced(patches)[1], small.teacher_forced(patches)[1])


def test_the_new_layers_learn() -> None:
    small, large = network(SHAPE, 1), network(Shape(3, 1, 64, 8), 2)
    grow(small, large)
    patches = torch.randint(1, 128, (2, 5, 16))
    large.teacher_forced(patches)[1].square().mean().backward()
    assert all(block.mlp_out.weight.grad.abs().sum() > 0 for block in large.patch_level.blocks)


def test_a_network_gets_ears_that_say_nothing_at_first() -> None:
    small, large = network(SHAPE, 1), network(Shape(2, 1, 64, 8, 64), 2)
    grow(small, large)
    patches, heard = torch.randint(1, 128, (2, 5, 16)), torch.randint(0, 256, (2, 5, 16, 8), dtype=torch.uint8)
    assert torch.equal(large.teacher_forced(patches, heard)[1], small.teacher_forced(patches)[1])
    with pytest.raises(ValueError, match="the ears"):
        grow(large, small)


def test_new_layers_are_spread_evenly() -> None:
    assert sources(8, 12) == [0, 0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7]


@pytest.mark.parametrize("shape", [Shape(1, 1, 64, 8), Shape(3, 2, 64, 8), Shape(3, 1, 128, 8), Shape(3, 1, 64, 16)])
def test_only_patch_layers_can_be_added(shape: Shape) -> None:
    with pytest.raises(ValueError, match="only the number of patch layers"):
        grow(network(SHAPE, 1), Network(shape))
