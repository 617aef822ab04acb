import pytest
import torch

from generator.errors import BadRequest
from generator.model.checkpoint import load_network
from generator.model.devices import find_device
from tests.refusals import refuses


def test_the_processor_is_always_there():
    assert find_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize("name", ["gpu", "cuda:99", "", "cpu;"])
def test_a_device_that_is_not_there_is_refused_with_a_sentence(name):
    with refuses(BadRequest, match="Choose cpu"):
        find_device(name)


def test_a_good_file_is_not_blamed_for_a_missing_device(tiny_path):
    with refuses(BadRequest, match="cuda:99"):
        load_network(tiny_path, device="cuda:99")
