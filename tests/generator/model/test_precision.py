import numpy as np
import pytest
import torch

from generator.errors import BadRequest
from generator.model.metadata import EIGHT, FOUR_LARGEST, FOURS
from generator.model.network import Network
from generator.model.plain import quantise as plain_quantise
from generator.model.precision import count_parameters, quantise, with_precision
from tests.refusals import refuses


@pytest.mark.parametrize(("precision", "tolerance"), [("bf16", 0.03), ("int8", 0.04)])
def test_smaller_numbers_give_nearly_the_same_vectors(tiny: Network, precision: str, tolerance: float):
    patches = torch.randint(3, 128, (1, 20, 16), generator=torch.Generator().manual_seed(1))
    lighter = with_precision(tiny, precision)
    with torch.inference_mode():
        exact, near = tiny.teacher_forced(patches)[0], lighter.teacher_forced(patches)[0]
    gap = (exact - near).norm() / exact.norm()
    assert 0 < gap < tolerance  # not equal: the matrices were really replaced
    assert near.dtype == torch.float32


@pytest.mark.parametrize("kind", ["normal", "equal", "one is larger by far", "zeros", "tiny"])
def test_weights_are_so_small_that_four_products_fit_into_16_bits_and_no_smaller_than_need_be(kind: str):
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(70, 64)).astype(np.float32)
    if kind == "equal":
        matrix[:] = np.sign(matrix)
    elif kind == "one is larger by far":
        matrix[:, 5] *= 100
    elif kind == "zeros":
        matrix[:] = 0
    elif kind == "tiny":
        matrix *= np.float32(1e-20)
    whole, scale = quantise(torch.from_numpy(matrix))
    plain, plain_scale = plain_quantise(matrix)
    assert np.array_equal(whole.numpy(), plain)
    assert np.array_equal(scale.numpy(), plain_scale)
    eights = whole.numpy().astype(int).reshape(len(matrix), -1, EIGHT)
    fours = [eights[:, :, [place for place, of in enumerate(FOURS) if of[number]]] for number in (0, 1)]
    largest = max(int(np.abs(four.clip(*side).sum(2)).max()) for four in fours for side in ((0, 127), (-127, 0)))
    assert largest <= FOUR_LARGEST
    if kind in ("normal", "equal"):
        assert largest >= 0.96 * FOUR_LARGEST
    if kind == "one is larger by far":
        assert np.abs(eights).max() >= 124  # its fours allow it nearly all of a byte
    assert np.abs(whole.numpy() * scale.numpy()[:, None] - matrix).max() <= 0.5001 * scale.max()


def test_single_precision_is_the_network_itself(tiny: Network):
    assert with_precision(tiny, "fp32") is tiny


def test_an_unknown_precision_is_refused(tiny: Network):
    with refuses(BadRequest, match="fp8"):
        with_precision(tiny, "fp8")


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_the_number_of_parameters_does_not_depend_on_the_precision(tiny: Network, precision: str):
    learnt = sum(parameter.numel() for parameter in tiny.parameters())
    assert count_parameters(with_precision(tiny, precision)) == learnt
