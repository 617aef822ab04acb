"""Parity with transformers' GPT-2 on random weights, more layers than the golden files have."""

import numpy as np
import pytest
import torch

from generator.evaluation.bench import random_opening, random_pair
from generator.model.engine import Engine
from generator.model.network import Shape
from generator.model.sampling import Sampling
from tests.generator.model.distribution import truncate_distribution

SHAPE = Shape(patch_layers=3, char_layers=2, hidden=128, context_patches=32)


def test_cached_vectors_and_probabilities_are_those_of_transformers():
    reference, network = random_pair(SHAPE, seed=4, device="cpu")
    patches = random_opening(20, seed=4)
    engine = Engine(network, slots=1)
    slot = engine.open_slot(patches[:5], sampling=Sampling(), seed=1)
    for patch in patches[5:]:
        engine.feed({slot: [patch]})
    with torch.inference_mode():
        theirs = reference.patch_level_decoder(torch.tensor([patches]))[0]
        ours = engine.contexts.cache.encoded[0, :20]
        assert (ours - theirs).abs().max() < 1e-5
        x = ours[-1:]
        chars = [1, *b"[V:1]c2 d2 e2|"]
        for place in range(len(chars)):
            probabilities = network.char_logits(engine.writer.char_cache.append(place, x))[0].softmax(-1)
            expected = reference.char_level_decoder(theirs[-1], torch.tensor(chars[: place + 1]))
            assert (probabilities - expected).abs().max() < 1e-6
            if place + 1 < len(chars):
                x = network.embed_chars(torch.tensor([chars[place + 1]]))


@pytest.mark.parametrize(
    "sampling",
    [Sampling(), Sampling(temperature=0.7, top_k=5, top_p=0.8), Sampling(temperature=2, top_k=0, top_p=0.95)],
)
def test_filters_agree_with_the_reference_s_on_any_distribution(sampling: Sampling):
    from generator.evaluation.reference import filter_probabilities

    rng = torch.Generator().manual_seed(9)
    probabilities = (torch.randn(50, 128, generator=rng) * 3).softmax(-1)
    ours = truncate_distribution(probabilities, [sampling] * 50).numpy()
    theirs = np.stack([filter_probabilities(row, sampling) for row in probabilities.double().numpy()])
    assert np.abs(ours - theirs).max() < 1e-4


def test_the_reference_draws_sixteen_characters_from_what_the_filters_left():
    reference, _ = random_pair(SHAPE, seed=4, device="cpu")
    patches = torch.tensor([random_opening(8, seed=4)])
    rng = np.random.default_rng(1)
    written = reference.write_patch(patches, sampling=Sampling(top_k=1), rng=rng)
    assert len(written) == 16
    assert written == reference.write_patch(patches, sampling=Sampling(top_k=1), rng=rng)
