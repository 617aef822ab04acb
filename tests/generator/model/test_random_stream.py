"""The random numbers of a piece are those of PyTorch's generator, whichever device composes."""

import pytest
import torch

from generator.model.random_stream import RandomStream


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**32 + 7, 2**63 - 1])
def test_the_numbers_are_those_of_pytorch_s_generator_however_many_are_drawn_at_once(seed: int) -> None:
    stream, generator = RandomStream(seed), torch.Generator().manual_seed(seed)
    for count in (16, 1, 7, 16, 700):
        assert torch.rand(count, generator=generator).tolist() == stream.draw(count).tolist()
