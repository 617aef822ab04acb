"""The step that a GPU is given as one graph, run as it is: it writes what the engine writes."""

import torch

from generator.evaluation.bench import random_opening
from generator.evaluation.graphed import GraphedStep, bytes_to_read
from generator.model.engine import Engine
from generator.model.network import Network, Shape
from generator.model.precision import with_precision
from generator.model.random_stream import RandomStream
from generator.model.sampling import Sampling

SHAPE = Shape(patch_layers=2, char_layers=2, hidden=128, context_patches=48)


def test_pieces_of_different_lengths_go_on_as_the_engine_has_them():
    network = Network(SHAPE)
    network.init_weights(seed=5)
    with torch.no_grad():
        network.char_table *= 20  # so that a character now and then is likely, and some patches end early
    openings, sampling = [random_opening(length, seed=length) for length in (3, 9, 20)], Sampling()
    engine, step = Engine(network, slots=3), GraphedStep(network, slots=3, room=32, sampling=sampling)
    slots = [engine.open_slot(opening, sampling=sampling, seed=seed) for seed, opening in enumerate(openings)]
    streams = [RandomStream(seed) for seed in range(3)]
    for number, opening in enumerate(openings):
        step.read(number, opening)
    for _ in range(8):
        written = engine.step(dict.fromkeys(slots, ""))
        for number, stream in enumerate(streams):
            step.uniform[number] = torch.from_numpy(stream.draw(16)).float()
        step.step()
        assert step.patches.tolist() == [list(written[slot]) for slot in slots]
    assert step.lengths.tolist() == [11, 17, 28]


def test_weights_that_are_read_are_counted_in_their_precision():
    network = with_precision(Network(SHAPE), "bf16")
    of_a_layer = 12 * 128 * 128 * 2
    assert bytes_to_read(network) == (2 + 16 * 2) * of_a_layer
