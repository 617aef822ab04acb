import pytest
import torch

from generator.errors import BadRequest
from generator.model.network import Network
from generator.model.precision import count_parameters, with_precision
from tests.refusals import refuses


@pytest.mark.parametrize(("precision", "tolerance"), [("bf16", 0.03), ("int8", 0.03)])
def test_smaller_numbers_give_nearly_the_same_vectors(tiny: Network, precision: str, tolerance: float):
    patches = torch.randint(3, 128, (1, 20, 16), generator=torch.Generator().manual_seed(1))
    lighter = with_precision(tiny, precision)
    with torch.inference_mode():
        exact, near = tiny.teacher_forced(patches)[0], lighter.teacher_forced(patches)[0]
    gap = (exact - near).norm() / exact.norm()
    assert 0 < gap < tolerance  # not equal: the matrices were really replaced
    assert near.dtype == torch.float32


def test_single_precision_is_the_network_itself(tiny: Network):
    assert with_precision(tiny, "fp32") is tiny


def test_an_unknown_precision_is_refused(tiny: Network):
    with refuses(BadRequest, match="fp8"):
        with_precision(tiny, "fp8")


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_the_number_of_parameters_does_not_depend_on_the_precision(tiny: Network, precision: str):
    learnt = sum(parameter.numel() for parameter in tiny.parameters())
    assert count_parameters(with_precision(tiny, precision)) == learnt
