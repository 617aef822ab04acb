"""The compiled functions against the torch network and NumPy."""

import numpy as np
import pytest
import torch

from generator.model.compiled.levels import CharLevel
from generator.model.compiled.writer import settings_of
from generator.model.network import Shape
from generator.model.patches import PATCH_CHARS, VOCABULARY
from generator.model.plain import PlainNetwork, plain_of
from generator.model.precision import with_precision
from generator.model.sampling import Hint, Sampling, sample_rows, stack_hints, stack_settings
from tests.generator.model.conftest import random_network


@pytest.fixture(scope="module")
def tiny() -> PlainNetwork:
    network = random_network(Shape(patch_layers=1, char_layers=1, hidden=64, context_patches=16))
    return plain_of(with_precision(network.eval(), "int8"))


SETTINGS = [
    Sampling(),
    Sampling(temperature=0.7, top_k=0, top_p=1),
    Sampling(temperature=2, top_k=30, top_p=0.99),
    Sampling(top_k=30, guidance=1.5),
    Sampling(temperature=0.01, top_k=1),
]
HINTS = [None, Hint(70, 0.5, 1.0), Hint(70, 50.0, 0.0), Hint(3, -20.0, 1.0)]


@pytest.mark.parametrize("sampling", SETTINGS)
@pytest.mark.parametrize("hint", HINTS)
def test_the_compiled_draw_is_that_of_the_torch_one(tiny: PlainNetwork, sampling: Sampling, hint: Hint | None):
    rows = 64
    rng = torch.Generator().manual_seed(1)
    logits, away = 3 * torch.randn(rows, VOCABULARY, generator=rng), torch.randn(rows, VOCABULARY, generator=rng)
    logits[::3, 70] = -torch.inf  # held back
    uniform = torch.rand(rows, PATCH_CHARS, generator=rng)
    device = torch.device("cpu")
    expected = sample_rows(
        logits,
        stack_settings([sampling] * rows, device=device),
        uniform[:, 2:3],
        away if sampling.guidance else None,
        stack_hints([hint] * rows, device=device) if hint else None,
    )
    level = CharLevel(tiny, rows=2 * rows)
    level.logits[:] = torch.cat((logits, away)).numpy()
    level.seconds[:rows] = np.arange(rows, 2 * rows)
    level.settings[:], level.hints[:] = settings_of(sampling), tuple(hint) if hint else (-1.0, 0.0, 1.0)
    level.uniform[:rows] = uniform.double().numpy()
    level.draw(np.arange(rows), 2)
    chars = level.chars
    assert chars[:rows].tolist() == expected.tolist()
    assert len(set(chars[:rows].tolist())) > 1
