from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from generator.model.checkpoint import load_network
from generator.model.network import Network, Shape

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """The networks here are so small that a second thread only waits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _memory_is_no_number() -> Iterator[None]:
    """What torch hands out without writing to it is NaN, as it may be: otherwise it is nearly always 0 in a test."""
    torch.use_deterministic_algorithms(True, warn_only=True)
    yield
    torch.use_deterministic_algorithms(False)


@pytest.fixture(scope="session")
def tiny_path() -> Path:
    return DATA / "notagen_tiny.pth"


@pytest.fixture(scope="session")
def tiny(tiny_path: Path) -> Network:
    """The golden network: 2 patch layers, 1 character layer, hidden 128, context 128."""
    return load_network(tiny_path)


@pytest.fixture(scope="session")
def expected() -> dict[str, np.ndarray]:
    with np.load(DATA / "notagen_tiny_expected.npz") as arrays:
        return dict(arrays)


def random_network(shape: Shape, *, seed: int = 1) -> Network:
    """Random weights, three times as large as at the start of training, so that the distributions are not flat."""
    network = Network(shape)
    network.init_weights(seed=seed)
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.dim() == 2:
                parameter.mul_(3)
    return network
