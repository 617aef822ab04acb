"""Our network and filters against values that the reference implementation computed (tests/data/notagen_tiny*)."""

import numpy as np
import torch

from generator.model.engine import Engine
from generator.model.network import Network
from generator.model.sampling import Sampling
from tests.generator.model.distribution import truncate_distribution

TOLERANCE = 1e-4
Arrays = dict[str, np.ndarray]


def largest_difference(ours: torch.Tensor, theirs: np.ndarray) -> float:
    return float(np.abs(ours.detach().numpy() - theirs).max())


def test_teacher_forced_hidden_and_logits_are_the_reference_s(tiny: Network, expected: Arrays):
    hidden, logits = tiny.teacher_forced(torch.tensor(expected["patches"])[None])
    assert largest_difference(hidden[0], expected["hidden"]) < TOLERANCE
    assert largest_difference(logits[0], expected["logits"]) < TOLERANCE


def test_cached_patch_level_gives_the_reference_s_vectors_however_the_patches_arrive(tiny: Network, expected: Arrays):
    patches = expected["patches"].tolist()
    engine = Engine(tiny, slots=1)
    slot = engine.open_slot(patches[:7], sampling=Sampling(), seed=1)
    engine.feed({slot: patches[7:8]})
    engine.feed({slot: patches[8:]})
    while not engine.read_on([slot]):
        pass
    assert largest_difference(engine.contexts.cache.encoded[0, : len(patches)], expected["hidden"]) < TOLERANCE


def test_cached_character_level_gives_the_reference_s_logits(tiny: Network, expected: Arrays):
    engine = Engine(tiny, slots=4)
    patches = torch.tensor(expected["patches"])
    rows = torch.tensor([3, 11, 20, 32])
    with torch.inference_mode():
        x = torch.tensor(expected["hidden"])[rows]
        for place in range(16):
            logits = tiny.char_logits(engine.writer.char_cache.append(place, x))
            assert largest_difference(logits, expected["logits"][rows, place]) < TOLERANCE
            x = tiny.embed_chars(patches[rows + 1, place])


def test_first_probabilities_are_the_reference_s(tiny: Network, expected: Arrays):
    _, logits = tiny.teacher_forced(torch.tensor(expected["patches"])[None])
    assert largest_difference(logits[0, -1, 0].softmax(-1), expected["first_probs"]) < TOLERANCE


def test_filters_give_the_reference_s_distributions(expected: Arrays):
    first = torch.tensor(expected["first_probs"])[None].expand(4, -1)
    settings = [(int(top_k), float(top_p), float(heat)) for top_k, top_p, heat in expected["sampling_params"]]
    cool = truncate_distribution(first, [Sampling(temperature=1, top_k=k, top_p=p) for k, p, _ in settings])
    warm = truncate_distribution(first, [Sampling(temperature=heat, top_k=k, top_p=p) for k, p, heat in settings])
    assert largest_difference(cool, expected["after_topk_topp"]) < TOLERANCE
    assert largest_difference(warm, expected["after_temperature"]) < TOLERANCE
    # The reference leaves 1e-12 on what it cut; ours leaves nothing.
    cut = torch.tensor(expected["after_topk_topp"]) < 1e-9
    assert bool((warm[cut] == 0).all())
