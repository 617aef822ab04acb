"""Both compiled levels against the torch network in the same precision."""

import logging
import sys

import numpy as np
import pytest
import torch

from generator.hearing.numbers import NUMBERS, ROW_BYTES
from generator.model.compiled.levels import CharLevel, PatchCache
from generator.model.engine import Engine
from generator.model.network import Network, Shape
from generator.model.patches import PATCH_CHARS
from generator.model.plain import plain_of
from generator.model.precision import with_precision
from generator.model.sampling import Sampling
from tests.generator.model.conftest import random_network

CONTEXT = 96
# Of the length of a vector: what is rounded the other way goes through all layers behind it, and only what is compiled
# keeps keys and values as whole numbers.
NEARLY = 0.03


@pytest.fixture(scope="module")
def network() -> Network:
    network = random_network(Shape(patch_layers=2, char_layers=2, hidden=128, context_patches=CONTEXT, heard=NUMBERS))
    torch.nn.init.normal_(network.hearing.outer.weight, std=0.1, generator=torch.Generator().manual_seed(1))
    torch.nn.init.normal_(network.hearing.direct.weight, std=0.1, generator=torch.Generator().manual_seed(2))
    return with_precision(network.eval(), "int8")


@pytest.fixture(scope="module")
def patches() -> torch.Tensor:
    return torch.randint(3, 128, (CONTEXT, PATCH_CHARS), generator=torch.Generator().manual_seed(1))


def relative(ours: np.ndarray, theirs: torch.Tensor) -> float:
    return float(np.linalg.norm(ours - theirs.numpy()) / theirs.norm())


@torch.inference_mode()
def test_the_patch_level_gives_the_vectors_of_the_torch_one(network: Network, patches: torch.Tensor):
    level = PatchCache(plain_of(network), slots=2)
    level.extend(1, 0, patches.tolist())
    hidden = network.patch_level(network.embed_patches(patches)[None])[0]
    assert relative(level.encoded[1], hidden) < NEARLY
    assert not level.encoded[0].any()


def test_patches_give_the_same_vectors_to_the_last_bit_however_they_arrive(network: Network, patches: torch.Tensor):
    at_once, one_by_one = PatchCache(plain_of(network), slots=1), PatchCache(plain_of(network), slots=5)
    at_once.extend(0, 0, patches.tolist())
    one_by_one.extend(2, 0, patches[:7].tolist())
    one_by_one.extend(4, 0, patches[:3].tolist())
    for place in range(7, CONTEXT):
        both = torch.stack((patches[place - 4], patches[place])).numpy()
        one_by_one.append([4, 2], [place - 4, place], both)
    assert np.array_equal(at_once.encoded[0], one_by_one.encoded[2])


@torch.inference_mode()
def test_the_character_level_gives_the_logits_of_the_torch_one_with_what_is_heard(
    network: Network, patches: torch.Tensor
):
    rows = np.array([0, 2, 3])
    level = CharLevel(plain_of(network), rows=4)
    begin = torch.randn(4, 128, generator=torch.Generator().manual_seed(3))
    heard = torch.randint(0, 256, (4, PATCH_CHARS, ROW_BYTES), generator=torch.Generator().manual_seed(4)).byte()
    level.begin[:] = begin.numpy()
    logits = network.char_level_logits(begin, patches[:4], heard)
    deaf = network.char_level_logits(begin, patches[:4])
    for place in range(PATCH_CHARS):
        level.heard[:] = heard[:, place].numpy()
        level.write(rows, np.array([], np.int64), place)
        assert (
            relative(level.logits[rows], logits[rows, place]) < NEARLY < relative(level.logits[rows], deaf[rows, place])
        )
        level.chars[:] = patches[:4, place].numpy()


@torch.inference_mode()
def test_a_network_without_ears_gives_those_logits_too_as_often_as_its_first_layer_is_asked(patches: torch.Tensor):
    network = with_precision(random_network(Shape(1, 2, 128, CONTEXT)).eval(), "int8")
    few, many = CharLevel(plain_of(network), rows=1), CharLevel(plain_of(network), rows=20)
    begin = torch.randn(20, 128, generator=torch.Generator().manual_seed(3))
    logits = network.char_level_logits(begin, patches[:20])
    rows = np.arange(20)
    many.begin[:] = begin.numpy()
    for row in (0, 7):
        few.begin[0], many.chars[:], few.chars[:] = begin[row].numpy(), 0, 0
        for place in range(PATCH_CHARS):
            few.write(rows[:1], rows[:0], place)
            many.write(rows, rows[:0], place)
            assert relative(many.logits, logits[:, place]) < NEARLY
            assert np.array_equal(few.logits[0], many.logits[row])
            few.chars[0], many.chars[:] = patches[row, place].numpy(), patches[:20, place].numpy()


@pytest.mark.parametrize("missing", ["generator.model.compiled.machine_code", "generator.model.compiled.kernels"])
def test_without_numba_the_torch_network_writes_and_the_log_says_so(
    network: Network, patches: torch.Tensor, missing: str, nothing_kept: None, monkeypatch: pytest.MonkeyPatch, caplog
):
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delattr(f"generator.model.compiled.{missing.rpartition('.')[2]}", raising=False)
    opening = [tuple(patch) for patch in patches[:5].tolist()]
    with caplog.at_level(logging.WARNING):
        engine = Engine(random_network(Shape(2, 1, 128, 32)), slots=1, precision="int8")
    assert "cannot be compiled" in caplog.text
    slot = engine.open_slot(opening, sampling=Sampling(), seed=1)
    assert len(engine.step({slot: ""})[slot]) == PATCH_CHARS
